"""The serving side of gRPC, called over a real connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.caller import calling
from tui.engine.buildkit.grpc import MESSAGE_BYTES, NOT_FOUND, CallFailed, framed
from tui.errors import HoldfastError

if TYPE_CHECKING:
    from tui.engine.buildkit.grpc import Call


async def echo(call: Call) -> None:
    while messages := await call.receive():
        for message in messages:
            await call.send(framed(message))


@pytest.mark.parametrize("at", range(17))
async def test_messages_arrive_whole_however_they_are_cut(at: int) -> None:
    stream = framed(b"one") + framed(b"") + framed(b"four")
    async with calling({"/s/echo": echo}) as (caller, _):
        caller.call("/s/echo")
        caller.send(stream[:at])
        await asyncio.sleep(0.001)
        caller.send(stream[at:], end=True)
        assert await caller.finish() == [b"one", b"", b"four"]
        assert caller.headers == {":status": "200", "content-type": "application/grpc", "grpc-status": "0"}


async def test_an_unknown_method_is_said_to_be_one_with_a_content_type() -> None:
    async with calling({"/s/echo": echo}) as (caller, connection):
        caller.call("/s/other")
        assert await caller.finish() == []
        assert caller.headers["content-type"] == "application/grpc"
        assert caller.headers["grpc-status"] == "12"
        caller.call("/s/echo")  # and the connection goes on
        caller.send(framed(b"still there"), end=True)
        assert await caller.finish() == [b"still there"]
        assert connection.failure is None


async def test_a_failure_is_told_and_kept() -> None:
    async def unreadable(_call: Call) -> None:
        raise HoldfastError("50% of it, ünï\n", "a hint")

    async def missing(_call: Call) -> None:
        raise CallFailed(NOT_FOUND, "no such thing")

    async with calling({"/s/unreadable": unreadable, "/s/missing": missing}) as (caller, connection):
        caller.call("/s/missing")
        await caller.finish()
        assert (caller.headers["grpc-status"], caller.headers["grpc-message"]) == ("5", "no such thing")
        assert getattr(connection.failure, "hint", "") == ""
        caller.call("/s/unreadable")
        await caller.finish()
        assert caller.headers["grpc-status"] == "2"
        assert caller.headers["grpc-message"] == "50%25 of it, %C3%BCn%C3%AF%0A"
        assert getattr(connection.failure, "hint", "") == "a hint"


async def test_no_more_is_sent_than_the_other_side_takes() -> None:
    sent = asyncio.Event()

    async def flood(call: Call) -> None:
        await call.send(framed(bytes(100_000)))
        sent.set()

    async with calling({"/s/flood": flood}, window=1000) as (caller, _):
        caller.call("/s/flood")
        while sum(caller.frames) < 1000:
            await caller.step(acknowledge=False)
        await asyncio.sleep(0.02)
        assert sum(caller.frames) == 1000
        assert not sent.is_set()
        caller.http.acknowledge_received_data(1000, caller.stream)
        caller.flush()
        assert await caller.finish() == [bytes(100_000)]
        assert sent.is_set()
        assert max(caller.frames) <= 1000


async def test_the_other_side_may_send_no_more_than_is_taken() -> None:
    begin = asyncio.Event()

    async def late(call: Call) -> None:
        await begin.wait()
        await echo(call)

    async with calling({"/s/late": late}) as (caller, _):
        caller.call("/s/late")
        message = framed(bytes(40_000))
        caller.send(message[:16_000])
        for at in (16_000, 32_000):
            caller.send(message[at : at + 16_000])
        caller.send(message[:16_000])
        assert caller.http.local_flow_control_window(caller.stream) < 16_000
        begin.set()
        while caller.http.local_flow_control_window(caller.stream) < 30_000:
            await caller.step()
        caller.send(message[16_000:32_000])
        caller.send(message[32_000:], end=True)
        assert await caller.finish() == [bytes(40_000)] * 2


async def test_a_call_that_is_reset_is_cancelled_and_others_go_on() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(_call: Call) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.set()

    async with calling({"/s/endless": endless, "/s/echo": echo}) as (caller, _):
        caller.call("/s/endless")
        await begun.wait()
        caller.http.reset_stream(caller.stream)
        caller.flush()
        await cancelled.wait()
        caller.call("/s/endless")
        caller.http.reset_stream(caller.stream)  # before it has begun
        caller.call("/s/echo")
        caller.send(framed(b"on"), end=True)
        assert await caller.finish() == [b"on"]


async def test_calls_end_with_their_connection() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(call: Call) -> None:
        begun.set()
        try:
            while True:
                await call.send(framed(bytes(50_000)))
        finally:
            ended.set()

    async with calling({"/s/endless": endless}) as (caller, _):
        caller.call("/s/endless")
        await begun.wait()
        caller.hang_up()
        await ended.wait()


@pytest.mark.parametrize("message", [b"\1\0\0\0\0", b"\0" + (MESSAGE_BYTES + 1).to_bytes(4, "big")])
async def test_what_is_compressed_or_too_long_is_refused(message: bytes) -> None:
    async with calling({"/s/echo": echo}) as (caller, _):
        caller.call("/s/echo")
        caller.send(message)
        assert await caller.finish() == []
        assert caller.headers["grpc-status"] == "8"


async def test_what_breaks_the_rules_of_http_ends_the_connection() -> None:
    async with calling({"/s/echo": echo}) as (caller, _):
        caller.writer.write(b"\0\0\1\0\0\0\0\0\0x")  # a frame of DATA that belongs to no call
        with pytest.raises(EOFError):
            while True:
                await caller.step()
