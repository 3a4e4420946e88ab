"""Lines of several logs in one order, within bounds, whatever each of them does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sync import merging
from tui.sync.merging import DELAY, MOST_LINES, Merging, in_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    Line = tuple[int, bytes, bytes]


def at(moment: int) -> bytes:
    return b"2026-11-28T10:00:00.%09dZ" % moment


def texts(put: list[Line]) -> list[bytes]:
    return [text for _, _, text in put]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "OPENING", 0.3)


async def merged(*sources: list[Line]) -> list[Line]:
    put: list[Line] = []
    one = Merging(put.extend, len(sources))
    for source, lines in enumerate(sources):
        one.begun(source)
        one.take(source, lines)
    await asyncio.sleep(DELAY * 4)
    one.close()
    return put


async def test_the_past_of_all_comes_in_order_and_says_whose_each_line_is() -> None:
    put = await merged(
        [(1, at(1), b"a1"), (2, at(4), b"a4")], [(1, at(2), b"b2"), (1, at(5), b"b5")], [(1, at(3), b"c3")]
    )
    assert texts(put) == [b"a1", b"b2", b"c3", b"a4", b"b5"]
    assert [(mark >> 2, mark & 3) for mark, _, _ in put] == [(0, 1), (1, 1), (2, 1), (0, 2), (1, 1)]


async def test_one_that_is_not_opened_holds_the_others_back_for_a_moment_only() -> None:
    put: list[Line] = []
    one = Merging(put.extend, 2)
    one.begun(0)
    one.take(0, [(1, at(1), b"here")])
    await asyncio.sleep(DELAY * 1.5)
    assert not put
    await asyncio.sleep(0.5)
    assert texts(put) == [b"here"]
    one.close()


async def test_a_line_waits_for_an_earlier_one_and_what_is_too_late_goes_where_it_arrives() -> None:
    put: list[Line] = []
    one = Merging(put.extend, 2)
    for source in (0, 1):
        one.begun(source)
    one.take(0, [(1, at(10), b"first")])
    await asyncio.sleep(DELAY / 3)
    one.take(1, [(1, at(5), b"earlier")])
    await asyncio.sleep(DELAY * 4)
    assert texts(put) == [b"earlier", b"first"]
    one.take(1, [(1, at(7), b"late")])
    await asyncio.sleep(DELAY * 3)
    assert texts(put) == [b"earlier", b"first", b"late"]
    one.close()


async def test_one_that_floods_beside_one_that_whispers_loses_nothing_and_stays_within_bounds() -> None:
    put: list[Line] = []
    one = Merging(put.extend, 2)
    moment = 0
    for source in (0, 1):
        one.begun(source)
    most = 0
    for turn in range(60):
        one.take(0, [(1, at(moment + number), b"flood") for number in range(5000)])
        if turn % 10 == 0:
            one.take(1, [(1, at(moment + 2500), b"whisper")])
        moment += 5000
        most = max(most, len(one._waiting))
        await asyncio.sleep(0)
    await asyncio.sleep(DELAY * 4)
    assert len(put) == 300_006
    assert most <= MOST_LINES
    assert [line[1] for line in put] == sorted(line[1] for line in put)
    one.close()


async def test_lines_of_a_clock_in_the_future_and_lines_without_one_hold_nobody_up() -> None:
    put = await merged(
        [(1, b"2099-01-01T00:00:00.000000000Z", b"future"), (1, b"", b"none")], [(1, at(1), b"now")]
    )
    assert texts(put) == [b"now", b"future", b"none"]


async def test_a_remark_stands_behind_the_last_line_of_its_container() -> None:
    put: list[Line] = []
    one = Merging(put.extend, 2)
    for source in (0, 1):
        one.begun(source)
    one.take(0, [(1, at(1), b"a")])
    one.take(1, [(1, at(9), b"b")])
    one.note(0, "the container is exited")
    await asyncio.sleep(DELAY * 4)
    assert texts(put) == [b"a", b"the container is exited", b"b"]
    assert put[1][0] == 0
    one.close()


async def test_nothing_comes_after_it_was_closed() -> None:
    put: list[Line] = []
    one = Merging(put.extend, 1)
    one.begun(0)
    one.take(0, [(1, at(1), b"a")])
    one.close()
    await asyncio.sleep(DELAY * 2)
    assert put == []


STREAMS = st.lists(st.lists(st.lists(st.integers(0, 50), max_size=4), max_size=4), min_size=1, max_size=4)


@given(STREAMS)
async def test_streams_that_end_are_merged_exactly(streams: list[list[list[int]]]) -> None:
    ordered = []
    for stream in streams:  # as a container's own clock gives them
        flat = iter(sorted(moment for batch in stream for moment in batch))
        ordered.append([[next(flat) for _ in batch] for batch in stream])

    async def read(stream: list[list[int]]) -> AsyncIterator[list[Line]]:
        for batch in stream:
            yield [(1, at(moment), b"%d" % moment) for moment in batch]

    put: list[Line] = []

    async def take(lines: list[Line]) -> None:
        put.extend(lines)

    await in_order([read(stream) for stream in ordered], take)
    assert [int(text) for text in texts(put)] == sorted(moment for s in ordered for b in s for moment in b)
    for source, stream in enumerate(ordered):
        mine = [int(text) for mark, _, text in put if mark >> 2 == source]
        assert mine == [moment for batch in stream for moment in batch]
