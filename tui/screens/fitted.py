"""Dialogs about a text that may be longer than the screen: it is scrolled, all else is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Static

from tui.screens.dialogs import FRAME, Dialog

if TYPE_CHECKING:
    from textual import events

Answer = TypeVar("Answer")

LOW = 30
"""Rows of a screen below which nothing is spent on empty lines."""

TINY = 12
"""Rows of a screen below which what is said besides has one line each."""


class FittedDialog(Dialog[Answer], Generic[Answer]):
    """A dialog whose only VerticalScroll gives way on a small screen.

    A Static "#more" says how much of it is out of sight.
    """

    DEFAULT_CSS = """
    FittedDialog .low { padding: 0 2; max-height: 100%; }
    FittedDialog .low .title { margin-bottom: 0; }
    FittedDialog .low .quiet { margin-top: 0; }
    FittedDialog .low Horizontal { margin-top: 0; }
    FittedDialog #more { display: none; color: $foreground-muted; height: 1; max-width: 100%; }
    FittedDialog #more, FittedDialog .tiny .title, FittedDialog .tiny #back {
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    FittedDialog .tiny .title, FittedDialog .tiny #back { height: 1; }
    FittedDialog .tiny { padding: 0 1; }
    FittedDialog .tiny Button { margin-right: 0; }
    """

    _room = 1

    def on_mount(self) -> None:
        self.watch(self.query_one(VerticalScroll), "scroll_y", self._say_more, init=False)
        for part in (self.query_one(Vertical), self.query_one(VerticalScroll)):
            # A line that is wrapped by the fit itself makes it higher.
            self.watch(part, "virtual_size", self._fit_again, init=False)
        self.fit_soon()

    def on_resize(self) -> None:
        self.fit_soon()

    def fit_soon(self) -> None:
        """Fit it to the screen once it is laid out."""
        low = self.app.size.height < LOW
        box = self.query_one(Vertical)
        box.set_class(low, "low")
        box.set_class(self.app.size.height < TINY, "tiny")
        for button in self.query(Button):
            button.compact = low
        self.call_after_refresh(self._fit)

    def _fit_again(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if not self.query(VerticalScroll):  # closed meanwhile
            return
        box, text = self.query_one(Vertical), self.query_one(VerticalScroll)
        more = self.query_one("#more")
        low = box.has_class("low")
        others = box.virtual_size.height - text.outer_size.height - more.outer_size.height * more.display
        room = self.size.height * (10 if low else 9) // 10 - box.gutter.height - others
        more.display = text.virtual_size.height > room
        self._room = max(room - more.display, 1)
        text.styles.max_height = self._room
        for part in text.query(Static):  # "100%" of what is as wide as its text is no limit
            part.styles.max_width = max(self.size.width - FRAME, 1)
        self._say_more()

    def _say_more(self) -> None:
        if not self.query(VerticalScroll):
            return
        text = self.query_one(VerticalScroll)
        above = round(text.scroll_y)
        below = max(text.virtual_size.height - self._room - above, 0)
        words = [f"{below} more below"] if below else []
        if above:
            words.append(f"{above} above")
        self.query_one("#more", Static).update(Text(f"{', '.join(words)} · ↑ ↓ scroll"))

    def on_key(self, event: events.Key) -> None:
        text = self.query_one(VerticalScroll)
        page = max(text.size.height - 1, 1)
        match event.key:
            case "up" | "k":
                delta = -1
            case "down" | "j":
                delta = 1
            case "pageup":
                delta = -page
            case "pagedown":
                delta = page
            case _:
                return
        event.stop()
        text.scroll_relative(y=delta, animate=False)
