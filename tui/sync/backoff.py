"""How long to wait before the next try."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def delays(jitter: Iterator[float], first: float = 0.2, most: float = 5.0) -> Iterator[float]:
    """Seconds between tries: doubling from `first` to `most`, each shortened by up to a quarter.

    jitter gives numbers from 0 to 1, so that many dashboards do not return to an engine in step.
    """
    delay = first
    while True:
        yield delay * (1 - 0.25 * next(jitter))
        delay = min(delay * 2, most)
