"""A registry on the loopback of another host, reached by the way to that host."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tui.http_client import aiohttp
from tui.model.tcp_address import is_loopback

if TYPE_CHECKING:
    import ssl

Through = Callable[[str, int], Awaitable[str]]
"""The path of a socket here behind which a port of the other host is. Raises RegistryUnreachable."""


class ThroughConnector(aiohttp.TCPConnector):
    """Connections to a loopback go `through`: never to that of this machine. All others go as ever.

    A token service, or a storage, may be elsewhere.
    """

    def __init__(self, through: Through, tls: ssl.SSLContext) -> None:
        super().__init__(ssl=tls)
        self._through = through
        self._tls = tls

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: Any,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - as aiohttp's own connectors take it
    ) -> Any:
        host, port = req.url.host or "", req.url.port or 0
        if not is_loopback(host):
            return await super()._create_connection(req, traces, timeout)
        path = await self._through(host, port)
        loop = asyncio.get_running_loop()
        secure = {"ssl": self._tls, "server_hostname": host} if req.is_ssl() else {}
        try:
            async with asyncio.timeout(timeout.sock_connect):
                _, protocol = await loop.create_unix_connection(self._factory, path, **secure)  # type: ignore[arg-type]
        except OSError as error:
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
        return protocol
