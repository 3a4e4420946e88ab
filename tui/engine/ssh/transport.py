"""A Transport by ssh: requests to the near end of a tunnel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from tui.engine.shielded import shielded
from tui.engine.ssh.tunnel import Tunnel
from tui.engine.transport import CONNECT_SECONDS, RAW_BUFFER
from tui.http_client import aiohttp

if TYPE_CHECKING:
    import ssl

    from tui.engine.endpoint import Endpoint
    from tui.engine.errors import EngineError


IDLE_SECONDS = 120.0
"""For how long a connection is kept for the next request: to open another costs a round trip."""


class _Way(NamedTuple):
    """What makes a tunnel another one. One of another event loop is of no use."""

    url: str
    options: tuple[str, ...]


class _Shared:
    """A tunnel, and how many use it."""

    def __init__(self, tunnel: Tunnel) -> None:
        self.tunnel = tunnel
        self.users = 0


_SHARED: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Way, _Shared]] = WeakKeyDictionary()


class SshTransport:
    """Connections to an engine of another host, by a tunnel that all transports to it share."""

    origin = "http://docker"  # of no meaning, as for a socket

    def __init__(self, endpoint: Endpoint) -> None:
        self._ways = _SHARED.setdefault(asyncio.get_running_loop(), {})
        self._way = _Way(endpoint.url, endpoint.ssh_options)
        if self._way not in self._ways:
            self._ways[self._way] = _Shared(Tunnel(endpoint))
        self._shared: _Shared | None = self._ways[self._way]
        self._shared.users += 1
        self._tunnel = self._shared.tunnel
        self._was_ready = False
        self.comes_back = True

    @staticmethod
    def is_up(endpoint: Endpoint) -> bool:
        """Whether the tunnel to an endpoint is there now, whoever has made it."""
        shared = _SHARED.get(asyncio.get_running_loop(), {}).get(_Way(endpoint.url, endpoint.ssh_options))
        return shared is not None and shared.tunnel.is_up

    @property
    def far(self) -> bool:
        return self._tunnel.is_far

    @property
    def few(self) -> bool:
        return self._tunnel.is_relayed

    async def ready(self) -> None:
        """The first time by one try: whoever asks tells people, and asks again. Later it is waited for."""
        if self._was_ready:
            await self._tunnel.back()
        else:
            await self._tunnel.up()
            self._was_ready = True

    def connector(self) -> aiohttp.BaseConnector:
        return aiohttp.UnixConnector(
            self._tunnel.socket, limit=0, limit_per_host=0, keepalive_timeout=IDLE_SECONDS
        )

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await asyncio.open_unix_connection(self._tunnel.socket, limit=RAW_BUFFER)

    async def dial(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """As all transports; one that the host forwards nothing for raises EngineError.

        It is open at once: where nothing listens at the port, it closes a moment later.
        """
        path = await self.port(address, port)
        named = name or address if tls is not None else None
        return await asyncio.open_unix_connection(path, ssl=tls, server_hostname=named)

    async def port(self, address: str, port: int) -> str:
        """The path of a socket here behind which is a TCP port that the host has. Raises EngineError."""
        return await self._tunnel.port(address, port)

    def fault(self) -> EngineError | None:
        return self._tunnel.fault()

    async def close(self) -> None:
        shared, self._shared, self.comes_back = self._shared, None, False
        if shared is None:
            return
        shared.users -= 1
        if not shared.users:
            if self._ways.get(self._way) is shared:
                del self._ways[self._way]
            await shielded(shared.tunnel.close())
