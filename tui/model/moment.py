"""Moments as statements write them: RFC 3339, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 40
"""Characters: nine digits of a second and an offset are 35."""


def written_moment(at: float) -> str:
    """Seconds since the epoch, to the millisecond. Raises ValueError or OverflowError for what is no moment.

    >>> written_moment(1.5)
    '1970-01-01T00:00:01.500Z'
    """
    return (_EPOCH + timedelta(seconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_moment(text: object) -> float:
    """Seconds since the epoch; 0.0 for what is no moment, or one without an offset.

    >>> read_moment("1970-01-01T00:00:01.5Z"), read_moment("yesterday"), read_moment("1970-01-02")
    (1.5, 0.0, 0.0)
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        return 0.0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return max((moment - _EPOCH).total_seconds(), 0.0) if moment.tzinfo is not None else 0.0
