from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.presentation.amounts import age, age_changes_in, percent, size


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1.0kB"),
        (9949, "9.9kB"),
        (9999, "10kB"),
        (999_500, "1MB"),
        (123_456_789, "123MB"),
    ],
)
def test_sizes_read_as_docker_writes_them(count: int, text: str) -> None:
    assert size(count) == text


@given(st.integers(0, 10**17))
def test_a_size_takes_at_most_five_cells(count: int) -> None:
    assert len(size(count)) <= 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3600, "1h"),
        (86_400, "1d"),
        (86_400 * 13, "13d"),
        (86_400 * 14, "2w"),
        (86_400 * 364, "52w"),
        (31_557_599, "52w"),
        (31_557_600, "1y"),
    ],
)
def test_ages_are_rounded_down(seconds: float, text: str) -> None:
    assert age(seconds) == text


@given(st.floats(0, 10**9))
@example(31_449_600.0)  # 52 weeks: the year is full before the 53rd
def test_an_age_reads_the_same_until_it_is_said_to_change(seconds: float) -> None:
    wait = age_changes_in(seconds)
    assert age(seconds) == age(seconds + wait * 0.99)
    assert age(seconds) != age(seconds + wait + 1e-3)


def test_percentages() -> None:
    assert percent(0) == "0.0%"
    assert percent(99.96) == "100%"
