"""A widget that is drawn line by line from spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, cast

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from rich.style import Style

    from tui.presentation.style import Line


class Painter(Protocol):
    """What the App gives to its painted widgets: style texts resolved by the current theme."""

    def paint(self, style: str) -> Style:
        """The style of a style text (presentation.style)."""
        ...

    def glyphs(self, text: str) -> str:
        """A text in the glyphs that the terminal is to be given, as wide as it was."""
        ...


class Painted(Widget):
    """Draws `line(y)`; every line must be exactly as wide as the widget. A line is drawn once, until it is
    refreshed.

    It goes around Textual's styles cache: there is nothing in it to keep (no border, no padding), and its
    filters would turn the colours of a 16-colour terminal into others.
    """

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: dict[int, Strip] = {}
        self._strips_for = Size(0, 0)

    def line(self, y: int, width: int) -> Line:
        """The line at `y`, from 0; spans whose widths add up to `width`. Blank until a subclass says more."""
        return [(" " * width, "text")]

    def render_line(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            width = self.size.width
            painter = cast("Painter", self.app)
            paint, glyphs = painter.paint, painter.glyphs
            strip = Strip([Segment(glyphs(text), paint(style)) for text, style in self.line(y, width)], width)
            self._strips[y] = strip
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._strips_for != self.size:
            self._strips.clear()
            self._strips_for = self.size
        x1, x2 = crop.column_span
        whole = x1 == 0 and x2 >= self.size.width
        strips = [self.render_line(y) for y in crop.line_range]
        return strips if whole else [strip.crop(x1, x2) for strip in strips]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        # The compositor asks for every line between two that have changed: those in between are kept.
        if regions:
            for region in regions:
                for y in region.line_range:
                    self._strips.pop(y, None)
        elif repaint:
            self._strips.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def refresh_lines_at(self, first: int, count: int = 1) -> None:
        """Draw some lines again, and no others."""
        top = max(first, 0)
        bottom = min(first + count, self.size.height)
        if bottom > top:
            self.refresh(Region(0, top, self.size.width, bottom - top))
