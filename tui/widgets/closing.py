"""Screens that close once, however many keys ask for it; and keys that act only on what could be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from textual._time import get_time
from textual.await_complete import AwaitComplete
from textual.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Size

    from tui.presentation.style import Line

Answer = TypeVar("Answer")

LATEST = 0.25
"""Seconds after which what is beneath a closed screen is taken for seen, drawn or not."""

UNDRAWN = 1.0
"""Seconds after which a question is taken for read where no frame has shown it: none is refused for ever."""


class SizedScreen(Screen[Answer], Generic[Answer]):
    """A screen of the size that the terminal has now.

    Textual answers a size with a layout, and a layout with that size: two sizes that are under way at once
    would follow each other for ever.
    """

    def _screen_resized(self, size: Size) -> None:
        if size == self.app.size:
            super()._screen_resized(size)


class ClosingScreen(SizedScreen[Answer], Generic[Answer]):
    """A screen that gives its answer once. One that is covered closes as soon as it is on top again."""

    engine_line: Callable[[int], Line] | None = None
    """The first line, in so many cells, where it takes the whole screen: of which engine it is."""

    readable_from = 0.0
    """When what it asks could be read, on the clock of events: what was pressed before is no answer."""

    _unread = False
    _laid_out = False
    _frame_lost = False
    _late: list[Answer | None] | None = None

    def ask_unread(self) -> None:
        """What it asks has changed: it is answered by nothing that was pressed before that is drawn."""
        self.readable_from = float("inf")
        self._unread, self._laid_out, self._frame_lost = True, False, False
        self.set_timer(UNDRAWN, self._read_by_now)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        if (size or self.outer_size) and (self._layout_widgets or not scroll):
            self._laid_out = True  # it is drawn in there
        super()._refresh_layout(size, scroll)

    def framed(self, begun: float) -> None:
        """A frame of it, begun at this moment, is on its way: the first one that holds the question counts.

        What is beneath may go on drawing, and who reads it may answer at once.
        """
        if self._unread and self._laid_out:
            self._unread = False
            self.readable_from = begun

    def frame_lost(self) -> None:
        """A frame of it was not taken by the terminal: everything is drawn again, and that frame counts."""
        self._frame_lost = True

    def _read_by_now(self) -> None:
        # Nothing had to be laid out for it; or else a frame that is still to come says when.
        if self._unread and not self._frame_lost:
            self.readable_from = get_time()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with an answer; nothing where it is closed already."""
        if self.app.screen is self:  # a dialog over it leaves it "current": it would close in its place
            closed: AwaitComplete = super().dismiss(result)
            return closed
        if self._is_open and self._late is None:
            self._late = [result]
        return AwaitComplete()

    @property
    def _is_open(self) -> bool:
        """Whether it is on any stack: that of another engine than the one that is shown, too."""
        return any(self in stack for stack in self.app._screen_stacks.values())

    def on_screen_resume(self) -> None:
        if self._late is not None:
            [result] = self._late
            self.dismiss(result)


class InputGate:
    """Lets a key or click through only if what it acts on was on the screen when it was made.

    What is typed at a dialog that is closing is not for what is beneath, and a question is not answered by
    what was typed before it could be read.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._closed = -LATEST
        self._seen = 0.0
        self._drawn = True

    def closed(self) -> None:
        """A screen has been closed just now; what is beneath is not drawn yet."""
        self._closed = self._clock()
        self._drawn = False

    def drawn(self, framed: float = 0.0) -> None:
        """What is beneath has been drawn, in a frame that was begun at this moment where there was one.

        The first time counts.
        """
        if self._drawn:
            return
        self._seen = framed if framed >= self._closed else self._clock()
        self._drawn = True

    def passes(self, made: float) -> bool:
        """Whether an input that was made at this moment may act."""
        return (self._drawn and made >= self._seen) or made >= self._closed + LATEST
