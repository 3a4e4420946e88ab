"""The log buffer: numbered, bounded, counted; nothing lost that fits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.store.output import Output

LINES = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.just(b"2026-11-24T10:11:12.1Z"), st.binary(max_size=30).map(
        lambda raw: raw.replace(b"\n", b"")
    )),
    max_size=60,
)  # fmt: skip


@given(st.lists(LINES, max_size=6), st.integers(1, 80))
def test_the_newest_lines_are_kept_as_they_came_and_the_rest_is_counted(
    batches: list[list[tuple[int, bytes, bytes]]], most: int
) -> None:
    output = Output(max_lines=most)
    seen: list[tuple[int, bytes, bytes]] = []
    for batch in batches:
        output.extend(batch)
        seen += batch
    assert output.end == len(seen)
    assert len(output) <= max(most, 0) or output.dropped < len(seen)
    assert output.dropped + len(output) == len(seen)
    for number in range(output.first, output.end):
        line = output[number]
        assert (line.number, line.stream, line.at, line.text) == (number, *seen[number])


def test_bytes_are_bounded_however_long_the_lines_are() -> None:
    output = Output(max_bytes=1 << 20)
    for number in range(200):
        output.extend([(1, b"t", bytes([65 + number % 26]) * 40_000)])
    assert output.size <= 1 << 20
    assert output[output.end - 1].text.startswith(bytes([65 + 199 % 26]))


def test_three_hundred_thousand_lines_fit_their_bound() -> None:
    output = Output()
    batch = [(1, b"2026-11-24T10:11:12.123456789Z", b"x" * 130)] * 1000
    for _ in range(300):
        output.extend(batch)
    assert output.end == 300_000
    assert output.size <= 24 << 20
    with pytest.raises(IndexError):
        output[0]


def test_readers_are_told_once_for_a_batch_and_no_more_after_they_left() -> None:
    output, calls = Output(), []
    leave = output.subscribe(lambda: calls.append(output.end))
    output.extend([(1, b"", b"a"), (1, b"", b"b")])
    output.extend([])
    leave()
    output.extend([(1, b"", b"c")])
    assert calls == [2]


def found(output: Output, needle: bytes | re.Pattern[str], start: int, **how: bool) -> list[int]:
    return [number for number in output.search(needle, start, **how) if number is not None]


def test_search_forwards_backwards_and_in_any_case() -> None:
    output = Output()
    texts = [b"one", b"ERROR two", b"three", b"error four", b"\x1b[31merr\x1b[0mor five"]
    output.extend([(1, b"", text) for text in texts])
    assert found(output, b"error", 0) == [1, 3, 4]
    assert found(output, b"ERROR", 0) == [1]
    assert found(output, b"error", 3, backwards=True) == [3, 1]
    assert found(output, re.compile(r"t\w+e"), 0) == [2]
    assert found(output, b"nowhere", 0) == []


def test_a_search_lets_others_run_between_blocks() -> None:
    output = Output()
    output.extend([(1, b"", b"line")] * 50_000)
    assert sum(number is None for number in output.search(b"nowhere", 0)) > 5
