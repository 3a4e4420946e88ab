"""How bytes reach an engine.

A transport gives aiohttp a connector for requests, and raw connections for what takes a connection over
(exec, the sessions of builds).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from tui.http_client import aiohttp

if TYPE_CHECKING:
    import ssl

    from tui.engine.errors import EngineError

CONNECT_SECONDS = 5.0
"""Time limit for opening a connection."""

RAW_BUFFER = 1 << 18
"""Bytes that a raw connection reads ahead."""


class Transport(Protocol):
    """Opens connections to one engine. What `connector` and `open` raise is for `error_mapping` to translate.

    origin       what stands before the paths of requests
    comes_back   whether `ready` brings back what was lost: then a request that changes nothing, or changes
                 the same once more, is worth repeating
    few          whether only few connections can be open at once: each is given up after its answer
    far          whether opening a connection costs a round trip: then some are opened before they are needed
    """

    origin: str
    comes_back: bool

    @property
    def far(self) -> bool: ...

    @property
    def few(self) -> bool: ...

    async def ready(self) -> None:
        """Return once connections can be opened: before each request. Raises EngineError where they cannot.

        What has been lost on the way, a tunnel say, is made anew here.
        """
        ...

    def connector(self) -> aiohttp.BaseConnector:
        """A new connector without a limit of connections: each followed stream holds one."""
        ...

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection of its own; the caller closes the writer."""
        ...

    async def dial(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a TCP port that the engine's host has, by the way that the engine is reached.

        address   as that host knows it: "127.0.0.1" is the host's own
        tls       to encrypt it by, and `name` what the certificate must be for

        Raises OSError and ssl.SSLError, as asyncio.open_connection does.
        """
        ...

    def fault(self) -> EngineError | None:
        """Why connections fail now, where the transport knows it better than their errors say."""
        ...

    async def close(self) -> None:
        """End what the transport itself has opened; the connections are the caller's."""
        ...


class UnixTransport:
    """Connections to a unix socket; `path` is absolute or relative to the working directory."""

    origin = "http://docker"  # of no meaning on a socket; the name that Docker itself gives
    comes_back = False
    few = False
    far = False

    def __init__(self, path: str) -> None:
        self.path = path

    async def ready(self) -> None:
        pass

    def connector(self) -> aiohttp.BaseConnector:
        return aiohttp.UnixConnector(self.path, limit=0, limit_per_host=0)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await asyncio.open_unix_connection(self.path, limit=RAW_BUFFER)

    async def dial(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(address, port, ssl=tls, server_hostname=name)

    def fault(self) -> EngineError | None:
        return None

    async def close(self) -> None:
        pass
