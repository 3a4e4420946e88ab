"""Times and states in the engine's words (docker/go-units duration.go, moby/container/state.go)."""

from __future__ import annotations

import time

from tui.demo.objects import SECOND, Container

NEVER = "0001-01-01T00:00:00Z"

_STEPS = ((60, 1, "second"), (3600, 60, "minute"), (48 * 3600, 3600, "hour"), (14 * 86400, 86400, "day"))
_LONG = ((90 * 86400, 7 * 86400, "week"), (730 * 86400, 30 * 86400, "month"))


def duration(seconds: float) -> str:
    """An age in words: "Less than a second", "About a minute", "5 days"."""
    if seconds < 1:
        return "Less than a second"
    if 60 <= seconds < 120:
        return "About a minute"
    if seconds >= 3540 and round(seconds / 3600) == 1:
        return "About an hour"
    for limit, unit, name in (*_STEPS, *_LONG):
        if seconds < limit:
            count = round(seconds / unit) if name == "hour" else int(seconds // unit)
            return f"{count} {name}{'' if count == 1 and unit == 1 else 's'}"
    return f"{int(seconds // (365 * 86400))} years"


def fresh_for(seconds: float) -> float:
    """For how many seconds the words of an age certainly stay right."""
    if seconds < 60:
        return 1 - seconds % 1
    if seconds < 3600:
        return 60 - seconds % 60
    return 1800 - seconds % 1800


def status(container: Container, now: int) -> tuple[str, float]:
    """The list's Status of a container at `now`, and for how many seconds it stays right."""
    state = container.state
    if state == "created":
        return "Created", float("inf")
    if state == "dead":
        return "Dead", float("inf")
    age = (now - (container.started if state in ("running", "paused") else container.ended)) / SECOND
    words, fresh = duration(age), fresh_for(max(0, age))
    if state == "restarting":
        return f"Restarting ({container.exit_code}) {words} ago", fresh
    if state == "paused":
        return f"Up {words} (Paused)", fresh
    if state == "running":
        health = container.health
        if health is None:
            return f"Up {words}", fresh
        return f"Up {words} ({'health: starting' if health.status == 'starting' else health.status})", fresh
    return f"Exited ({container.exit_code}) {words} ago", fresh


def stamp(nanoseconds: int) -> str:
    """A time as the engine's JSON has it: RFC 3339 with nanoseconds, UTC; 0 is Go's zero time."""
    if not nanoseconds:
        return NEVER
    seconds, rest = divmod(nanoseconds, SECOND)
    return time.strftime(f"%Y-%m-%dT%H:%M:%S.{rest:09d}Z", time.gmtime(seconds))


def from_stamp(text: str) -> float:
    """Seconds since the epoch of the API's `since` and `until`: a number, or RFC 3339. Raises ValueError."""
    try:
        return float(text)
    except ValueError:
        from datetime import datetime

        return datetime.fromisoformat(text).timestamp()
