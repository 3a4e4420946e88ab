"""The engine's side of a build's session: calls over HTTP/2, made by h2 alone."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived
from h2.settings import SettingCodes

from tui.engine.buildkit.grpc import Connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tui.engine.buildkit.grpc import Method


class Caller:
    """Makes one call at a time.

    headers    of the answer, trailers among them
    frames     the sizes of the frames of DATA that came
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, window: int) -> None:
        self.reader = reader
        self.writer = writer
        self.http = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.http.initiate_connection()
        self.http.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: window})
        self.headers: dict[str, str] = {}
        self.frames: list[int] = []
        self.stream = 0
        self.ended = False
        self._arrived = b""
        self._unread = 0

    def flush(self) -> None:
        self.writer.write(self.http.data_to_send())

    def call(self, path: str, *metadata: tuple[str, str]) -> None:
        self.stream = self.http.get_next_available_stream_id()
        self.headers, self.frames, self.ended, self._arrived = {}, [], False, b""
        head = [(":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", path)]
        more = [("te", "trailers"), ("content-type", "application/grpc"), *metadata]
        self.http.send_headers(self.stream, [*head, *more])
        self.flush()

    def send(self, content: bytes, *, end: bool = False) -> None:
        """Bytes of messages, framed or cut as the test wants them."""
        self.http.send_data(self.stream, content, end_stream=end)
        self.flush()

    def hang_up(self) -> None:
        self.writer.close()

    async def step(self, *, acknowledge: bool = True) -> None:
        """Take what has arrived."""
        received = await self.reader.read(1 << 16)
        if not received:
            raise EOFError
        for event in self.http.receive_data(received):
            match event:
                case ResponseReceived(headers=headers) | TrailersReceived(headers=headers):
                    self.headers |= {str(name): str(value) for name, value in headers}
                case DataReceived(data=data, flow_controlled_length=cost):
                    self.frames.append(len(data))
                    self._arrived += data
                    self._unread += cost
                case StreamEnded() | StreamReset():
                    self.ended = True
        if acknowledge and self._unread:
            self.http.acknowledge_received_data(self._unread, self.stream)
            self._unread = 0
        self.flush()

    async def message(self) -> bytes | None:
        """The next message, None at the end."""
        while True:
            if len(self._arrived) >= 5:
                end = 5 + int.from_bytes(self._arrived[1:5], "big")
                if len(self._arrived) >= end:
                    found, self._arrived = self._arrived[5:end], self._arrived[end:]
                    return found
            if self.ended:
                return None
            await self.step()

    async def finish(self) -> list[bytes]:
        """All further messages, once the call has ended."""
        found = []
        while (message := await self.message()) is not None:
            found.append(message)
        return found


@asynccontextmanager
async def calling(
    methods: Mapping[str, Method], window: int = 65_535
) -> AsyncIterator[tuple[Caller, Connection]]:
    """Both ends of a connection, ours serving; the window is that of each call."""
    here, there = socket.socketpair()
    connection = Connection(*await asyncio.open_connection(sock=here), methods)
    caller = Caller(*await asyncio.open_connection(sock=there), window)
    serving = asyncio.create_task(connection.serve())
    caller.flush()
    try:
        async with asyncio.timeout(20):
            yield caller, connection
            caller.hang_up()
            await serving
    finally:
        serving.cancel()
        caller.hang_up()
