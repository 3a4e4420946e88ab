"""Moments as the Engine API writes them: RFC 3339 with up to nine digits of a second.

Written out instead of taken from `datetime`, which knows microseconds only.
"""

from __future__ import annotations

_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def nanoseconds(text: str) -> int | None:
    """Nanoseconds since the epoch; None for Go's zero time (year 1), and for what is no RFC 3339 moment.

    >>> nanoseconds("1970-01-02T00:00:01.000000002Z")
    86401000000002
    >>> nanoseconds("1970-01-01T01:00:00+01:00")
    0
    """
    try:
        year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
        hour, minute, second = int(text[11:13]), int(text[14:16]), int(text[17:19])
        fraction, offset = _split(text[19:])
        before = _DAYS_BEFORE[month - 1]
    except (ValueError, IndexError):
        return None
    if year <= 1:
        return None
    if month <= 2:
        leaps = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400
    else:
        leaps = year // 4 - year // 100 + year // 400
    days = (year - 1970) * 365 + leaps - 477 + before + day - 1
    return (days * 86400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000_000 + fraction


def seconds(text: str | None) -> float | None:
    """Seconds since the epoch; None as in `nanoseconds`."""
    since = nanoseconds(text) if text else None
    return None if since is None else since / 1_000_000_000


def after(moment: bytes) -> str:
    """The `since` that asks for what is later than this moment, "" when it is none.

    The engine takes seconds, a point and nine digits, and includes the moment itself.
    """
    since = nanoseconds(moment.decode("ascii", "replace"))
    if since is None:
        return ""
    whole, rest = divmod(since + 1, 1_000_000_000)
    return f"{whole}.{rest:09d}"


def epoch(moment: str) -> str:
    """A moment as queries have it: seconds, a point and nine digits; what is none by RFC 3339 stays."""
    at = nanoseconds(moment)
    return moment if at is None else f"{at // 1_000_000_000}.{at % 1_000_000_000:09d}"


def _split(rest: str) -> tuple[int, int]:
    """Nanoseconds, and the offset from UTC in seconds, of what follows the whole seconds."""
    fraction = 0
    if rest.startswith("."):
        digits = rest[1:].rstrip("Zz").partition("+")[0].partition("-")[0]
        fraction = int(digits[:9].ljust(9, "0"))
        rest = rest[1 + len(digits) :]
    if rest in ("Z", "z"):
        return fraction, 0
    sign = {"+": 1, "-": -1}[rest[0]] if rest[:1] in ("+", "-") else 0
    if not sign:
        raise ValueError(rest)
    return fraction, sign * (int(rest[1:3]) * 3600 + int(rest[4:6]) * 60)
