"""Fewer bytes to the terminal for what has changed: over SSH they are what a user waits for.

Textual sends the whole beginning of a line up to the changed cells, and a full set of style codes for every
piece of text. This sends the changed cells alone, and codes only where the style really changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.segment import Segment
    from textual.strip import Strip


class Codes(NamedTuple):
    """How a style is selected, and what of it shows on a blank cell."""

    select: str
    blank: tuple[object, ...]


_NULL = Style()

MOST = 4096
"""Styles whose codes are kept."""


class LeanUpdate(CompositorUpdate):
    """A ChopsUpdate that writes less. The picture on the screen is the same."""

    def __init__(self, update: ChopsUpdate, known: dict[Style, Codes]) -> None:
        self._update = update
        self._known = known

    def render_segments(self, console: Console) -> str:
        """Text and escape sequences for the terminal."""
        out: list[str] = []
        blank: tuple[object, ...] | None = None
        select = ""
        chops: Sequence[Mapping[int, Strip | None]] = self._update.chops
        for y, x1, x2 in self._update.spans:
            at = -1
            for end, (x, strip) in zip(self._update.chop_ends[y], chops[y].items(), strict=False):
                if strip is None or x >= x2 or end <= x1:
                    continue
                first, last = max(x, x1), min(end, x2)
                if first > x or last < end:
                    strip = strip.crop(first - x, last - x)
                if at != first:
                    out.append(f"\x1b[{y + 1};{first + 1}H")
                at = last
                for text, style, _ in strip:
                    codes = self._codes(style or _NULL, console)
                    if codes.select != select and not (codes.blank == blank and text.isspace()):
                        out.append(codes.select)
                        select, blank = codes
                    out.append(text)
        out.append("\x1b[0m")
        return "".join(out)

    def _codes(self, style: Style, console: Console) -> Codes:
        codes = self._known.get(style)
        if codes is None:
            if len(self._known) > MOST:
                self._known.clear()
            sequence = style.render("\0", color_system=console._color_system).partition("\0")[0]
            select = "\x1b[0;" + sequence[2:] if sequence else "\x1b[0m"
            blank = (
                style.bgcolor,
                style.underline,
                style.reverse,
                style.strike,
                style.reverse and style.color,
            )
            codes = self._known[style] = Codes(select, blank)
        return codes

    def __rich_console__(self, console: Console, options: object) -> list[Segment]:
        return list(self._update.__rich_console__(console, options))  # type: ignore[arg-type]
