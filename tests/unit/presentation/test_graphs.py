"""Graphs of what a container uses: they fit their page, and say what is not known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.history import Reading, rates
from tui.model.sample import Sample
from tui.presentation.graphs import usage_lines
from tui.presentation.lines import plain
from tui.presentation.text import width


def reading(at: float, cpu: float | None = 10.0, **more: int) -> Reading:
    fields = {"memory": 10**6, "memory_limit": 10**9, "rx": 0, "tx": 0, "read": 0, "write": 0, "pids": 1}
    return Reading(at, Sample(cpu, **(fields | more)))


def test_counters_become_rates_and_a_new_start_is_a_gap() -> None:
    readings = [reading(0, rx=100), reading(2, rx=300), reading(3, rx=10), reading(3, rx=20)]
    assert rates(readings, lambda one: one.rx) == [None, 100.0, None, None]
    assert rates([], lambda one: one.rx) == []


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 2**60)), min_size=1, max_size=60),
    st.integers(20, 200),
    st.integers(5, 60),
)
def test_they_fit_their_page(found, cells, rows) -> None:  # type: ignore[no-untyped-def]
    readings = [reading(float(at), cpu, rx=sent) for at, (cpu, sent) in enumerate(found)]
    lines = usage_lines(readings, cells, rows, running=True)
    assert all(width(plain(line)) <= max(cells, 80) for line in lines)
    if cells >= 60 and rows >= 16:
        assert len(lines) <= rows


def test_all_is_said_in_words_too() -> None:
    readings = [reading(0, 5.0), reading(1, 50.0, rx=2_000), reading(2, 12.5, rx=3_000)]
    text = "\n".join(map(plain, usage_lines(readings, 78, 20, running=True)))
    assert "CPU  12.5%  most 50.0%" in text
    assert "memory  1.0MB  0.1% of 1.0GB" in text
    assert "network in  1.0kB/s  most 2.0kB/s" in text


def test_what_does_not_run_is_said_not_to() -> None:
    assert "does not run" in plain(usage_lines([], 78, 20, running=False)[0])
    assert "waiting" in plain(usage_lines([], 78, 20, running=True)[0])


def test_an_axis_says_its_half_however_many_rows_there_are() -> None:
    for rows in (25, 28, 40, 80):
        lines = [
            plain(line) for line in usage_lines([reading(0, 99.0), reading(1, 99.0)], 120, rows, running=True)
        ]
        assert any("50.0%" in line or " 50%" in line for line in lines), rows
