"""Bars: single lines, and the line between two columns of panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from tui.presentation.style import Line


class Bar(Painted):
    """One line of the screen; `draw(width)` gives it anew whenever it is refreshed."""

    def __init__(
        self,
        draw: Callable[[int], Line],
        *,
        id: str,
        pressed: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._pressed = pressed
        self._drawn: Line = []

    def line(self, y: int, width: int) -> Line:
        self._drawn = self._draw(width)
        return self._drawn

    def update(self) -> None:
        """Draw it again if it reads differently now."""
        if self.size.width and self._draw(self.size.width) != self._drawn:
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        if self._pressed is not None:
            self._pressed(event.x)


class TopBar(Bar):
    """The first line of a screen, which says of which engine it is and how that is: it looks by itself."""

    DEFAULT_CSS = "TopBar { height: 1; dock: top; }"

    def __init__(self, draw: Callable[[int], Line]) -> None:
        super().__init__(draw, id="engine")

    def on_mount(self) -> None:
        self.set_interval(1.0, self.update)


class Lines(Painted):
    """Some lines of the screen; `draw(width)` gives them anew whenever they are refreshed."""

    def __init__(self, draw: Callable[[int], list[Line]], *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw

    def line(self, y: int, width: int) -> Line:
        lines = self._draw(width)
        return lines[y] if y < len(lines) else [(" " * width, "text")]


class Divider(Painted):
    """A vertical line."""

    def line(self, y: int, width: int) -> Line:
        return [("│" * width, "border")]
