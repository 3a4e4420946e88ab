"""A filter: what is wanted and nothing else, live, and never a frozen screen."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.line_match import line_match
from tui.store.filtered import Filtered
from tui.store.matching import TooSlow, matching, within
from tui.store.output import Output, marked

CATASTROPHES = ["(a|a)*b", "(a*)*b", ".*.*.*.*!", "(x+x+)+y", "(.*a){20}b", "((a?){50}a){50}b"]


def lines(*texts: bytes) -> list[tuple[int, bytes, bytes]]:
    return [(1, b"t%d" % number, text) for number, text in enumerate(texts)]


def filtered(source: Output, text: str, told: list[int] | None = None) -> Filtered:
    match = line_match(text)
    assert match is not None
    return Filtered(source, match, lambda: (told if told is not None else []).append(1))


def shown(found: Filtered) -> list[bytes]:
    return [found.lines[number].text for number in range(found.lines.first, found.lines.end)]


async def looked(source: Output, text: str) -> list[bytes]:
    found = filtered(source, text)
    await asyncio.wait_for(found.caught_up(), 10)
    found.close()
    return shown(found)


async def test_what_matches_is_shown_and_what_does_not_is_hidden() -> None:
    source = Output()
    source.extend(
        lines(b"GET /a 200", b"an ERROR", b"\x1b[31merr\x1b[0mor", b"gone\rerror", b"error\rgone", b"\xff")
    )
    assert await looked(source, "error") == [b"an ERROR", b"\x1b[31merr\x1b[0mor", b"gone\rerror"]
    assert await looked(source, "!error") == [b"GET /a 200", b"error\rgone", b"\xff"]
    assert await looked(source, "/ 2\\d\\d$/") == [b"GET /a 200"]
    assert await looked(source, "!/r/") == [b"GET /a 200", b"error\rgone", b"\xff"]


async def test_what_comes_is_filtered_too_and_knows_where_it_stood() -> None:
    source = Output(names=("web", "db"))
    told: list[int] = []
    found = filtered(source, "yes", told)
    source.extend([(1, b"", b"yes 1"), (marked(1) + 2, b"", b"no")])
    source.extend([(marked(1) + 2, b"", b"yes 2")])
    await asyncio.wait_for(found.caught_up(), 10)
    while found.looked_at < 3:
        await asyncio.sleep(0)
    assert shown(found) == [b"yes 1", b"yes 2"]
    second = found.lines[1]
    assert (second.source, second.stream, found.lines.names) == (1, 2, ("web", "db"))
    assert [found.number_of(0), found.number_of(1)] == [0, 2]
    assert [found.nearest(0), found.nearest(1), found.nearest(9)] == [0, 1, 1]
    assert told
    found.close()
    source.extend([(1, b"", b"yes 3")])
    await asyncio.sleep(0.01)
    assert len(found.lines) == 2


async def test_what_was_found_stays_when_the_log_has_dropped_it() -> None:
    source = Output(max_lines=1000)
    found = filtered(source, "needle")
    source.extend([(1, b"", b"a needle")])
    for _ in range(10):
        source.extend([(1, b"", b"hay")] * 500)
        await asyncio.sleep(0.01)
    assert source.first > 0
    assert shown(found) == [b"a needle"]
    assert found.looked_at == source.end
    found.close()


async def test_numbers_are_right_when_the_filter_itself_drops_lines() -> None:
    source = Output(max_lines=2000)
    found = filtered(source, "yes")
    for _ in range(12):
        source.extend([(1, b"", b"yes"), (1, b"", b"no")] * 900)
        while found.looked_at < source.end:
            await asyncio.sleep(0)
    assert found.lines.first > 4096
    for number in (found.lines.first, found.lines.end - 1):
        assert found.number_of(number) == number * 2
    found.close()


@given(
    st.lists(st.sampled_from([b"ab", b"b", b"", b"xay", b"A"]), max_size=40),
    st.sampled_from(["a", "A", "/^a/"]),
)
def test_a_filter_and_its_opposite_share_the_lines(texts: list[bytes], wanted: str) -> None:
    joined = b"\n".join(texts or [b""])
    both = [place for text in (wanted, f"!{wanted}") for place in matching(_match(text), joined)]
    assert sorted(both) == list(range(len(texts or [b""])))


def _match(text: str):  # type: ignore[no-untyped-def]
    return line_match(text)


@pytest.mark.parametrize("expression", CATASTROPHES)
async def test_an_expression_that_would_never_end_is_given_up(expression: str) -> None:
    source = Output()
    source.extend(lines(*[b"a" * 3000 + b"x" * 40] * 50))
    before = time.process_time()
    found = filtered(source, f"/{expression}/")
    async with asyncio.timeout(20):
        while found.slow is None:
            await asyncio.sleep(0.001)
    assert time.process_time() - before < 1.0
    assert isinstance(found.slow, TooSlow)
    found.close()


def test_what_is_quick_is_not_interrupted_afterwards() -> None:
    with within(0.01):
        pass
    begun = time.process_time()
    while time.process_time() - begun < 0.1:
        pass


async def test_a_hundred_thousand_lines_are_filtered_with_the_loop_free() -> None:
    source = Output()
    source.extend([(1, b"", b"x" * 100 + b" line %d" % number) for number in range(100_000)])
    for text in ("line 99", "/line 99\\d*$/"):
        found, gaps = filtered(source, text), []
        last = time.thread_time()
        while found.looked_at < 100_000:
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - last)
            last = time.thread_time()
        assert len(found.lines) == 1111
        assert sorted(gaps)[-2] < 0.03
        found.close()


async def test_a_line_of_ten_megabytes_is_looked_at() -> None:
    source = Output()
    source.extend([(1, b"", b"x" * 10_000_000 + b"needle"), (1, b"", b"needle")])
    assert await looked(source, "needle") == [b"needle"]  # a text over a quarter of the memory is cut
    assert len(await looked(source, "/x/")) == 1
