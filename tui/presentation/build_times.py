"""Builds as bars: how long each took, and where the time went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.build_times import Part
from tui.model.operation import CACHED, FAILED
from tui.presentation.amounts import age, duration
from tui.presentation.charts import BLOCKS, Glyphs, bar
from tui.presentation.charts import Part as BarPart
from tui.presentation.lines import plain
from tui.presentation.operation_words import GLYPHS
from tui.presentation.table import Column
from tui.presentation.text import fit, safe

if TYPE_CHECKING:
    from tui.model.build_times import BuildTimes
    from tui.presentation.style import Line, Span

COLUMNS = (
    Column("age", "AGO", 4, right=True),
    Column("seconds", "TOOK", 7, right=True),
    Column("usual", "MEDIAN", 7, right=True, rank=2),
    Column("bar", "", 16, grow=6),
    Column("state", "WHAT BECAME OF IT", 22, grow=3, most=70),
)

STYLES = {
    Part.STEPS: "accent",
    Part.EXPORT: "ok",
    Part.CONTEXT: "text",
    Part.BASES: "muted",
    Part.PUSH: "warn",
}

SLOWEST = 0.3
"""Of the time of all steps: one that takes more is named."""


def cell(
    column: str,
    one: BuildTimes,
    longest: float,
    median: float | None,
    now: float,
    cells: int,
    glyphs: Glyphs = BLOCKS,
) -> Span:
    """The text and style of one cell; `longest` took the whole of `cells`, which the column of bars has."""
    match column:
        case "age":
            return age(now - one.t), "muted"
        case "seconds":
            return duration(one.seconds), "strong"
        case "usual":
            return _against(one.seconds, median)
        case "bar":
            wide = round(one.seconds / longest * cells) if longest > 0 else 0
            style = "bad" if one.state == FAILED else "accent"
            return plain(parts_bar(one, min(max(wide, 1), cells), glyphs)), style
        case "state":
            sign, style = GLYPHS[one.state]
            return f"{sign} {safe(state_words(one))}", style
    raise KeyError(column)


def _against(seconds: float, median: float | None) -> Span:
    if not median:
        return "", "muted"
    more = round(100 * (seconds - median) / median)
    return (f"+{min(more, 9999)}%" if more > 0 else f"{more}%"), "warn" if more >= 50 else "muted"


def parts_bar(one: BuildTimes, cells: int, glyphs: Glyphs = BLOCKS) -> Line:
    """The parts of a build, as shares of what all its steps took."""
    return bar([BarPart(one.parts[part], STYLES[part]) for part in Part], cells, glyphs=glyphs)


def state_words(one: BuildTimes) -> str:
    """E.g. "6 of 8 cached", "failed: RUN pip install"."""
    words = [] if one.verb == "build" else [one.verb]
    if (broken := one.failed) is not None and one.state == FAILED:
        words.append(f"failed: {broken.title}")
    elif one.state != "done":
        words.append(one.state)
    if one.instructions:
        words.append(f"{one.cached} of {len(one.instructions)} cached")
    return ", ".join(words) or one.state


def legend(one: BuildTimes, glyphs: Glyphs = BLOCKS) -> Line:
    """What each filling of a bar is, and how long that took together."""
    line: Line = []
    for number, (part, seconds) in enumerate(one.parts.items()):
        if seconds:
            sign = glyphs.fills[number % len(glyphs.fills)]
            line += [(f"{sign} ", STYLES[part]), (f"{part} {duration(seconds)}   ", "muted")]
    return line or [("its journal tells of no step", "muted")]


def steps_lines(one: BuildTimes, cells: int, glyphs: Glyphs = BLOCKS) -> list[Line]:
    """Where the time went, step by step, in the order in which they came."""
    lines = [legend(one, glyphs)]
    longest = max((step.seconds for step in one.steps), default=0.0)
    whole = sum(step.seconds for step in one.steps)
    wide = max(min(cells // 4, 40), 8)
    parts = list(Part)
    for step in one.steps:
        sign, style = GLYPHS.get(step.state, ("·", "muted"))
        took = "cached" if step.state == CACHED else duration(step.seconds)
        fill = glyphs.fills[parts.index(step.part) % len(glyphs.fills)]
        spent = 0.0 if step.state == CACHED else step.seconds
        length = round(spent / longest * wide) if longest else 0
        lines.append(
            [
                (f"{sign} ", style),
                (f"{took:>7} ", "strong" if whole and step.seconds >= SLOWEST * whole else "muted"),
                (fit(fill * max(length, 1 if spent else 0), wide + 1), STYLES[step.part]),
                (safe(step.title), "bad" if step.state == FAILED else "text"),
            ]
        )
    return lines
