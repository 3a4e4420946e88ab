"""What became of each engine of a fleet, as a table. Every text of it is made harmless here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.fleet import EngineState
from tui.presentation.amounts import duration
from tui.presentation.text import cut, fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.model.fleet import EngineOutcome
    from tui.presentation.style import Line

CELLS = 80
_ENGINE_CELLS = 24

_ROLES = {
    EngineState.DONE: "ok", EngineState.LIVE: "ok", EngineState.BEHIND: "warn", EngineState.BACK: "warn",
    EngineState.UNDONE: "bad", EngineState.BROKEN: "bad",
}  # fmt: skip


def fleet_table(engines: Sequence[EngineOutcome], cells: int = CELLS) -> Iterator[Line]:
    """A line for each engine: how it ended, what served before and serves now, the gap; why, beneath."""
    if not engines:
        return
    names = [cut(safe(one.engine), _ENGINE_CELLS) for one in engines]
    wide = max(map(width, names))
    said = max(len(one.state) for one in engines)
    for one, name in zip(engines, names, strict=True):
        role = next((role for state, role in _ROLES.items() if state == one.state), "text")
        yield [
            (f"  {fit(name, wide)}  ", "strong"),
            (f"{safe(one.state):<{said}}  ", role),
            (_served(one), "text"),
            (_took(one), "muted"),
        ]
        if one.message:
            margin = " " * 4
            yield [(margin, "text"), (cut(safe(one.message), max(cells - len(margin), 20)), "muted")]


def _served(one: EngineOutcome) -> str:
    if not one.before and not one.after:
        return ""
    before, after = safe(one.before) or "nothing", safe(one.after) or "?"
    return before if before == after else f"{before} -> {after}"


def _took(one: EngineOutcome) -> str:
    gap = f", gap {one.gap_seconds:.2f} s" if one.gap_seconds is not None else ""
    return f"  {duration(one.seconds)}{gap}" if one.seconds else ""
