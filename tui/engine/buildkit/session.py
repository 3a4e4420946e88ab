"""A build's session: a connection on which the engine calls us (moby/buildkit, session/).

It begins as a request, POST /session, that takes its connection over: after the head of the answer the engine
speaks HTTP/2 on it, as the client. Engines from API 1.53 on have it inside a call of gRPC: `control`.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import DecodeError

from tui.engine.buildkit.control import FIRST_API, inside
from tui.engine.buildkit.grpc import UNKNOWN, Call, CallFailed, Connection, framed
from tui.engine.buildkit.proto.session_pb2 import CredentialsRequest, GetSecretRequest, HealthCheckResponse
from tui.engine.error_mapping import translated
from tui.engine.takeover import take_over

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from google.protobuf.message import Message

    from tui.engine.buildkit.auth import Auth
    from tui.engine.buildkit.filesync import FileSync
    from tui.engine.buildkit.grpc import Method, Writer
    from tui.engine.buildkit.secrets import Secrets
    from tui.engine.wire import Wire
    from tui.errors import HoldfastError

Asked = TypeVar("Asked", bound="Message")


class Session:
    """An open session, known to the engine by its ID."""

    def __init__(self, id: str, connection: Connection) -> None:
        self.id = id
        self._connection = connection

    @property
    def failure(self) -> HoldfastError | None:
        """Why a call failed on our side, None when none did: better than what the engine makes of it."""
        return self._connection.failure


@asynccontextmanager
async def session(
    wire: Wire, shared_key: str, auth: Auth, secrets: Secrets, files: FileSync
) -> AsyncIterator[Session]:
    """Open a session for one build, and answer its calls until the block is left. Raises EngineError.

    shared_key   names the files on the engine's side: builds with the same key send only what has changed
    """
    methods: dict[str, Method] = {
        "/moby.filesync.v1.Auth/Credentials": unary(CredentialsRequest, auth.answer),
        "/moby.buildkit.secrets.v1.Secrets/GetSecret": unary(GetSecretRequest, secrets.answer),
        "/moby.filesync.v1.FileSync/DiffCopy": files.diff_copy,
    }
    id = uuid.uuid4().hex
    headers = [
        ("X-Docker-Expose-Session-Uuid", id),
        ("X-Docker-Expose-Session-Sharedkey", shared_key),
        *(("X-Docker-Expose-Session-Grpc-Method", path) for path in methods),
    ]
    methods["/grpc.health.v1.Health/Check"] = _healthy  # asked every 5 s; an ailing session is closed
    async with _opened(wire, headers) as (reader, writer):
        connection = Connection(reader, writer, methods)
        serving = asyncio.create_task(connection.serve())
        try:
            yield Session(id, connection)
        finally:
            serving.cancel()
            await asyncio.wait([serving])
            if not serving.cancelled() and (error := serving.exception()):
                raise error


@asynccontextmanager
async def _opened(
    wire: Wire, headers: Sequence[tuple[str, str]]
) -> AsyncIterator[tuple[asyncio.StreamReader, Writer]]:
    """The connection on which the engine calls, in the way that its version has."""
    if wire.offers < FIRST_API:
        yield await take_over(wire, "/session", "h2c", headers)
        return
    await wire.transport.ready()
    with translated(wire.endpoint):
        outer = await wire.transport.open()
    async with inside(*outer, headers) as inner:
        yield inner.reader, inner


def unary(asked: type[Asked], answer: Callable[[Asked], Awaitable[Message]]) -> Method:
    """A method that takes one message and gives one."""

    async def method(call: Call) -> None:
        messages = await call.receive()
        if not messages:
            raise CallFailed(UNKNOWN, "a call without a message")
        try:
            request = asked.FromString(messages[0])
        except DecodeError as error:
            raise CallFailed(UNKNOWN, "a message that cannot be read") from error
        await call.send(framed((await answer(request)).SerializeToString()))

    return method


async def _healthy(call: Call) -> None:
    """grpc.health.v1.Health/Check, whatever service it asks for."""
    answer = HealthCheckResponse(status=HealthCheckResponse.SERVING)
    await call.send(framed(answer.SerializeToString()))
