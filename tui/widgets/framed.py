"""A pane: a title line, a body, a scroll bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region, Size

from tui.presentation.frame import Scroll, bar, title_line
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events

    from tui.presentation.style import Line


class Framed(Painted, can_focus=True):
    """Draws its frame and asks the subclass for the lines of its body."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left = ""
        self._right = ""
        self._state = False
        self._bar = (-1, -1)

    @property
    def body_size(self) -> Size:
        """Cells that `body_line` fills."""
        return Size(max(self.size.width - 1, 0), max(self.size.height - 1, 0))

    def body_line(self, row: int, width: int) -> Line:
        """The line of the body at `row`, from 0, exactly `width` cells. Blank until a subclass says more."""
        return [(" " * width, "text")]

    def scroll_position(self) -> Scroll:
        """What the scroll bar shows."""
        return Scroll(0, 0, 0)

    @property
    def is_placed(self) -> bool:
        """Whether it has a place on the screen now."""
        return self.size.height > 0 and self.display

    def scroll_rows(self, delta: int) -> None:
        """Move what is seen by some rows, as a mouse wheel does; nothing until a subclass does."""

    def set_title(self, left: str, right: str = "", *, state: bool = False) -> None:
        """Set both ends of the title line; text from outside must have been made safe.

        The left end gives way where the right one is a `state`: it may be a name of any length.
        """
        self._state = state
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh_lines_at(0)

    def refresh_body(self, first: int = 0, last: int | None = None) -> None:
        """Draw rows of the body again, `last` included; the scroll bar too, where it has moved."""
        height = self.body_size.height
        last = height - 1 if last is None else min(last, height - 1)
        self.refresh_lines_at(1 + first, last - first + 1)
        self.refresh_bar()

    def refresh_cells(self, row: int, x: int, width: int) -> None:
        """Draw a part of one row of the body again."""
        if 0 <= row < self.body_size.height:
            self.refresh(Region(x, 1 + row, width, 1))

    def refresh_bar(self) -> None:
        """Draw the scroll bar again if it has moved."""
        thumb = self.scroll_position().thumb()
        if thumb != self._bar:
            self._bar = thumb
            self.refresh(Region(self.size.width - 1, 1, 1, self.body_size.height))

    def line(self, y: int, width: int) -> Line:
        if y == 0:
            return title_line(self._left, self._right, width, self.has_focus, state=self._state)
        body = self.body_line(y - 1, width - 1)
        return [*body, bar(y - 1, self.scroll_position())]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-3)
