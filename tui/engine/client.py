"""One engine, connected: version agreed, and the calls by noun."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, Any, Self

from tui.engine import payloads
from tui.engine.ahead import opened_ahead
from tui.engine.archives import Archives
from tui.engine.bounds import QUESTION_SECONDS
from tui.engine.builds import Builds
from tui.engine.containers import Containers
from tui.engine.debugs import Debugs
from tui.engine.endpoint import is_tcp
from tui.engine.error_mapping import readable
from tui.engine.errors import (
    AnswerTooLarge,
    EngineError,
    EngineFailing,
    EngineTooNew,
    EngineTooOld,
    MalformedAnswer,
    NoEngine,
    RequestRefused,
    ServerFault,
    StreamBroken,
)
from tui.engine.events import events
from tui.engine.exec import Execs
from tui.engine.images import Images
from tui.engine.jsonmessage import parse
from tui.engine.log_end import LogEnd, log_end
from tui.engine.networks import Networks
from tui.engine.shielded import shielded
from tui.engine.system import read_info
from tui.engine.transports import transport_for
from tui.engine.volumes import Volumes
from tui.engine.wire import Wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from tui.engine.endpoint import Endpoint
    from tui.model.engine import EngineInfo, EngineVersion, Usage
    from tui.model.event import Event

USAGE_SECONDS = 600.0
"""Time limit for counting what is on the disk."""

AHEAD = 8
"""Connections that are opened ahead: as many as are asked for at once by whoever makes a plan."""

OLDEST = (1, 41)
"""The API of Engine 20.10."""

NEWEST = (1, 51)
"""The API of Engine 28.5."""


WANTS_TLS = "HTTP request to an HTTPS server"
"""What Go's servers answer, in plain text, to those who do not speak TLS with them."""


class Engine:
    """A connection to one engine, made by `connect`. Closing it ends every stream.

    endpoint     where it is
    version      what it is, and the API version spoken with it
    containers   calls on containers
    images       calls on images
    execs        processes started inside containers
    debugs       containers beside others, to look into those
    builds       builds of images
    networks     calls on networks
    volumes      calls on named volumes
    archives     files inside containers
    """

    def __init__(self, wire: Wire, version: EngineVersion) -> None:
        self.endpoint = wire.endpoint
        self.version = version
        self.containers = Containers(wire)
        self.images = Images(wire)
        self.execs = Execs(wire)
        self.debugs = Debugs(wire)
        self.builds = Builds(wire)
        self.networks = Networks(wire)
        self.volumes = Volumes(wire)
        self.archives = Archives(wire)
        self._wire = wire
        self._asking = asyncio.Lock()
        self._said: EngineInfo | None = None
        self._said_at = 0.0

    @classmethod
    async def connect(cls, endpoint: Endpoint, *, ahead: int = AHEAD) -> Self:
        """Open an engine and agree on a version, by one request. Raises EngineError.

        ahead   connections that are opened meanwhile, where that takes a while
        """
        wire = Wire(endpoint, transport_for(endpoint))
        try:
            async with opened_ahead(wire, ahead):
                body, headers = await wire.ask_with_headers("GET", "/version", seconds=QUESTION_SECONDS)
            answer = parse(body, "GET /version")
            with readable("GET /version"):
                wire.version = agree(answer)
                wire.offers = _number(answer["ApiVersion"])
                version = payloads.version(answer, headers.get("Server", ""), wire.version)
        except EngineError as error:
            await wire.close()
            raise _not_connected(error, endpoint) from error
        except BaseException:
            await shielded(wire.close())
            raise
        return cls(wire, version)

    def events(
        self, since: float = 0.0, until: float = 0.0
    ) -> AbstractAsyncContextManager[AsyncIterator[Event]]:
        """Events from now on: `async with engine.events() as stream: async for event in stream`.

        `since`, in seconds since the epoch: also those before that the engine still keeps. `until`: no later.
        """
        return events(self._wire, since, until)

    async def log_end(self, id: str, *, tty: bool, most: int, seconds: float) -> LogEnd:
        """The newest of a container's log: at most so many bytes, what has come within so many seconds."""
        return await log_end(self._wire, id, tty=tty, most=most, seconds=seconds)

    async def ping(self, seconds: float) -> None:
        """Return when the engine answers; raises EngineError when it does not within so many seconds."""
        await self._wire.ask("GET", "/_ping", seconds=seconds)

    async def info(self, *, within: float = 0.0) -> EngineInfo:
        """What it says of itself and its host: now, or what it said `within` so many seconds to anybody here.

        Raises EngineError.
        """
        if not within:
            return await read_info(self._wire)
        async with self._asking:  # who comes meanwhile takes what is being asked
            if self._said is None or time.monotonic() - self._said_at > within:
                began = time.monotonic()
                self._said, self._said_at = await read_info(self._wire), began
            return self._said

    async def usage(self) -> Usage:
        """How much room images and volumes take, which an engine may count for long. Raises EngineError."""
        answer = parse(await self._wire.ask("GET", "/system/df", seconds=USAGE_SECONDS))
        with readable("GET /system/df"):
            return payloads.usage(answer)

    def is_on_this_machine(self, info: EngineInfo) -> bool:
        """Whether what it says of its host can be looked at here.

        A unix socket alone does not tell: ssh forwards them, and containers are given them.
        """
        return bool(self.endpoint.socket_path) and info.name == socket.gethostname()

    async def dial(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a TCP port that its host has, by the way that the engine is reached.

        To which address, `tui.engine.reach` says.

        Raises OSError and ssl.SSLError, as asyncio.open_connection does.
        """
        return await self._wire.transport.dial(address, port, tls, name)

    @property
    def far(self) -> bool:
        """Whether it takes a while until anything is answered."""
        return self._wire.transport.far

    @property
    def few(self) -> bool:
        """Whether only few connections to it can be open at once."""
        return self._wire.transport.few

    async def close(self) -> None:
        await self._wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _named_otherwise(endpoint: Endpoint) -> str:
    """What to name instead: a path is for what stands before an engine, which alone knows nothing of it."""
    place, mark, path = endpoint.url.partition("://")[2].partition("/")
    if is_tcp(endpoint.url) and mark and path:
        return f"without the path /{path}, unless a proxy has the engine there: tcp://{place}"
    return "name another: --host unix:///var/run/docker.sock"


def _not_connected(error: EngineError, endpoint: Endpoint) -> EngineError:
    """What an error means where not even the version could be had: nobody, somebody else, or trouble."""
    where = f"{endpoint.url} ({endpoint.source})"
    match error:
        case RequestRefused(reason=reason) if WANTS_TLS in reason:
            from tui.engine.tls_errors import wants_tls

            return wants_tls(endpoint)
        case ServerFault() | StreamBroken():
            return EngineFailing(f"the engine at {where} fails to say its version: {error.message}")
        case RequestRefused() | MalformedAnswer() | AnswerTooLarge():
            return NoEngine(
                f"what answers at {where} is no Docker Engine: {error.message}",
                _named_otherwise(endpoint),
            )
        case _:
            return error


def agree(answer: Any) -> str:
    """The API version to speak with an engine that answered GET /version so.

    Raises EngineTooOld, EngineTooNew; KeyError, TypeError or ValueError where the answer is malformed.
    """
    newest = _number(answer["ApiVersion"])
    oldest = _number(answer.get("MinAPIVersion") or answer["ApiVersion"])
    if newest < OLDEST:
        raise EngineTooOld(
            f"the engine is {answer['Version']} and speaks API {_text(newest)}; "
            f"Holdfast needs {_text(OLDEST)} or newer (Docker 20.10)",
            "update the engine",
        )
    if oldest > NEWEST:
        raise EngineTooNew(
            f"the engine is {answer['Version']} and speaks API {_text(oldest)} and newer; "
            f"this Holdfast knows up to {_text(NEWEST)}",
            "update Holdfast",
        )
    return _text(min(newest, NEWEST))


def _number(text: str) -> tuple[int, int]:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def _text(number: tuple[int, int]) -> str:
    return f"{number[0]}.{number[1]}"
