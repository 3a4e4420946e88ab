"""Readings that are older than the event before them.

An engine says `die` or `pause` and then writes down what it said, on a busy machine a second later; a list
that is read meanwhile still tells the state before, and nothing follows that would correct it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.container import Container

WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between the readings that are doubted; the one after the last is believed."""


class _Doubt(NamedTuple):
    before: str
    waits: Iterator[float]
    due: float | None


class Doubts:
    """Which containers' states are known from an event that no reading has borne out yet.

    `now` is a monotonic time in seconds.
    """

    def __init__(self) -> None:
        self._doubts: dict[str, _Doubt] = {}

    def clear(self) -> None:
        self._doubts.clear()

    def told(self, before: Container, after: Container) -> None:
        """An event has changed a container."""
        if before.state != after.state:
            self._doubts[after.id] = _Doubt(before.state, iter(WAITS), None)

    def forget(self, id: str) -> None:
        self._doubts.pop(id, None)

    def believes(self, read: Container, now: float) -> bool:
        """Whether a reading may replace what is known; if not, it is `due` again later."""
        doubt = self._doubts.get(read.id)
        if doubt is None:
            return True
        wait = next(doubt.waits, None) if read.state == doubt.before else None
        if wait is None:
            del self._doubts[read.id]
            return True
        self._doubts[read.id] = doubt._replace(due=now + wait)
        return False

    def take_due(self, now: float) -> set[str]:
        """The containers that are to be read again by now."""
        due = {id for id, doubt in self._doubts.items() if doubt.due is not None and doubt.due <= now}
        for id in due:
            self._doubts[id] = self._doubts[id]._replace(due=None)
        return due

    def wait(self, now: float) -> float | None:
        """Seconds until the next one is due, None where none is."""
        times = [doubt.due for doubt in self._doubts.values() if doubt.due is not None]
        return max(min(times) - now, 0.0) if times else None
