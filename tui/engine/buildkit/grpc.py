"""gRPC's serving side on one connection that the other side has called for: HTTP/2 with prior knowledge.

Protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md over RFC 9113, the latter by h2. Made
for few calls with very many small messages: all that have arrived are taken at once, many are sent together.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from h2.events import Event

    Method = Callable[["Call"], Awaitable[None]]

OK, UNKNOWN, NOT_FOUND, RESOURCE_EXHAUSTED, UNIMPLEMENTED = 0, 2, 5, 8, 12
"""Status codes of gRPC."""

READ_BYTES = 1 << 16
MESSAGE_BYTES = 4 << 20
"""The largest message that is taken, as in other implementations of gRPC."""

HEADERS_BYTES = 1 << 20
"""The most that the headers of one call may have: every line of a .dockerignore is one. h2 takes no more
frames for them."""

PLAIN = " !\"#$&'()*+,/:;<=>?@[\\]^`{|}"
"""Characters of a message, beside letters and digits, that need no escape in a header."""

BUSY_READS = 32
SOON_SECONDS = 0.005
PAUSE_SECONDS = 0.003
"""After so many reads, each so soon after the one before, reading pauses so long each time: a look at a tiny
piece costs as much as one at everything that has come meanwhile, and takes the processor from the engine."""

DATA = b"\0\0"
"""Type and flags of a DATA frame that is not the last of its stream."""

FLUSH_BYTES = 1 << 18
"""What is written to the connection at once, before it is waited for."""


def _text(header: bytes | str) -> str:
    return os.fsdecode(header)


class CallFailed(Exception):
    """A call ends with a status other than OK."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class ConnectionLost(Exception):
    """The connection has ended, and the call with it."""


def framed(message: bytes) -> bytes:
    """A message as it stands in a stream: not compressed, its length, its bytes."""
    return b"\0" + len(message).to_bytes(4, "big") + message


class Call:
    """One call.

    metadata   the headers of its request; a name may have come several times
    ended      whether the other side has said that it sends nothing more
    """

    def __init__(self, connection: Connection, stream: int, headers: Sequence[tuple[str, str]]) -> None:
        self.metadata: dict[str, list[str]] = {}
        for name, value in headers:
            self.metadata.setdefault(name, []).append(value)
        self._connection = connection
        self._stream = stream
        self._arrived: list[tuple[bytes, int]] = []
        self._news = asyncio.Event()
        self.ended = False
        self._rest = bytearray()

    async def receive(self) -> list[bytes]:
        """All messages that have arrived since, at least one; none at the end.

        Until then the other side may send no more than the window of HTTP/2. Raises CallFailed.
        """
        while True:
            arrived, self._arrived = self._arrived, []
            for content, cost in arrived:
                self._rest += content
                self._connection.taken(self._stream, cost)
            if messages := self._messages():
                return messages
            if self.ended and not self._arrived:
                return []
            self._news.clear()
            await self._news.wait()

    def _messages(self) -> list[bytes]:
        """The whole messages of what has arrived."""
        found, at, rest = [], 0, self._rest
        while len(rest) - at >= 5:
            end = at + 5 + int.from_bytes(rest[at + 1 : at + 5], "big")
            if rest[at] or end - at > MESSAGE_BYTES:
                raise CallFailed(RESOURCE_EXHAUSTED, "a message is compressed or too long")
            if end > len(rest):
                break
            found.append(bytes(rest[at + 5 : end]))
            at = end
        del rest[:at]
        return found

    async def send(self, messages: bytes) -> None:
        """Send messages, each as `framed` makes it; waits until they are on their way.

        From one task at a time: what two send would get mixed. Raises ConnectionLost.
        """
        await self._connection.send(self._stream, messages)

    def add(self, content: bytes, cost: int) -> None:
        """For the connection: bytes have arrived, and take so many of the other side's window."""
        self._arrived.append((content, cost))
        self._news.set()

    def end(self) -> None:
        """For the connection: nothing more will arrive."""
        self.ended = True
        self._news.set()


class Writer(Protocol):
    """What a connection is written to: asyncio.StreamWriter, or what stands for it."""

    @property
    def transport(self) -> object: ...

    def write(self, data: bytes) -> None: ...

    def writelines(self, data: Iterable[bytes | memoryview]) -> None: ...

    async def drain(self) -> None: ...

    def close(self) -> None: ...


class Connection:
    """A connection that calls come in on. `methods` by their paths: "/package.Service/Method".

    failure   the first HoldfastError that a call ended with; the other side knows only its text
    """

    def __init__(self, reader: asyncio.StreamReader, writer: Writer, methods: Mapping[str, Method]) -> None:
        self._reader = reader
        self._writer = writer
        self._methods = methods
        # As other servers of gRPC do, take values with spaces around them, which HTTP/2 forbids: the engine
        # sends the patterns of a .dockerignore so ("// note" is " note" to it). They need not be UTF-8.
        plain = H2Configuration(client_side=False, header_encoding=None, validate_inbound_headers=False)
        self._http = H2Connection(plain)
        self._http.local_settings[SettingCodes.MAX_HEADER_LIST_SIZE] = HEADERS_BYTES
        self._http.local_settings.acknowledge()
        self._http.decoder.max_header_list_size = HEADERS_BYTES
        self._calls: dict[int, Call] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._answered: set[int] = set()
        self._room = asyncio.Event()
        self._lost = False
        self._looked = 0.0
        self._busy = 0
        self.failure: HoldfastError | None = None

    async def serve(self) -> None:
        """Answer calls until the other side has hung up; calls that still run then are cancelled.

        Cancelled itself, it cancels them, and hangs up. What is no CallFailed or HoldfastError in a call is
        raised as a group.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._read(tasks)
                finally:
                    self._lost = True
                    self._room.set()
                    for task in self._tasks.values():
                        task.cancel()
        finally:
            self._writer.close()

    async def _read(self, tasks: asyncio.TaskGroup) -> None:
        self._http.initiate_connection()
        self._flush()
        while True:
            try:
                received = await self._reader.read(READ_BYTES)
                events = self._http.receive_data(received) if received else []
            except (OSError, ProtocolError):
                self._flush()  # h2 has written down why
                return
            if not received:
                return
            for event in events:
                self._react(event, tasks)
            self._flush()
            if len(received) < READ_BYTES:  # nothing is left: the reader has not paused by itself
                await self._gather()

    async def _gather(self) -> None:
        """Where much comes, let some of it come together."""
        clock = asyncio.get_running_loop().time
        self._busy = self._busy + 1 if clock() - self._looked < SOON_SECONDS else 0
        transport = self._writer.transport
        if self._busy > BUSY_READS and isinstance(transport, asyncio.Transport):
            transport.pause_reading()
            await asyncio.sleep(PAUSE_SECONDS)
            transport.resume_reading()
        self._looked = clock()

    def _react(self, event: Event, tasks: asyncio.TaskGroup) -> None:
        match event:
            case RequestReceived():
                self._begin(event, tasks)
            case DataReceived(stream_id=stream, flow_controlled_length=cost) if stream in self._calls:
                self._calls[stream].add(event.data, cost)
            case DataReceived(stream_id=stream, flow_controlled_length=cost):
                self.taken(stream, cost)
            case StreamEnded(stream_id=stream) if stream in self._calls:
                self._calls[stream].end()
            case StreamReset(stream_id=stream) if stream in self._tasks:
                self._tasks[stream].cancel()
            case WindowUpdated() | RemoteSettingsChanged():
                self._room.set()

    def _begin(self, event: RequestReceived, tasks: asyncio.TaskGroup) -> None:
        stream = event.stream_id
        call = Call(self, stream, [(_text(name), _text(value)) for name, value in event.headers])
        task = tasks.create_task(self._answer(stream, call))
        self._calls[stream], self._tasks[stream] = call, task
        task.add_done_callback(lambda _: self._forget(stream))  # a task that is cancelled early never begins

    def _forget(self, stream: int) -> None:
        del self._calls[stream], self._tasks[stream]
        self._answered.discard(stream)

    async def _answer(self, stream: int, call: Call) -> None:
        [path] = call.metadata.get(":path", [""])
        status, message = OK, ""
        try:
            if path not in self._methods:
                raise CallFailed(UNIMPLEMENTED, f"unknown method {path}")
            await self._methods[path](call)
        except CallFailed as error:
            status, message = error.status, error.message
        except HoldfastError as error:
            self.failure = self.failure or error
            status, message = UNKNOWN, error.message
        except ConnectionLost:
            return
        trailers = [("grpc-status", str(status))]
        if message:
            trailers.append(("grpc-message", quote(message, safe=PLAIN)))
        try:
            self._http.send_headers(stream, [*self._head(stream), *trailers], end_stream=True)
            if not call.ended:
                self._http.reset_stream(stream, ErrorCodes.NO_ERROR)  # RFC 9113, section 8.1
        except ProtocolError:
            return  # the other side has reset it just now
        self._flush()

    def _head(self, stream: int) -> list[tuple[str, str]]:
        """The headers of an answer, the first time that they are asked for."""
        if stream in self._answered:
            return []
        self._answered.add(stream)
        return [(":status", "200"), ("content-type", "application/grpc")]

    async def send(self, stream: int, messages: bytes) -> None:
        """See `Call.send`."""
        try:
            if head := self._head(stream):
                self._http.send_headers(stream, head)
            rest = memoryview(messages)
            while rest:
                room = min(max(self._http.local_flow_control_window(stream), 0), FLUSH_BYTES)
                part, rest = rest[:room], rest[room:]
                self._write(stream, part)
                await self._writer.drain()
                if rest and not part:
                    self._room.clear()
                    await self._room.wait()
                if self._lost:
                    raise ConnectionLost
        except (ProtocolError, OSError) as error:
            raise ConnectionLost from error

    def _write(self, stream: int, part: memoryview) -> None:
        """Write DATA frames (RFC 9113, section 6.1) past h2, which takes 25 microseconds for each 16 KiB.

        It is told what they take of the windows.
        """
        size = self._http.max_outbound_frame_size
        pieces: list[bytes | memoryview] = []
        for at in range(0, len(part), size):
            piece = part[at : at + size]
            pieces += (len(piece).to_bytes(3, "big") + DATA + stream.to_bytes(4, "big"), piece)
        self._http.outbound_flow_control_window -= len(part)
        self._http.streams[stream].outbound_flow_control_window -= len(part)
        self._flush()  # what h2 has to say comes first
        self._writer.writelines(pieces)

    def taken(self, stream: int, cost: int) -> None:
        """Let the other side send so much more."""
        try:
            self._http.acknowledge_received_data(cost, stream)
        except ProtocolError:
            return  # it has reset the stream, or hung up
        self._flush()

    def _flush(self) -> None:
        if waiting := self._http.data_to_send():
            self._writer.write(waiting)
