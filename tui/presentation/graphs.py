"""What a container used lately, as graphs: one for each thing that is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.history import KEPT, rates
from tui.presentation.amounts import age, percent, size
from tui.presentation.charts import BLOCKS, Glyphs, graph, greatest
from tui.presentation.text import fit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.model.history import Reading
    from tui.presentation.style import Line

BESIDE = 60
"""Cells from which on two graphs stand side by side."""

LOWEST, HIGHEST = 3, 11
"""Rows of a graph: where the screen has fewer, it is scrolled; more say nothing further."""

BETWEEN = 2
"""Cells between two graphs."""


class Measured(NamedTuple):
    """One thing that is measured.

    title   what it is
    values  one for each reading, None where it is not known
    words   a value as it is said
    more    what else there is to say: its limit
    top     what the axis goes up to at least
    """

    title: str
    values: Sequence[float | None]
    words: Callable[[float], str]
    more: str = ""
    top: float = 0.0


def _bytes(value: float) -> str:
    return size(int(value))


def _rate(value: float) -> str:
    return f"{size(int(value))}/s"


def measured(readings: Sequence[Reading]) -> list[Measured]:
    """All that is measured, in the order in which it is looked for."""
    last = readings[-1].sample
    limit = last.memory_limit
    share = f"{percent(100 * last.memory / limit)} of {size(limit)}" if limit else "no limit"
    return [
        Measured("CPU", [one.sample.cpu for one in readings], percent, top=1.0),
        Measured("memory", [float(one.sample.memory) for one in readings], _bytes, share),
        Measured("network in", rates(readings, lambda one: one.rx), _rate, top=1000.0),
        Measured("network out", rates(readings, lambda one: one.tx), _rate, top=1000.0),
        Measured("block read", rates(readings, lambda one: one.read), _rate, top=1000.0),
        Measured("block written", rates(readings, lambda one: one.write), _rate, top=1000.0),
    ]


def usage_lines(
    readings: Sequence[Reading], cells: int, rows: int, *, running: bool, glyphs: Glyphs = BLOCKS
) -> list[Line]:
    """The graphs in so many cells, and in so many rows where they fit: all of it at one look."""
    if not readings:
        why = "waiting for the first reading ..." if running else "it does not run: nothing is measured"
        return [[(why, "muted")]]
    shown = measured(readings)
    beside = 2 if cells >= BESIDE else 1
    tiers = [shown[at : at + beside] for at in range(0, len(shown), beside)]
    height = max(LOWEST, min((rows - 1) // len(tiers) - 2, HIGHEST))
    if height > 5 and not height % 2:
        height -= 1  # so that there is a row in the middle, which is half of the axis
    wide = (cells - BETWEEN * (beside - 1)) // beside
    lines: list[Line] = []
    for tier in tiers:
        pictures = [_picture(one, wide, height, glyphs) for one in tier]
        for parts in zip(*pictures, strict=True):
            line: Line = []
            for part in parts:
                line += [(" " * BETWEEN, "text"), *part] if line else part
            lines.append(line)
        lines.append([])
    seconds = readings[-1].at - readings[0].at
    lines[-1] = [(f"{age(seconds)} up to now; readings since it is on the screen, {KEPT} at most", "muted")]
    return lines


def _picture(one: Measured, cells: int, rows: int, glyphs: Glyphs) -> list[Line]:
    """A graph under its heading: what it is, how much now, how much at most."""
    now = next((value for value in reversed(one.values) if value is not None), None)
    more = f"  {one.more}" if one.more else ""
    most = f"  most {one.words(greatest(one.values))}"
    words = f"{one.words(now)}{more}{most}" if now is not None else "not known yet"
    title = f"{one.title}  "
    heading: Line = [(fit(title, min(len(title), cells)), "strong")]
    heading.append((fit(words, max(cells - len(title), 0)), "muted"))
    return [heading, *graph(one.values, cells, rows, words=one.words, span=KEPT, top=one.top, glyphs=glyphs)]
