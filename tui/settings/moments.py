"""Days and moments, as a configuration has them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
"""Between these something may end: the first would mean "never", and behind the last there is no calendar."""

MOMENT = "a day or a moment such as 2027-01-31 or 2027-01-31T12:00:00Z"


def moment(value: Any) -> float:
    """Seconds since the epoch, of TOML's date or time or of a text. A day is its beginning, in UTC.

    Raises ValueError.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        at = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    elif isinstance(value, date):
        at = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        raise ValueError
    if not FIRST < at < LAST:
        raise ValueError
    return (at - FIRST).total_seconds()
