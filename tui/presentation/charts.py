"""Numbers as pictures made of characters: a sparkline, a bar of parts, a graph with its axis. Pure.

Whatever number comes, the width is exact; what is no number is a gap. Colour says nothing that the characters
do not say, too: each part of a bar has a filling of its own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.text import fit, width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.presentation.style import Line


class Glyphs(NamedTuple):
    """What charts are drawn with, one cell each.

    levels   from least to most
    fills    of the parts of a bar, in their order
    track    where a bar has no part
    axis     left of a graph
    dots     whether a graph is drawn with the dots of braille, eight in a cell; else with `point`
    """

    levels: str
    fills: str
    track: str
    axis: str
    dots: bool
    point: str


BLOCKS = Glyphs(levels="▁▂▃▄▅▆▇█", fills="█▓▒░=", track="·", axis="│", dots=True, point="•")
PLAIN = Glyphs(levels="_.-:=+*#", fills="#=+-o", track=".", axis="|", dots=False, point="*")
"""For terminals and eyes that want ASCII."""

GAP = " "
"""Where nothing is known."""

BRAILLE = 0x2800
DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
"""The bits of a cell's dots, the left and the right column, from the bottom (Unicode, Braille Patterns)."""


class Part(NamedTuple):
    """One part of a bar: how much it is, and the style that it is drawn in."""

    amount: float
    style: str


def known(value: float | None) -> float | None:
    """A number that can be drawn, None for any other; what is below nothing is nothing."""
    return max(value, 0.0) if value is not None and math.isfinite(value) else None


def greatest(values: Sequence[float | None]) -> float:
    """The greatest that can be drawn, 0 where there is none."""
    return max((found for value in values if (found := known(value)) is not None), default=0.0)


def round_top(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 ... for the top of an axis; 1 for nothing."""
    found = known(value)
    if not found or found > 1e300:
        return found or 1.0
    unit = 10.0 ** math.floor(math.log10(found))
    if not unit:
        return found
    return next((step * unit for step in (1, 2, 5) if step * unit >= found), 10 * unit)


def sparkline(
    values: Sequence[float | None], cells: int, *, top: float = 0.0, glyphs: Glyphs = BLOCKS
) -> str:
    """The newest values, the last one rightmost; `top` is full height, where none of them is above it."""
    shown = values[max(len(values) - cells, 0) :] if cells > 0 else ()
    most = max(greatest(shown), known(top) or 0.0)
    signs = [
        GAP if (number := known(value)) is None else glyphs.levels[_level(number, most, len(glyphs.levels))]
        for value in shown
    ]
    return GAP * (max(cells, 0) - len(signs)) + "".join(signs)


def _level(value: float, most: float, count: int) -> int:
    return min(int(value / most * count), count - 1) if most else 0


def bar(parts: Sequence[Part], cells: int, *, total: float = 0.0, glyphs: Glyphs = BLOCKS) -> Line:
    """Parts in proportion, in exactly so many cells; the whole of it is `total`, where they are not more.

    A part that is anything at all has a cell where there is one for it.
    """
    amounts = [known(part.amount) or 0.0 for part in parts]
    largest = max([known(total) or 0.0, *amounts], default=0.0) or 1.0
    shares = [amount / largest for amount in amounts]  # so that no sum is beyond all numbers
    whole = max(sum(shares), (known(total) or 0.0) / largest) or 1.0
    line: Line = []
    done, before = 0, 0.0
    for number, (part, share) in enumerate(zip(parts, shares, strict=True)):
        before += share
        end = round(before / whole * cells)
        if share and end == done:
            end += 1
        end = min(end, cells)
        if end > done:
            line.append((glyphs.fills[number % len(glyphs.fills)] * (end - done), part.style))
            done = end
    if done < cells:
        line.append((glyphs.track * (cells - done), "muted"))
    return line


def graph(
    values: Sequence[float | None],
    cells: int,
    rows: int,
    *,
    words: Callable[[float], str],
    span: int,
    top: float = 0.0,
    style: str = "accent",
    glyphs: Glyphs = BLOCKS,
) -> list[Line]:
    """A line over time, the newest value rightmost: `rows` lines of `cells` cells each.

    words   a value as the axis says it
    span    how many values the whole width is; fewer begin in the middle
    top     what the axis goes up to at least
    """
    if cells <= 0 or rows <= 0:
        return [[] for _ in range(max(rows, 0))]
    most = round_top(max(greatest(values), known(top) or 0.0))
    said = {0: words(most), rows - 1: words(0.0)} if rows > 1 else {0: words(most)}
    if rows >= 5 and rows % 2:  # else no row is the half of it, and no other number is round
        said[rows // 2] = words(most / 2)
    gutter = max(width(text) for text in said.values()) + 2
    if cells < gutter + 4:
        gutter = 0
    picture = _dotted(values, cells - gutter, rows, span, most, glyphs)
    lines: list[Line] = []
    for number, drawn in enumerate(picture):
        axis: Line = []
        if gutter:
            axis = [(fit(said.get(number, ""), gutter - 2, "right"), "muted"), (f" {glyphs.axis}", "border")]
        lines.append([*axis, (drawn, style)])
    return lines


def _dotted(
    values: Sequence[float | None], cells: int, rows: int, span: int, most: float, glyphs: Glyphs
) -> list[str]:
    """The dots of a graph, as a text for each row."""
    across, up = (2, 4) if glyphs.dots else (1, 1)
    columns, height = cells * across, rows * up
    bits = [[0] * cells for _ in range(rows)]
    last: int | None = None
    for column in range(columns):
        value = _between(values, span, column / max(columns - 1, 1))
        if value is None:
            last = None
            continue
        level = min(int(value / most * height), height - 1)
        steps = range(min(level, last), max(level, last) + 1) if last is not None else (level,)
        for step in steps:
            row = rows - 1 - step // up
            bits[row][column // across] |= DOTS[column % 2][step % 4] if glyphs.dots else 1
        last = level
    if glyphs.dots:
        return ["".join(chr(BRAILLE + cell) if cell else GAP for cell in row) for row in bits]
    return ["".join(glyphs.point if cell else GAP for cell in row) for row in bits]


def _between(values: Sequence[float | None], span: int, share: float) -> float | None:
    """The value at a share of the width, on the way from one to the next; None where none is known."""
    place = share * (max(span, 2) - 1) - (max(span, 2) - len(values))
    left = math.floor(place)
    if left < 0 or left >= len(values):
        return None
    here = known(values[left])
    following = known(values[left + 1]) if left + 1 < len(values) else here
    if here is None or following is None:
        return here
    return here + (following - here) * (place - left)
