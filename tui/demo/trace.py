"""What BuildKit tells of a build: its steps as they begin and end, with output, as `moby.buildkit.trace`."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import TYPE_CHECKING

from tui.engine.buildkit.proto.control_pb2 import StatusResponse, Vertex, VertexLog, VertexStatus

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp


def digest_of(words: str) -> str:
    """By which a step is known."""
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"


class Step:
    """One step: a vertex that is told again whenever something about it changes."""

    def __init__(self, digest: str, name: str) -> None:
        self._vertex = Vertex(digest=digest, name=name)

    @property
    def digest(self) -> str:
        return self._vertex.digest

    def planned(self) -> bytes:
        """It will come."""
        return _told(StatusResponse(vertexes=[self._vertex]))

    def began(self) -> bytes:
        _stamp(self._vertex.started)
        return self.planned()

    def ended(self, *, cached: bool = False, error: str = "") -> bytes:
        _stamp(self._vertex.completed)
        if not self._vertex.HasField("started"):
            self._vertex.started.CopyFrom(self._vertex.completed)
        self._vertex.cached, self._vertex.error = cached, error
        return self.planned()

    def said(self, text: str, stream: int) -> bytes:
        return _told(StatusResponse(logs=[VertexLog(vertex=self.digest, stream=stream, msg=text.encode())]))

    def moved(self, what: str, current: int, total: int) -> bytes:
        """So many bytes of something are here."""
        status = VertexStatus(ID=what, vertex=self.digest, current=current, total=total)
        return _told(StatusResponse(statuses=[status]))


def image_made(id: str) -> bytes:
    """The last message of a build that went well."""
    return _message("moby.image.id", {"ID": id})


def _told(status: StatusResponse) -> bytes:
    aux = base64.b64encode(status.SerializeToString()).decode()
    return _message("moby.buildkit.trace", aux)


def _message(id: str, aux: object) -> bytes:
    return json.dumps({"id": id, "aux": aux}, separators=(",", ":")).encode() + b"\r\n"


def _stamp(field: Timestamp) -> None:
    field.FromNanoseconds(time.time_ns())
