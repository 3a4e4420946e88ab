"""Logs: frames, streams, stamps, and where they begin and end."""

from __future__ import annotations

import re
import time

import pytest

from tests.engine.contract.wire import Wire, frames

STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z ")
BOTH = "stdout=1&stderr=1"


def log(wire: Wire, container: str, query: str = BOTH) -> bytes:
    reply = wire.call("GET", f"/containers/{container}/logs?{query}")
    assert reply.status == 200, reply
    return reply.body


def finished(wire: Wire, script: str, **config: object) -> str:
    container, _ = wire.run(["sh", "-c", script], **config)
    wire.wait(container)
    return container


def test_the_streams_are_told_apart(wire: Wire) -> None:
    container = finished(wire, "echo out; sleep 0.1; echo err >&2")
    assert frames(log(wire, container)) == [(1, b"out\n"), (2, b"err\n")]
    assert frames(log(wire, container, "stdout=1")) == [(1, b"out\n")]
    assert frames(log(wire, container, "stderr=1")) == [(2, b"err\n")]


def test_one_stream_at_least_must_be_asked_for(wire: Wire) -> None:
    container, _ = wire.create(["sh"])
    reply = wire.call("GET", f"/containers/{container}/logs")
    assert reply.status == 400
    assert "you must choose at least one stream" in reply.message


def test_stamps_stand_before_every_line(wire: Wire) -> None:
    container = finished(wire, "echo one; sleep 0.05; echo two")
    payloads = [payload for _, payload in frames(log(wire, container, f"{BOTH}&timestamps=1"))]
    assert [STAMP.sub(b"", payload) for payload in payloads] == [b"one\n", b"two\n"]
    stamps = [payload.split()[0] for payload in payloads]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(("tail", "lines"), [("0", 0), ("1", 1), ("2", 2), ("99", 3), ("all", 3)])
def test_a_tail_is_the_end(wire: Wire, tail: str, lines: int) -> None:
    container = finished(wire, "echo 1; echo 2; echo 3")
    wanted = [(1, b"1\n"), (1, b"2\n"), (1, b"3\n")][3 - lines :]
    assert frames(log(wire, container, f"{BOTH}&tail={tail}")) == wanted


def test_since_leaves_out_what_is_older(wire: Wire) -> None:
    container = finished(wire, "echo old; sleep 0.4; echo new")
    first = frames(log(wire, container, f"{BOTH}&timestamps=1"))[0][1].split()[0].decode()
    seconds = time.mktime(time.strptime(first[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
    since = f"{seconds + float('0.' + first[20:-1]) + 0.2:.9f}"
    assert frames(log(wire, container, f"{BOTH}&since={since}")) == [(1, b"new\n")]


def test_long_lines_are_cut_into_pieces(wire: Wire) -> None:
    container, _ = wire.run(["echo", "x" * 40_000])
    wire.wait(container)
    payloads = [payload for _, payload in frames(log(wire, container))]
    assert b"".join(payloads) == b"x" * 40_000 + b"\n"
    assert [len(payload) for payload in payloads] == [16_384, 16_384, 40_000 - 2 * 16_384 + 1]


def test_an_unfinished_line_is_kept(wire: Wire) -> None:
    container = finished(wire, "printf abc")
    assert frames(log(wire, container)) == [(1, b"abc")]


def test_a_terminal_has_no_frames(wire: Wire) -> None:
    container = finished(wire, "echo out; echo err >&2", Tty=True)
    assert log(wire, container) == b"out\r\nerr\r\n"
    assert STAMP.sub(b"", log(wire, container, f"{BOTH}&timestamps=1")) == b"out\r\nerr\r\n"


def test_following_ends_with_the_container(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "echo one; sleep 0.3; echo two"])
    assert frames(log(wire, container, f"{BOTH}&follow=1")) == [(1, b"one\n"), (1, b"two\n")]


def test_following_brings_lines_as_they_come(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "echo one; sleep 1; echo two; sleep 1000"])
    with wire.stream(f"/containers/{container}/logs?{BOTH}&follow=1") as stream:
        told = b""
        while b"one\n" not in told:
            told += stream.read1(65536)
        assert b"two\n" not in told
        while b"two\n" not in told:
            told += stream.read1(65536)
    assert frames(told) == [(1, b"one\n"), (1, b"two\n")]


def test_bytes_are_not_touched(wire: Wire) -> None:
    container, _ = wire.run(["echo", "\x1b[31mred\x1b[0m \x1b]52;c;eA==\x07 ✓ 日本"])
    wire.wait(container)
    assert frames(log(wire, container)) == [(1, "\x1b[31mred\x1b[0m \x1b]52;c;eA==\x07 ✓ 日本\n".encode())]
