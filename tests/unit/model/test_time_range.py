"""Times as people write them, in local time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.time_range import TimeRange, moment_of, time_range

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 28, 16, 30, 15).timestamp()


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/St_Johns"], autouse=True)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def now() -> float:
    return datetime(2026, 11, 28, 16, 30, 15).timestamp()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("10m", datetime(2026, 11, 28, 16, 20, 15)),
        ("1h30m", datetime(2026, 11, 28, 15, 0, 15)),
        ("2d", datetime(2026, 11, 26, 16, 30, 15)),
        ("14:30", datetime(2026, 11, 28, 14, 30)),
        ("9:05:07", datetime(2026, 11, 28, 9, 5, 7)),
        ("23:00", datetime(2026, 11, 27, 23, 0)),  # the last one that was
        ("2026-11-28", datetime(2026, 11, 28)),
        ("2026-11-28 10:00", datetime(2026, 11, 28, 10)),
        ("2026-11-28T10:00:01", datetime(2026, 11, 28, 10, 0, 1)),
    ],
)
def test_a_time_is_local(text: str, at: datetime) -> None:
    assert moment_of(text, now()) == at.timestamp()


def test_an_offset_is_obeyed() -> None:
    assert moment_of("2026-11-28T10:00:00Z", now()) == moment_of("2026-11-28 12:00+02:00", now())


@pytest.mark.parametrize(
    "text", ["", "soon", "10", "10 m", "m", "25:00", "2026-13-01", "2026-02-30", "-5m", "9" * 30 + "w",
             "١٠m", "999999999w", "10m..", "2026-11-28 10:00 nonsense"]
)  # fmt: skip
def test_what_is_no_time_says_what_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match="2026-11-28 10:00"):
        moment_of(text, now())


def test_ranges() -> None:
    assert time_range("", now()) == TimeRange()
    assert time_range("  10m ", now()) == TimeRange(now() - 600, None, "10m")
    assert time_range("2h..1h", now())[:2] == (now() - 7200, now() - 3600)
    assert time_range("..14:30", now())[:2] == (None, datetime(2026, 11, 28, 14, 30).timestamp())
    for wrong in ("1h..2h", "14:30..14:30", ".."):
        with pytest.raises(ValueError):
            time_range(wrong, now())


def test_a_range_in_words() -> None:
    assert str(time_range("14:30..15:00", now())) == "2026-11-28 14:30 to 2026-11-28 15:00"
    assert str(time_range("10m", now())) == "since 2026-11-28 16:20:15"
    assert str(time_range("..14:30", now())) == "until 2026-11-28 14:30"
    assert str(TimeRange()) == ""


@given(st.text(max_size=40))
def test_anything_is_a_range_or_refused(text: str) -> None:
    try:
        found = time_range(text, NOW)
    except ValueError:
        return
    assert found.since is None or found.since > 0
    str(found)


@given(st.integers(0, 10_000), st.integers(0, 59), st.integers(0, 59))
def test_parts_of_a_span_add_up(hours: int, minutes: int, seconds: int) -> None:
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert moment_of(f"{hours}h{minutes}m{seconds}s", NOW) == NOW - span.total_seconds()
