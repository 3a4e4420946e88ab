from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.errors import MalformedAnswer, StreamBroken
from tui.engine.stdcopy import LONGEST, PIECE, FramedLog, LogLine, LogReader, RawLog

AT = b"2026-11-24T09:13:51.542284819Z"
LATER = b"2026-11-24T09:13:52.000000001Z"
LAST = b"2026-11-24T10:13:52.1+01:00"


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


def read(reader: LogReader, *chunks: bytes) -> list[LogLine]:
    lines = [line for chunk in chunks for line in reader.feed(chunk)]
    return lines + reader.rest()


FRAMES = (
    frame(1, AT + b" first\n")
    + frame(2, LATER + b" of stderr\n")
    + frame(1, LATER + b" \n")
    + frame(1, AT + b" begin, ")
    + frame(2, AT + b" between\n")
    + frame(1, LATER + b"  and end\n")
    + frame(1, b"")
    + frame(2, LAST + b" tabs\tand \xff\xfe\x1b[31m\r\n")
    + frame(1, b"a word without a moment\n")
    + frame(1, LATER + b" unfinished")
)
LINES = [
    LogLine(1, AT, b"first"),
    LogLine(2, LATER, b"of stderr"),
    LogLine(1, LATER, b""),
    LogLine(2, AT, b"between"),
    LogLine(1, AT, b"begin,  and end"),
    LogLine(2, LAST, b"tabs\tand \xff\xfe\x1b[31m\r"),
    LogLine(1, b"", b"a word without a moment"),
    LogLine(1, LATER, b"unfinished"),
]


def test_frames_cut_at_every_offset() -> None:
    for at in range(len(FRAMES) + 1):
        assert read(FramedLog(), FRAMES[:at], FRAMES[at:]) == LINES


def test_frames_byte_by_byte() -> None:
    assert read(FramedLog(), *(FRAMES[at : at + 1] for at in range(len(FRAMES)))) == LINES


texts = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.binary(max_size=60).map(lambda text: text.replace(b"\n", b" "))),
    max_size=12,
)


@given(texts, st.lists(st.integers(1, 90)), st.integers(1, 30))
def test_any_lines_in_any_messages_and_chunks(
    lines: list[tuple[int, bytes]], sizes: list[int], piece: int
) -> None:
    whole = b""
    for stream, text in lines:
        said = text + b"\n"
        for start in range(0, len(said), piece):
            whole += frame(stream, AT + b" " + said[start : start + piece])
    chunks, rest = [], whole
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert read(FramedLog(), *chunks, rest) == [LogLine(stream, AT, text) for stream, text in lines]


def test_streams_that_take_turns_in_the_middle_of_lines_are_kept_apart() -> None:
    whole = b"".join(
        frame(stream, AT + b" " + text)
        for stream, text in [(1, b"a" * PIECE), (2, b"b" * PIECE), (1, b"A\n"), (1, b"next\n"), (2, b"B\n")]
    )
    assert read(FramedLog(), whole) == [
        LogLine(1, AT, b"a" * PIECE + b"A"),
        LogLine(1, AT, b"next"),
        LogLine(2, AT, b"b" * PIECE + b"B"),
    ]


def test_several_lines_in_one_message_share_its_moment() -> None:
    assert read(FramedLog(), frame(1, AT + b" one\ntwo\nthr"), frame(1, LATER + b" ee\n")) == [
        LogLine(1, AT, b"one"),
        LogLine(1, AT, b"two"),
        LogLine(1, AT, b"three"),
    ]


@pytest.mark.parametrize("piece", [PIECE, 100_000, LONGEST, 3 * LONGEST])
def test_a_line_without_end_comes_out_in_lines_of_bounded_length(piece: int) -> None:
    reader = FramedLog()
    sent = b"x" * (3 * LONGEST)
    lines: list[LogLine] = []
    for start in range(0, len(sent), piece):
        lines += reader.feed(frame(1, AT + b" " + sent[start : start + piece]))
    lines += reader.feed(frame(1, AT + b" end\n"))
    assert {len(line.text) for line in lines[:-1]} == {LONGEST}
    assert all(line.at == AT for line in lines)
    assert b"".join(line.text for line in lines) == sent + b"end"


def test_an_end_inside_a_message_is_known() -> None:
    for at in range(len(FRAMES)):
        reader = FramedLog()
        reader.feed(FRAMES[:at])
        boundary = any(len(FRAMES[:at]) == end for end in ends(FRAMES))
        assert reader.cut != boundary


def ends(frames: bytes) -> list[int]:
    found, at = [0], 0
    while at < len(frames):
        at += 8 + struct.unpack_from(">L", frames, at + 4)[0]
        found.append(at)
    return found


def test_the_engines_own_error_in_the_stream_is_raised() -> None:
    with pytest.raises(StreamBroken, match="disk on fire"):
        FramedLog().feed(frame(3, b"Error grabbing logs: disk on fire\n"))


def test_what_is_not_framed_is_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        FramedLog().feed(b"2026\0\0\0\x04just text")


RAW = (
    AT
    + b" prompt$ ls\r\n"
    + LATER
    + b" \r\n"
    + LAST
    + b" colour \x1b[1m\r\n"
    + b"no moment\n"
    + AT
    + b" rest"
)
RAW_LINES = [
    LogLine(1, AT, b"prompt$ ls"),
    LogLine(1, LATER, b""),
    LogLine(1, LAST, b"colour \x1b[1m"),
    LogLine(1, b"", b"no moment"),
    LogLine(1, AT, b"rest"),
]


def test_a_terminals_output_cut_at_every_offset() -> None:
    for at in range(len(RAW) + 1):
        assert read(RawLog(), RAW[:at], RAW[at:]) == RAW_LINES


def test_the_moments_inside_a_terminals_long_line_are_taken_out() -> None:
    long = b"".join((AT, b" ", b"x" * PIECE, LATER, b" ", b"y" * PIECE, LAST, b" z\r\n"))
    assert read(RawLog(), long) == [LogLine(1, AT, b"x" * PIECE + b"y" * PIECE + b"z")]
    odd = AT + b" " + b"x" * (PIECE + 1) + LATER + b" \n"
    assert read(RawLog(), odd) == [LogLine(1, AT, b"x" * (PIECE + 1) + LATER + b" ")]


def test_a_terminals_line_without_end_is_bounded_too() -> None:
    lines = read(RawLog(), *[b"x" * 100_000] * 30, b"\n")
    assert max(len(line.text) for line in lines) == LONGEST
    assert sum(len(line.text) for line in lines) == 3_000_000
