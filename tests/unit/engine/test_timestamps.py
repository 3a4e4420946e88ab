from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.timestamps import after, nanoseconds, seconds


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))
def test_every_moment_is_read_as_the_standard_library_reads_it(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    expected = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    assert nanoseconds(aware.isoformat()) == expected
    assert nanoseconds(aware.isoformat().replace("+00:00", "Z")) == expected


def test_all_nine_digits_count() -> None:
    assert nanoseconds("2026-11-24T09:13:51.542284819Z") == 1795511631_542284819
    assert nanoseconds("2026-11-24T09:13:51.5Z") == 1795511631_500000000


def test_offsets_are_taken_off() -> None:
    assert nanoseconds("2026-11-24T11:43:51.5+02:30") == nanoseconds("2026-11-24T09:13:51.5Z")
    assert nanoseconds("2026-11-24T04:13:51-05:00") == nanoseconds("2026-11-24T09:13:51Z")


@pytest.mark.parametrize(
    "text",
    ["", "0001-01-01T00:00:00Z", "yesterday", "2026-11-24", "2026-13-01T00:00:00Z", "2026-11-24T09:13:51"],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert nanoseconds(text) is None
    assert seconds(text) is None


def test_after_is_one_nanosecond_later_in_the_words_of_the_engine() -> None:
    assert after(b"2026-11-24T09:13:51.999999999Z") == "1795511632.000000000"
    assert after(b"\xff") == ""
