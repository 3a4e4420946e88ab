"""Between which moments a log is wanted, as people say it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

TAKES = '"10m", "2h" or "1d" ago, "14:30", "2026-11-28", "2026-11-28 10:00"; two of them with ".." between'

EARLIEST, LATEST = datetime(1971, 1, 1), datetime(9000, 1, 1)
"""What is before or behind them is a slip, and `datetime` cannot calculate with it."""

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGO = re.compile(r"(?:\d{1,9}[smhdw])+", re.ASCII)
_PART = re.compile(r"(\d+)([smhdw])", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d.*)?", re.ASCII)


class TimeRange(NamedTuple):
    """Seconds since the epoch, None where it is open; `text` is how it was asked for, "" for everything."""

    since: float | None = None
    until: float | None = None
    text: str = ""

    def __str__(self) -> str:
        """E.g. "since 14:30", "2026-11-28 10:00 to 14:30"; "" for everything. In local time."""
        since, until = _words(self.since), _words(self.until)
        if since and until:
            return f"{since} to {until}"
        return f"since {since}" if since else f"until {until}" if until else ""


def time_range(text: str, now: float) -> TimeRange:
    """ "2h" is the last two hours, "14:30..15:00" what was between, "..15:00" what was before.

    Raises ValueError, which says what is taken.
    """
    wanted = " ".join(text.split())
    if not wanted:
        return TimeRange()
    first, between, last = wanted.partition("..")
    since = moment_of(first.strip(), now) if first.strip() else None
    until = moment_of(last.strip(), now) if last.strip() else None
    if since is None and until is None:
        raise ValueError(f'"{between}" is no time: it takes {TAKES}')
    if since is not None and until is not None and until <= since:
        raise ValueError(f'"{wanted}" ends before it begins')
    return TimeRange(since, until, wanted)


def moment_of(text: str, now: float) -> float:
    """Seconds since the epoch; what has no offset is local time, and a time of day the last one that was.

    Raises ValueError, which says what is taken.
    """
    here = datetime.fromtimestamp(now).astimezone()
    try:
        if text == "now":
            return now
        if _AGO.fullmatch(text):
            ago = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
            return _checked(here - timedelta(seconds=ago))
        if (found := _CLOCK.fullmatch(text)) is not None:
            hour, minute, second = (int(part or 0) for part in found.groups())
            at = datetime(here.year, here.month, here.day, hour, minute, second)
            if at.timestamp() > now:
                at -= timedelta(days=1)
            return _checked(at)
        if _DAY.fullmatch(text):
            return _checked(datetime.fromisoformat(text))
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError(f'"{text}" is no time: it takes {TAKES}')


def _checked(at: datetime) -> float:
    if not EARLIEST < at.replace(tzinfo=None) < LATEST:
        raise ValueError
    return at.timestamp()


def _words(at: float | None) -> str:
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at)
    return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
