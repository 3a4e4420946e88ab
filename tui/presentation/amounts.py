"""Numbers in few cells: sizes, ages, percentages."""

from __future__ import annotations

import math
import time
from functools import lru_cache


@lru_cache(4096)
def size(count: int) -> str:
    """Bytes in at most five cells, in the decimal units of the docker command: "0B", "812kB", "1.2GB"."""
    from humanize import naturalsize  # 10 ms, so only when needed

    number, unit = naturalsize(count, format="%.1f").split()
    if len(number) > 3:
        number, unit = naturalsize(count, format="%.0f").split()
    return f"{number}{'B' if unit.startswith('Byte') else unit}"


LONGEST = 1e11
"""Seconds, some thousand years: what is longer is no time that anything took."""


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST)  # in this order, what is no number is none


def date(seconds: float, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Seconds since the epoch as this machine's clock shows them; "no date" for what no calendar has."""
    try:
        return time.strftime(form, time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return "no date"


_AGES = (
    ("y", 31_557_600, 31_557_600),
    ("w", 604_800, 14 * 86_400),
    ("d", 86_400, 86_400),
    ("h", 3600, 3600),
    ("m", 60, 60),
    ("s", 1, 0),
)
"""Units of an age, their length, and from which age on they are used; in seconds."""


def age(seconds: float) -> str:
    """A duration in at most three cells, rounded down: "5s", "12m", "3h", "6d", "9w", "4y"."""
    left = int(_bounded(seconds))
    return next(f"{left // length}{unit}" for unit, length, since in _AGES if left >= since)


def age_changes_in(seconds: float) -> float:
    """Seconds until `age` of a growing duration next reads differently."""
    left = _bounded(seconds)
    larger = math.inf  # a year does not end with a week: its 52nd is a short one
    for _, length, since in _AGES:
        if left >= since:
            return min(length - left % length, larger - left)
        larger = since
    raise AssertionError("every age has a unit")


def percent(value: float) -> str:
    """A percentage in at most five cells: "0.0%", "12.5%", "250%"."""
    return f"{value:.1f}%" if value < 99.95 else f"{value:.0f}%"


def gap(seconds: float) -> str:
    """How long nothing served."""
    return f"nothing served for {seconds:.1f} s"


def duration(seconds: float) -> str:
    """How long something took, in at most seven cells: "0.3s", "12.3s", "2m05s", "1h02m"."""
    seconds = _bounded(seconds)
    tenths = round(seconds * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02}m"
