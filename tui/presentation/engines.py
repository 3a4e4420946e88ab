"""Engines as rows, and what is wrong with the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.errors import NotAllowed
from tui.presentation.amounts import age, date
from tui.presentation.lines import clip
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.engine_state import EngineState
    from tui.model.policy import EngineSettings
    from tui.operations.looking.engines import KnownEngine
    from tui.presentation.style import Line, Span

COLUMNS = (
    Column("colour", "", 2),
    Column("engine", "ENGINE", 12, grow=2, most=36),
    Column("state", "STATE", 20),
    Column("version", "VERSION", 7, grow=1, most=20, rank=3, wanted=14),
    Column("took", "ANSWERS", 7, rank=2, right=True),
    Column("running", "RUNNING", 7, rank=4, right=True),
    Column("apps", "APPS", 4, rank=5, right=True),
    Column("host", "HOST", 8, grow=1, most=20, rank=6, roomy=130),
    Column("wrong", "WRONG", 10, grow=4, rank=1, roomy=100),
)
SORTS = ("engine", "state", "took", "version")

STALE = 90.0
"""Seconds after which an answer is told of with its age, even where nothing has failed since."""

DETAILS = 3
"""Lines beneath the list that tell of the engine under the cursor."""


def state_words(one: KnownEngine, state: EngineState, now: float) -> Span:
    """How an engine is, as a glyph and words."""
    if one.said.is_left_alone(now) and (not state.answers or now - state.seen > STALE):
        return "- left alone", "muted"
    if isinstance(one.found, NotAllowed):
        return "- not allowed", "warn"
    if state.connecting and now - state.connecting >= 1 and not state.error:
        return f"○ connecting for {age(now - state.connecting)}", "busy"
    if not state.seen:
        return ("✗ no answer", "bad") if state.error else ("○ asking", "busy")
    if state.error:
        return f"✗ last seen {age(now - state.seen)} ago", "bad"
    if now - state.seen > STALE:
        return f"○ last seen {age(now - state.seen)} ago", "warn"
    return "● live", "ok"


def reason(said: EngineSettings, now: float) -> str:
    """Why an engine is left alone, "" where it is not."""
    if said.maintenance > now:
        return f"maintenance until {date(said.maintenance, '%Y-%m-%d %H:%M')}"
    return "" if said.enabled else "enabled = false"


def cell(column: str, one: KnownEngine, state: EngineState, now: float, *, shown: bool = False) -> Span:
    """One cell; `shown`: whether it is the engine that the dashboard shows."""
    known = bool(state.seen)
    match column:
        case "colour":
            return "  ", f"text on {one.said.colour}" if one.said.colour else "text"
        case "engine":
            return safe(one.called) + (" (here)" if shown else ""), "strong"
        case "state":
            return state_words(one, state, now)
        case "version":
            return safe(state.version.version) if state.version is not None else "", "text"
        case "took":
            return answer_time(state.took) if known else "", "text" if state.answers else "muted"
        case "running":
            return f"{state.running}/{state.containers}" if known else "", "text"
        case "apps":
            return str(len(state.apps)) if known else "", "text"
        case "host":
            return safe(state.host), "muted"
        case "wrong":
            if state.error:
                return safe(state.error), "bad"
            why = reason(one.said, now)
            return (
                (safe("; ".join(state.warnings)), "warn")
                if state.warnings and not why
                else (safe(why), "muted")
            )
    raise KeyError(column)


def answer_time(seconds: float) -> str:
    """How long an answer took: "0.4 ms", "12 ms", "1.3 s"."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else f"{seconds * 1000:.1f} ms"


def sort_key(column: str, one: KnownEngine, state: EngineState, now: float) -> Any:
    """What rows are sorted by; the first to look at comes first where it is the state."""
    name = one.called.lower()
    match column:
        case "state":
            worst = 0 if state.error else 1 if not one.said.is_left_alone(now) else 2
            return worst, name, one.key
        case "took":
            return not state.seen, -state.took, name, one.key
        case "version":
            version = state.version.version if state.version is not None else ""
            return [(part.zfill(6)) for part in version.split(".")], name, one.key
    return name, one.key


def matches(one: KnownEngine, state: EngineState, text: str, now: float) -> bool:
    """Whether a row passes the filter: what it is called, where it is, how it is, its apps."""
    words, _ = state_words(one, state, now)
    told = (*one.names, one.url, state.host, words, state.error, reason(one.said, now), *state.apps)
    return any(text in part.lower() for part in told)


def counted(states: Iterable[EngineState]) -> str:
    """How many answer."""
    every = list(states)
    return f"{sum(state.answers for state in every)} of {len(every)} answer"


def _warned(warnings: Sequence[str], cells: int) -> list[Line]:
    """Warnings in the lines that there are; a long one that is alone has its remedy on the next."""
    if len(warnings) == 1 and len(warnings[0]) >= cells:
        said, _, remedy = warnings[0].partition(": ")
        return [[(f" {safe(said)}", "warn")], [(f" {safe(remedy)}", "accent")]]
    return [[(f" {safe(warning)}", "warn")] for warning in warnings[: DETAILS - 1]]


def detail_lines(
    one: KnownEngine | None, state: EngineState, now: float, cells: int, same: str = ""
) -> list[Line]:
    """What the engine under the cursor is, what is wrong with it, and what to do: DETAILS lines.

    same   what is said of other ways to the same engine, "" where none is known
    """
    lines: list[Line] = []
    if one is not None:
        url = [one.url] if one.url and one.url not in one.names else []
        marks = [*([same] if same else []), *url, *(["protected"] if one.said.protected else [])]
        about = " · ".join(safe(word) for word in (*one.names, *marks))
        patch = [("  ", f"text on {one.said.colour}")] if one.said.colour else []
        lines.append([*patch, (f" {about}", "strong")])
        why = reason(one.said, now)
        if state.error:
            lines.append([(f" {safe(state.error)}", "bad")])
            lines.append([(f" {safe(state.hint)}", "accent")])
        elif why:
            lines.append([(f" left alone: {safe(why)}", "warn")])
            lines.append([(" Enter opens it all the same", "accent")])
        else:
            lines += _warned(state.warnings, cells)
    lines += [[] for _ in range(DETAILS - len(lines))]
    return [clip(line, cells, "text") for line in lines]
