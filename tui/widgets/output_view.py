"""What a log and an operation on the screen have in common: followed, looked through, searched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.text import safe
from tui.widgets.framed import Framed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from tui.presentation.style import Line

FRAME = 1 / 15
"""Seconds between two drawings in a flood; the first line after a quiet time is drawn at once."""


class Saved(NamedTuple):
    """What can be saved: the name of what it is of, how much it is, and what gives its bytes by then."""

    subject: str
    what: str
    chunks: Callable[[], Iterable[bytes]]


class OutputView(Framed):
    """Follows until one looks back, at the end again; draws only rows that are looked at and have changed.

    following  whether what comes is gone along with
    needle     the text that is searched, "" for none
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.following = True
        self.needle = ""
        self._words = ""
        self._scrolled = 0
        self._rows: list[Line] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._drawn_at = 0.0
        self._search: asyncio.Task[None] | None = None

    # What a subclass says

    def visible_rows(self) -> list[Line]:
        """The rows on the screen, computed anew."""
        raise NotImplementedError

    def describe(self) -> None:
        """Set the title; called when what it says has changed."""
        raise NotImplementedError

    # What is shown

    def on_unmount(self) -> None:
        self.leave()

    def leave(self) -> None:
        """Show nothing any more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for work in (self._timer, self._search):
            if work is not None:
                work.cancel()
        self._unsubscribe = self._timer = self._search = None

    def say(self, words: str) -> None:
        """Say at the right of the title what is the matter, or why nothing comes."""
        self._words = words
        self.describe()

    # Drawing

    def arrived(self) -> None:
        """Something has come: it is drawn at once, or a moment later where much comes."""
        if self._timer is None and self.is_placed:
            loop = asyncio.get_running_loop()
            wait = self._drawn_at + FRAME - loop.time()
            if wait <= 0:
                self.draw()
            else:
                self._timer = loop.call_later(wait, self.draw)

    def draw(self) -> None:
        """Compute the rows on the screen, and draw those that read differently."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._drawn_at = asyncio.get_running_loop().time()
        if not self.is_placed:
            return
        self.describe()
        before, self._rows = self._rows, self.visible_rows()
        for row in range(max(len(before), len(self._rows))):
            old = before[row] if row < len(before) else None
            new = self._rows[row] if row < len(self._rows) else None
            if old != new:
                self.refresh_body(row, row)
        self.refresh_bar()

    def body_line(self, row: int, width: int) -> Line:
        return self._rows[row] if row < len(self._rows) else [(" " * width, "text")]

    def on_resize(self) -> None:
        self._rows = []
        self.refresh()
        self.draw()

    def on_show(self) -> None:
        self.draw()

    # Sideways

    def scroll_sideways(self, delta: int, widest: Callable[[int], int], reach: int) -> None:
        """Scroll by some cells; `widest` says how wide what is shown is, up to a limit, at most `reach`."""
        limit = min(self._scrolled + delta + self.body_size.width + 1, reach)
        self._scrolled = max(0, min(self._scrolled + delta, widest(limit) - 1))
        self.draw()

    def bring_into_sight(self, at: int, cells: int) -> None:
        """Scroll so that the needle, which begins at a cell, stands within so many cells."""
        if not self._scrolled <= at <= self._scrolled + cells - len(self.needle):
            self._scrolled = 0 if at + len(self.needle) <= cells else max(at - cells // 2, 0)

    # Searching

    def search(self, seeking: Coroutine[None, None, None] | None) -> None:
        """Search in a task, and no longer for what was searched before."""
        if self._search is not None:
            self._search.cancel()
        self._search = asyncio.create_task(seeking) if seeking is not None else None

    def say_not_found(self) -> None:
        self.notify(f"not found: {safe(self.needle)}", markup=False, timeout=3)
