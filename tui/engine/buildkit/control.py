"""The connection of a build's session inside a call of gRPC: moby.buildkit.v1.Control/Session.

Engines from API 1.53 on speak gRPC on their own socket, by HTTP/2 with prior knowledge, and mean to give up
POST /session for it (moby, api/docs/CHANGELOG.md). The call is one stream of messages each way; what they
hold, one after the other, is the very connection that /session takes over.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
    WindowUpdated,
)
from h2.exceptions import ProtocolError

from tui.engine.buildkit.grpc import MESSAGE_BYTES, framed
from tui.engine.buildkit.proto.session_pb2 import BytesMessage
from tui.engine.errors import MalformedAnswer, StreamBroken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from h2.events import Event

PATH = "/moby.buildkit.v1.Control/Session"

FIRST_API = (1, 53)
"""From here on engines take it on their own socket."""

READ_BYTES = 1 << 16
AHEAD_BYTES = 1 << 20
"""What is taken of what the engine sends before somebody reads it."""

TAKEN_SECONDS = 120.0
"""How long an engine may take nothing of what it is sent: it reads from the disk that it writes to."""

PART_BYTES = 1 << 15
"""What one message holds at most, as buildkit itself cuts them."""


@asynccontextmanager
async def inside(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Sequence[tuple[str, str]]
) -> AsyncIterator[Inner]:
    """The connection inside a call that is made on another one, which is closed with it. Raises EngineError.

    headers   what the session offers
    """
    inner = Inner(reader, writer)
    inner.begin(headers)
    carrying = asyncio.create_task(inner.carry())
    try:
        yield inner
    finally:
        inner.close()
        carrying.cancel()
        await asyncio.wait([carrying])
        if inner.fault is not None:
            raise inner.fault
        if not carrying.cancelled() and (error := carrying.exception()):
            raise error


class Arrived(asyncio.StreamReader):
    """What the engine has sent. `waiting` bytes of it nobody has read; `room` is set when some are."""

    def __init__(self) -> None:
        super().__init__(limit=READ_BYTES)
        self.waiting = 0
        self.room = asyncio.Event()

    def take(self, data: bytes) -> None:
        self.waiting += len(data)
        self.feed_data(data)

    async def read(self, n: int = -1) -> bytes:
        data = await super().read(n)
        self.waiting -= len(data)
        self.room.set()
        return data


class Inner:
    """The connection inside, as whoever reads and writes it sees it.

    reader   what the engine has sent
    fault    why we hung up, None where we did not
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = Arrived()
        self.transport = None
        self._outer_reader = reader
        self._outer = writer
        self._http = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._stream = 0
        self._waiting = bytearray()
        self._rest = bytearray()
        self._room = asyncio.Event()
        self._sending = asyncio.Lock()
        self._ended = False
        self.fault: StreamBroken | None = None

    def begin(self, headers: Sequence[tuple[str, str]]) -> None:
        """Call. `headers` say what the session offers."""
        self._http.initiate_connection()
        self._http.increment_flow_control_window(1 << 24)
        self._stream = self._http.get_next_available_stream_id()
        head = [(":method", "POST"), (":scheme", "http"), (":authority", "docker"), (":path", PATH)]
        more = [("content-type", "application/grpc"), ("te", "trailers")]
        self._http.send_headers(self._stream, [*head, *more, *((n.lower(), v) for n, v in headers)])
        self._flush()

    async def carry(self) -> None:
        """Take what comes, until the call or the connection has ended. Raises EngineError."""
        try:
            while not self._ended:
                while self.reader.waiting > AHEAD_BYTES:
                    self.reader.room.clear()
                    await self.reader.room.wait()
                received = await self._outer_reader.read(READ_BYTES)
                if not received:
                    return
                for event in self._http.receive_data(received):
                    self._react(event)
                self._flush()
        except (OSError, ProtocolError) as error:
            raise StreamBroken("the connection of the build's session broke") from error
        finally:
            self._ended = True
            self._room.set()
            self.reader.feed_eof()

    def _react(self, event: Event) -> None:
        match event:
            case ResponseReceived(headers=headers) | TrailersReceived(headers=headers):
                _refuse({_text(name): _text(value) for name, value in headers or ()})
            case DataReceived(data=data, flow_controlled_length=cost):
                self._http.acknowledge_received_data(cost, self._stream)
                self._take(data)
            case WindowUpdated() | RemoteSettingsChanged():
                self._room.set()
                self._send_what_fits()
            case StreamEnded() | StreamReset() | ConnectionTerminated():
                self._ended = True

    def _take(self, data: bytes) -> None:
        rest = self._rest
        rest += data
        while len(rest) >= 5:
            end = 5 + int.from_bytes(rest[1:5], "big")
            if rest[0] or end > MESSAGE_BYTES:
                raise MalformedAnswer("a message of the build's session is compressed or too long")
            if len(rest) < end:
                return
            try:
                self.reader.take(BytesMessage.FromString(bytes(rest[5:end])).data)
            except DecodeError as error:
                raise MalformedAnswer("a message of the build's session cannot be read") from error
            del rest[:end]

    # As asyncio.StreamWriter has it

    def write(self, data: bytes) -> None:
        """Keep it for `drain`, and send it soon where nobody drains."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send_what_fits)
        self._waiting += data

    def writelines(self, parts: Iterable[bytes | memoryview]) -> None:
        for part in parts:
            self.write(bytes(part))

    async def drain(self) -> None:
        """Return once all is on its way. Raises ConnectionResetError, as a StreamWriter does; an engine that
        takes nothing for TAKEN_SECONDS is hung up on, and `fault` says so."""
        async with self._sending:
            while self._waiting:
                if self._ended:
                    raise ConnectionResetError("the call has ended")
                self._room.clear()
                self._send_what_fits()
                try:
                    async with asyncio.timeout(TAKEN_SECONDS):
                        await self._outer.drain()
                        if self._waiting:
                            await self._room.wait()
                except TimeoutError:
                    self.fault = StreamBroken(
                        f"the engine has taken nothing of the build's session for {TAKEN_SECONDS:g} s",
                        "what does it wait for? journalctl -u docker",
                    )
                    self._ended = True
                    self._outer.transport.abort()
                    raise ConnectionResetError("nothing is taken") from None

    def close(self) -> None:
        """Hang up."""
        self._outer.close()

    def _send_what_fits(self) -> None:
        """As far as the window of HTTP/2 goes: whole messages, each with a part of what waits."""
        while self._waiting and not self._ended:
            room = self._http.local_flow_control_window(self._stream)
            size = min(len(self._waiting), PART_BYTES, room - OVERHEAD)
            if size <= 0:
                return
            message = framed(BytesMessage(data=bytes(self._waiting[:size])).SerializeToString())
            del self._waiting[:size]
            frame = self._http.max_outbound_frame_size
            for at in range(0, len(message), frame):
                self._http.send_data(self._stream, message[at : at + frame])
            self._flush()

    def _flush(self) -> None:
        if waiting := self._http.data_to_send():
            self._outer.write(waiting)


OVERHEAD = 16
"""Bytes that a message takes beside what it holds, at most."""


def _text(header: bytes | str) -> str:
    return header if isinstance(header, str) else header.decode("utf-8", "replace")


def _refuse(headers: dict[str, str]) -> None:
    """Raises MalformedAnswer where the engine does not take the call."""
    status, said = headers.get("grpc-status", "0"), headers.get("grpc-message", "")
    if headers.get(":status", "200") != "200" or status != "0":
        raise MalformedAnswer(
            f"the engine takes no session of a build: {said or 'HTTP ' + headers.get(':status', '200')}"
        )
