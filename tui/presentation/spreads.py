"""Apps over their engines: a line for each app that says who differs, and one for each engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.digest import short_id
from tui.presentation.amounts import age
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.drift import Drift
    from tui.model.engine_state import AppHere, Spread
    from tui.presentation.style import Span

COLUMNS = (
    Column("colour", "", 2),
    Column("engine", "ENGINE", 12, grow=2, most=36),
    Column("release", "RELEASE", 7, rank=3),
    Column("version", "VERSION", 10, grow=1, most=32, wanted=16),
    Column("digest", "DIGEST", 12, rank=2),
    Column("state", "STATE", 10),
    Column("drift", "DRIFT", 10, rank=1),
    Column("seen", "SEEN", 8, right=True),
)

FRESH = 60.0
"""Seconds for which a knowledge is of now: what is asked again and again is not drawn anew every second."""

GOOD = ("running", "healthy", "starting")
"""States of a container that are not bad by themselves."""

NAMED = 3
"""Engines that a sentence names; of more it says how many."""


def spread_words(spread: Spread) -> str:
    """An app in one line: "web   3 of 4 on v1.6.0, edge-2 on v1.5.2"; made safe."""
    usual, parts = spread.usual, list[str]()
    total = len(spread.engines)
    if usual is None:
        if spread.absent and (spread.unknown or spread.silent):
            parts.append(f"not live on {_names(spread.absent)}")
        elif spread.absent:
            parts.append(f"live on none of {total}" if total > 1 else "not live")
    else:
        odd = spread.odd
        same = len(spread.here) - len(odd)
        if total == 1:
            where = next(iter(spread.here))
        else:
            where = f"{same} of {total}" if same < total else f"all {total}"
        parts.append(f"{where} on {called(usual)}")
        parts += [f"{engine} on {_other(one, usual)}" for engine, one in odd[:NAMED]]
        if len(odd) > NAMED:
            parts.append(f"{len(odd) - NAMED} more differ")
        if spread.absent:
            parts.append(f"not live on {_names(spread.absent)}")
    if spread.silent:
        told = [f"{engine}{_last(one, usual)}" for engine, one in spread.silent.items()]
        parts.append(f"no answer from {_names(told)}")
    if spread.unknown:
        parts.append(f"not known on {_names(spread.unknown)}")
    return safe(f"{spread.app}   {', '.join(parts)}")


def also_as(engine: str, others: Sequence[str]) -> str:
    """An engine with the names of the other ways to it: "edge-1, also as local"."""
    return f"{engine}, also as {_names(others)}" if others else engine


def is_odd(spread: Spread) -> bool:
    """Whether not all of them run the same."""
    return bool(spread.odd or spread.absent or spread.unknown or spread.odd_before)


def called(one: AppHere) -> str:
    """What runs: its version, else its digest."""
    return one.version or short_id(one.digest) or f"r{one.release}"


def _other(one: AppHere, usual: AppHere) -> str:
    """What runs where it is something else; the same version of other bytes is none of the same."""
    return called(one) if one.version != usual.version else f"other bytes {short_id(one.digest)}"


def _last(one: AppHere, usual: AppHere | None) -> str:
    """What ran on an engine that does not answer, where it is something else."""
    if usual is not None and one.bytes_of == usual.bytes_of:
        return ""
    if not one.is_live:
        return " (not live before)"
    return f" ({_other(one, usual) if usual is not None else called(one)} before)"


def _names(engines: Sequence[str]) -> str:
    more = f" and {len(engines) - NAMED} more" if len(engines) > NAMED else ""
    return ", ".join(engines[:NAMED]) + more


def state_words(one: AppHere | None, *, known: bool, away: bool = False, short: bool = False) -> Span:
    """How it is on an engine.

    away    whether the engine answered before, and does not now
    short   whether there is room for few cells: "running ↻5" for "running, restarted 5 times"
    """
    if away:
        return "no answer", "bad"
    if one is None:
        return ("not live", "warn") if known else ("unknown", "muted")
    if one.strange:
        return "not ours", "warn"
    if not one.is_live:
        if one.at:
            return "not live", "warn"
        return ("unreadable", "bad") if one.error else ("reading", "busy")
    if one.state != "running":
        return safe(one.state), "bad"
    if one.restarts:
        words = one.state if one.health in ("", "none") else one.health
        told = f"{words} ↻{one.restarts}" if short else restarted_words(words, one.restarts)
        return safe(told), "warn" if words in GOOD else "bad"
    if one.health in ("", "none"):
        return "running", "ok"
    return safe(one.health), {"healthy": "ok", "starting": "busy"}.get(one.health, "bad")


def restarted_words(words: str, restarts: int) -> str:
    """How a container is that its engine had to start again: "running, restarted 5 times"."""
    often = "once" if restarts == 1 else f"{restarts} times"
    return f"{words}, restarted {often}" if restarts else words


def drift_words(drift: Drift | None, now: float) -> Span:
    """What a look for drift has found, and how long ago; nobody has looked: "-"."""
    if drift is None:
        return "-", "muted"
    ago = age(now - drift.checked_at)
    if drift.causes:
        return f"{len(drift.causes)} ({ago})", "bad"
    if drift.unknown:
        return f"? ({ago})", "warn"
    return f"none ({ago})", "ok"


def cell(
    column: str, one: AppHere | None, drift: Drift | None, seen: float, now: float, *, away: bool = False
) -> Span:
    """One cell of an engine's line, without its name and colour.

    seen   when the engine answered last
    away   whether it answers no more: what is known is of then
    """
    live = one is not None and one.is_live
    match column:
        case "release":
            return f"r{one.release}" if one is not None and live else "-", "muted" if away else "text"
        case "version":
            return (
                safe(one.version) or "-" if one is not None and live else "-"
            ), "muted" if away else "strong"
        case "digest":
            return short_id(one.digest) if one is not None and live else "-", "muted"
        case "state":
            return state_words(one, known=bool(seen), away=away, short=True)
        case "drift":
            return drift_words(drift, now)
        case "seen":
            at = seen if away else one.at if one is not None else seen
            if at and not away and now - at < FRESH:
                return "now", "muted"
            return (f"{age(now - at)} ago", "warn") if at else ("never", "muted")
    raise KeyError(column)
