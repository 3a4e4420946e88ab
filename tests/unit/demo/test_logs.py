"""Logs: messages as the engine keeps them, and floods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.contract.wire import frames
from tui.demo.logs import KEPT, PIECE, Book, Flood, Wanted, stamp_bytes
from tui.demo.objects import SECOND
from tui.demo.stream import STDERR, STDOUT

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_800_000_000 * SECOND


@pytest.fixture
def book(clock: Callable[[], int]) -> Book:
    return Book(clock)


def texts(book: Book) -> list[bytes]:
    return [message.text for message in book.messages]


def test_lines_become_messages(book: Book) -> None:
    book.write(b"one\ntwo\n")
    assert texts(book) == [b"one\n", b"two\n"]


def test_a_line_waits_for_its_end(book: Book) -> None:
    book.write(b"on")
    assert texts(book) == []
    book.write(b"e\ntw")
    assert texts(book) == [b"one\n"]
    book.close()
    assert texts(book) == [b"one\n", b"tw"]


def test_the_streams_wait_apart(book: Book) -> None:
    book.write(b"out", STDOUT)
    book.write(b"err\n", STDERR)
    book.write(b"put\n", STDOUT)
    assert texts(book) == [b"err\n", b"output\n"]


@pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_long_lines_are_cut(book: Book, size: int) -> None:
    book.write(b"x" * size + b"\n")
    assert b"".join(texts(book)) == b"x" * size + b"\n"
    assert all(len(text) == PIECE for text in texts(book)[:-1])
    assert len(texts(book)[-1]) <= PIECE + 1


@given(st.binary(max_size=200), st.integers(0, 200))
def test_where_a_write_is_cut_is_no_matter(content: bytes, cut: int) -> None:
    whole, parts = Book(lambda: START), Book(lambda: START)
    whole.write(content)
    whole.close()
    parts.write(content[:cut])
    parts.write(content[cut:])
    parts.close()
    assert texts(whole) == texts(parts)
    assert b"".join(texts(whole)) == content


def test_a_log_is_bounded(book: Book) -> None:
    for number in range(KEPT + 10):
        book.write(b"%d\n" % number)
    assert len(book.messages) == KEPT
    assert [message.text for message in book.after(KEPT + 8)] == [b"%d\n" % (KEPT + 8), b"%d\n" % (KEPT + 9)]
    assert book.first == 10


def test_what_is_asked_for_is_given(book: Book) -> None:
    book.write(b"old\n", STDOUT, START)
    book.write(b"err\n", STDERR, START + SECOND)
    book.write(b"new\n", STDOUT, START + 2 * SECOND)
    assert frames(book.past(Wanted(), None, 0)) == [(1, b"old\n"), (2, b"err\n"), (1, b"new\n")]
    assert frames(book.past(Wanted(streams=frozenset([STDERR])), None, 0)) == [(2, b"err\n")]
    assert frames(book.past(Wanted(since=START + 1), 1, 0)) == [(1, b"new\n")]
    assert book.past(Wanted(framed=False), 2, 0) == b"err\nnew\n"
    assert book.past(Wanted(), 0, 0) == b""
    stamped = frames(book.past(Wanted(stamps=True), 1, 0))
    assert stamped == [(1, b"2027-01-15T08:00:02.000000000Z new\n")]


def test_stamps_have_nine_digits() -> None:
    assert stamp_bytes(START + 5) == b"2027-01-15T08:00:00.000000005Z "


class TestFlood:
    @pytest.fixture
    def flood(self) -> Flood:
        return Flood(START, count=1000, rate=500.0, tag="x1")

    def test_lines_come_due_at_their_rate(self, flood: Flood) -> None:
        assert flood.due(START) == 0
        assert flood.due(START + SECOND) == 500
        assert flood.due(START + 10 * SECOND) == 1000

    @pytest.mark.parametrize("wanted", [Wanted(), Wanted(stamps=True), Wanted(framed=False, stamps=True)])
    def test_in_one_go_is_the_same_as_one_by_one(self, flood: Flood, wanted: Wanted) -> None:
        single = b"".join(wanted.encode(flood.message(k)) for k in range(1000))
        assert flood.chunk(0, 400, wanted) + flood.chunk(400, 1000, wanted) == single

    def test_the_last_line_bears_the_tag(self, flood: Flood) -> None:
        assert frames(flood.chunk(999, 1000, Wanted())) == [(1, b"END-x1\n")]
        assert flood.sent == 1000
        assert flood.finished is not None

    def test_since_is_exact(self, flood: Flood) -> None:
        for k in (0, 1, 333, 999):
            when = flood.message(k).time
            assert flood.at(when) == k
            assert flood.at(when + 1) == k + 1

    def test_a_tail_takes_lines_of_the_flood(self, book: Book, flood: Flood) -> None:
        book.write(b"before\n", STDOUT, START - SECOND)
        book.flood = flood
        told = frames(book.past(Wanted(), 3, 100))
        assert [payload[:8] for _, payload in told] == [b"00000097", b"00000098", b"00000099"]
        everything = frames(book.past(Wanted(), None, 100))
        assert len(everything) == 101
        assert everything[0] == (1, b"before\n")
