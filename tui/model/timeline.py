"""When each release of an app served, and how it came to its end: from the records alone. Pure."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.release import Entry


class Fate(StrEnum):
    """What became of a release: it serves; the next one has taken its place, or an earlier one was gone back
    to; it failed its gate, and was undone; it is under way, or was interrupted; its record cannot be read."""

    LIVE = "live"
    REPLACED = "replaced"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"
    OPEN = "open"
    UNREADABLE = "unreadable"


class Span(NamedTuple):
    """One release in time, seconds since the epoch.

    begin     when it was begun; 0 where that is not known
    end       when the next good one was begun, or this one had failed; None while it goes on
    back_to   the release whose bytes and configuration it is, where it is a roll back; else 0
    left_for  where it was rolled back from this one: the release that was gone back to; else 0
    gap       seconds in which nothing served when it came, None where none were measured
    message   why it failed
    """

    number: int
    version: str
    fate: Fate
    begin: float
    end: float | None = None
    back_to: int = 0
    left_for: int = 0
    gap: float | None = None
    message: str = ""

    def lasted(self, now: float) -> float:
        """Seconds from its begin to its end, or up to now."""
        return max((self.end if self.end is not None else now) - self.begin, 0.0) if self.begin else 0.0


def spans(entries: Mapping[int, Entry], live: int | None, goods: Mapping[int, bool | None]) -> list[Span]:
    """The releases in the order of their numbers. What served does so until the next good one was begun.

    live    the number of the one that bears the app's name, None where none does
    goods   what the ledger knows of each: good, failed, None while it is open

    Clocks of different machines differ: none begins before the one before it.
    """
    moments = _begins(entries)
    good = [number for number in sorted(entries) if goods.get(number) and moments[number]]
    following = dict(pairwise(good))
    found = []
    for number in sorted(entries):
        entry, begin = entries[number], moments[number]
        release, outcome = entry.release, entry.outcome
        after = following.get(number)
        span = Span(
            number,
            release.version,
            Fate.UNREADABLE,
            begin,
            back_to=release.rollback_of,
            gap=outcome.gap_seconds if outcome is not None else None,
            message=outcome.message if outcome is not None else "",
        )
        if entry.is_damaged or not begin:
            found.append(span._replace(begin=0.0))
        elif goods.get(number) is None:
            found.append(span._replace(fate=Fate.OPEN))
        elif not goods[number]:
            ended = max(outcome.at, begin) if outcome is not None else begin
            found.append(span._replace(fate=Fate.FAILED, end=ended))
        elif after is not None and number != live:
            left_for = entries[after].release.rollback_of
            fate = Fate.ROLLED_BACK if left_for and left_for != number else Fate.REPLACED
            found.append(span._replace(fate=fate, end=moments[after], left_for=left_for))
        elif number == live:
            found.append(span._replace(fate=Fate.LIVE))
        else:
            found.append(span._replace(fate=Fate.REPLACED, end=max(outcome.at if outcome else begin, begin)))
    return found


def _begins(entries: Mapping[int, Entry]) -> dict[int, float]:
    """When each was begun, 0 where nothing tells."""
    found: dict[int, float] = {}
    latest = 0.0
    for number in sorted(entries):
        at = entries[number].release.at
        known = at > 0 and at < float("inf") and not entries[number].is_damaged
        latest = max(latest, at) if known else latest
        found[number] = latest if known else 0.0
    return found


class Window(NamedTuple):
    """The part of time that is looked at."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.begin


CLOSEST = 12
"""How often it can be looked at more closely by half."""


def window(found: Sequence[Span], now: float, zoom: int, number: int) -> Window:
    """All of the time that is known, or with each `zoom` half of it, around when a release was begun."""
    begins = [span.begin for span in found if span.begin]
    first = min([*begins, now])
    whole = max(now - first, 1.0)
    if zoom <= 0:
        return Window(first, first + whole)
    seconds = whole / 2 ** min(zoom, CLOSEST)
    middle = next((span.begin for span in found if span.number == number and span.begin), now)
    begin = min(max(middle - seconds / 2, first), first + whole - seconds)
    return Window(begin, begin + seconds)


def cells_of(span: Span, looked: Window, now: float, cells: int) -> tuple[int, int]:
    """Where a span's bar begins and ends among so many cells; the same twice where it is out of sight.

    What is in sight has a cell at least.
    """
    end = max(span.end if span.end is not None else now, span.begin)
    if not span.begin or cells <= 0 or end < looked.begin or span.begin > looked.end:
        return 0, 0
    unit = max(looked.seconds, 1e-9) / cells
    first = min(max(int((span.begin - looked.begin) / unit), 0), cells - 1)
    last = min(max(int((end - looked.begin) / unit), first + 1), cells)
    return first, last
