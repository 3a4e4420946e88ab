"""The connection inside Control/Session, with a peer made of bytes."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived

from tui.engine.buildkit import control
from tui.engine.buildkit.control import AHEAD_BYTES, PATH, inside
from tui.engine.buildkit.grpc import framed
from tui.engine.buildkit.proto.session_pb2 import BytesMessage
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.buildkit.control import Inner


class Peer:
    """The engine's side of the call: keeps what it was sent, and sends what the test wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.reader, self.writer = reader, writer
        self.headers: dict[str, str] = {}
        self.got = bytearray()
        self.stream = 0
        self.takes = True
        self._rest = bytearray()

    def flush(self) -> None:
        self.writer.write(self.http.data_to_send())

    async def serve(self) -> None:
        self.http.initiate_connection()
        self.flush()
        while received := await self.reader.read(1 << 16):
            for event in self.http.receive_data(received):
                if isinstance(event, RequestReceived):
                    self.headers, self.stream = (
                        {str(n): str(v) for n, v in event.headers},
                        event.stream_id or 0,
                    )
                elif isinstance(event, DataReceived) and self.takes:
                    self.http.acknowledge_received_data(event.flow_controlled_length, self.stream)
                    self._take(event.data)
            self.flush()

    def _take(self, data: bytes) -> None:
        self._rest += data
        while len(self._rest) >= 5 and len(self._rest) >= (end := 5 + int.from_bytes(self._rest[1:5], "big")):
            self.got += BytesMessage.FromString(bytes(self._rest[5:end])).data
            del self._rest[:end]

    async def called(self) -> None:
        while not self.stream:
            await asyncio.sleep(0.001)

    def answer(self, *headers: tuple[str, str], end: bool = False) -> None:
        self.http.send_headers(self.stream, [(":status", "200"), *headers], end_stream=end)
        self.flush()

    def say(self, content: bytes) -> None:
        self.http.send_data(self.stream, content)
        self.flush()


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Inner, Peer]]:
    here, there = socket.socketpair()
    peer = Peer(*await asyncio.open_connection(sock=there))
    serving = asyncio.create_task(peer.serve())
    try:
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection(sock=here)
            async with inside(reader, writer, [("X-Docker-Expose-Session-Uuid", "one")]) as inner:
                await peer.called()
                yield inner, peer
    finally:
        serving.cancel()
        peer.writer.close()


async def test_the_call_says_what_the_session_offers() -> None:
    async with connected() as (_, peer):
        assert peer.headers[":path"] == PATH
        assert peer.headers["content-type"] == "application/grpc"
        assert peer.headers["x-docker-expose-session-uuid"] == "one"


async def test_bytes_go_both_ways_however_they_are_cut() -> None:
    much = bytes(range(256)) * 4000
    async with connected() as (inner, peer):
        peer.answer(("content-type", "application/grpc"))
        inner.write(b"begin ")
        inner.writelines([memoryview(much), b" end"])
        await inner.drain()
        while len(peer.got) < len(much) + 10:
            await asyncio.sleep(0.001)
        assert peer.got == b"begin " + much + b" end"
        message = framed(BytesMessage(data=b"hello").SerializeToString())
        for byte in message:
            peer.say(bytes([byte]))
        assert await inner.reader.readexactly(5) == b"hello"


async def test_an_engine_that_takes_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "TAKEN_SECONDS", 0.1)
    with pytest.raises(EngineError, match="has taken nothing of the build's session"):
        async with connected() as (inner, peer):
            peer.takes = False
            inner.write(bytes(1 << 20))
            with pytest.raises(ConnectionResetError):
                await inner.drain()


async def test_what_nobody_drains_is_sent_too() -> None:
    async with connected() as (inner, peer):
        inner.write(b"preface")
        while peer.got != b"preface":
            await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    "headers", [(("grpc-status", "12"), ("grpc-message", "unknown service")), (("grpc-status", "16"),)]
)
async def test_an_engine_that_does_not_take_the_call_is_said_so(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(EngineError, match="the engine takes no session of a build"):
        async with connected() as (inner, peer):
            peer.answer(("content-type", "application/grpc"), *headers, end=True)
            assert await inner.reader.read() == b""


@pytest.mark.parametrize("content", [b"\1\0\0\0\1x", b"\0\xff\xff\xff\xff", framed(b"\xff\xff\xff")])
async def test_what_is_no_message_ends_it(content: bytes) -> None:
    with pytest.raises(EngineError, match="a message of the build's session"):
        async with connected() as (inner, peer):
            peer.answer(("content-type", "application/grpc"))
            peer.say(content)
            assert await inner.reader.read() == b""


async def test_a_connection_that_ends_ends_the_session() -> None:
    async with connected() as (inner, peer):
        peer.writer.close()
        assert await inner.reader.read() == b""
        with pytest.raises(OSError, match="ended"):
            for _ in range(100):
                inner.write(b"more")
                await inner.drain()


async def test_words_that_are_no_utf_8_are_a_refusal_like_any_other() -> None:
    with pytest.raises(EngineError, match="the engine takes no session of a build"):
        async with connected() as (inner, peer):
            peer.answer(("grpc-status", "2"), ("grpc-message", b"caf\xe9".decode("latin-1")), end=True)
            assert await inner.reader.read() == b""


async def test_what_nobody_reads_is_taken_within_bounds() -> None:
    message = framed(BytesMessage(data=bytes(1 << 13)).SerializeToString())
    async with connected() as (inner, peer):
        peer.answer(("content-type", "application/grpc"))
        sent = 0
        while sent < AHEAD_BYTES * 4:
            room = peer.http.local_flow_control_window(peer.stream)
            if room < len(message):
                await asyncio.sleep(0.05)
                if peer.http.local_flow_control_window(peer.stream) < len(message):
                    break  # it takes no more
                continue
            peer.say(message)
            sent += len(message)
            await asyncio.sleep(0)
        assert inner.reader.waiting < AHEAD_BYTES * 2
        assert sent < AHEAD_BYTES * 4
        read = 0
        while read < sent - len(message):
            read += len(await inner.reader.read(1 << 16))
        await asyncio.sleep(0.05)
        assert peer.http.local_flow_control_window(peer.stream) > 0, "and then it takes more"
