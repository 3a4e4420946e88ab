"""What a container used lately, as one reading after the other. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.model.sample import Sample

KEPT = 60
"""Readings that are kept of a container, the newest: a minute, as the engine sends them."""


class Reading(NamedTuple):
    """A sample, and when it came: seconds of a clock that only goes forward."""

    at: float
    sample: Sample


def rates(readings: Sequence[Reading], counted: Callable[[Sample], int]) -> list[float | None]:
    """By how much a counter went up in a second before each reading.

    None for the first, and where it went down: the container was started anew.
    """
    found: list[float | None] = [None] if readings else []
    for before, after in pairwise(readings):
        more, seconds = counted(after.sample) - counted(before.sample), after.at - before.at
        found.append(more / seconds if more >= 0 and seconds > 0 else None)
    return found
