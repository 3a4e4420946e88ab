"""Asking a build's session for files, as BuildKit does: gRPC over HTTP/2, of which the client is the server.

See `tui.engine.buildkit.filesync`, which is the other end.
"""

from __future__ import annotations

import asyncio
import posixpath
from typing import TYPE_CHECKING

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import ProtocolError

from tui.demo.refused import Refused
from tui.engine.buildkit.grpc import framed
from tui.engine.buildkit.proto.session_pb2 import Packet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATH = "/moby.filesync.v1.FileSync/DiffCopy"

READ_BYTES = 1 << 16

WINDOW = 1 << 24

KINDS = 0xFFFFFFFF ^ 0o777 ^ (0b111 << 20)
"""Bits of Go's file mode that say what is no plain file."""

OK = "0"


class ClientFiles:
    """The files of a client whose session this is; `ended` is set when the connection has."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._http.initiate_connection()
        self._http.increment_flow_control_window(WINDOW)
        self._turn = asyncio.Lock()
        self.ended = asyncio.Event()

    async def begin(self) -> None:
        """Greet it."""
        await self._flush()

    async def fetch(self, folder: str, excludes: Sequence[str] = ()) -> dict[str, bytes]:
        """All plain files of a folder, "dockerfile" or "context", by path. Raises Refused."""
        async with self._turn:
            try:
                return await self._fetch(folder, excludes)
            except (OSError, ProtocolError) as error:
                self.ended.set()
                raise Refused(500, f"failed to read from the client: {error}") from None

    async def _fetch(self, folder: str, excludes: Sequence[str]) -> dict[str, bytes]:
        stream = self._http.get_next_available_stream_id()
        head = [
            (":method", "POST"), (":scheme", "http"), (":authority", "localhost"), (":path", PATH),
            ("content-type", "application/grpc"), ("te", "trailers"), ("dir-name", folder),
        ]  # fmt: skip
        self._http.send_headers(stream, [*head, *(("exclude-patterns", pattern) for pattern in excludes)])
        self._http.increment_flow_control_window(WINDOW, stream)
        await self._flush()
        transfer = _Transfer()
        while True:
            received = await self._reader.read(READ_BYTES)
            if not received:
                raise ConnectionError("the session has ended")
            ended = False
            for event in self._http.receive_data(received):
                match event:
                    case DataReceived(data=data, flow_controlled_length=cost, stream_id=of):
                        self._http.acknowledge_received_data(cost, of)
                        for answer in transfer.take(data) if of == stream else ():
                            self._http.send_data(stream, framed(answer.SerializeToString()))
                    case ResponseReceived(headers=headers) | TrailersReceived(headers=headers):
                        _refuse({str(name): str(value) for name, value in headers or ()})
                    case StreamEnded(stream_id=of) | StreamReset(stream_id=of):
                        ended = ended or of == stream
                    case ConnectionTerminated():
                        raise ConnectionError("the session has ended")
            await self._flush()
            if ended:
                return transfer.files

    async def _flush(self) -> None:
        self._writer.write(self._http.data_to_send())
        await self._writer.drain()

    def close(self) -> None:
        self.ended.set()
        self._writer.close()


class _Transfer:
    """One folder as it comes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._paths: dict[int, str] = {}
        self._parts: dict[int, bytearray] = {}
        self._rest = bytearray()
        self._number = 0
        self._described = False

    def take(self, data: bytes) -> Iterator[Packet]:
        """What is answered to what has come."""
        self._rest += data
        while len(self._rest) >= 5:
            end = 5 + int.from_bytes(self._rest[1:5], "big")
            if len(self._rest) < end:
                return
            packet = Packet.FromString(bytes(self._rest[5:end]))
            del self._rest[:end]
            yield from self._packet(packet)

    def _packet(self, packet: Packet) -> Iterator[Packet]:
        if packet.type == Packet.PACKET_STAT:
            if not packet.HasField("stat"):
                self._described = True
            else:
                if not packet.stat.mode & KINDS:
                    path = posixpath.normpath(packet.stat.path.decode("utf-8", "replace"))
                    self._paths[self._number], self._parts[self._number] = path, bytearray()
                    yield Packet(type=Packet.PACKET_REQ, ID=self._number)
                self._number += 1
        elif packet.type == Packet.PACKET_DATA:
            if packet.data:
                self._parts[packet.ID] += packet.data
                return
            self.files[self._paths.pop(packet.ID)] = bytes(self._parts.pop(packet.ID))
        if self._described and not self._paths and packet.type != Packet.PACKET_FIN:
            yield Packet(type=Packet.PACKET_FIN)


def _refuse(headers: dict[str, str]) -> None:
    status = headers.get("grpc-status", OK)
    if status != OK:
        raise Refused(500, headers.get("grpc-message", f"the client refused the files ({status})"))
