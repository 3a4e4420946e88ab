"""An engine that is reached by TCP: with TLS, or in plain text where that was allowed."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from tui.engine.errors import EndpointUnusable
from tui.engine.tls import bare_context, fill, where_named
from tui.engine.transport import CONNECT_SECONDS, RAW_BUFFER
from tui.http_client import aiohttp
from tui.model.tcp_address import read_tcp_address

if TYPE_CHECKING:
    import ssl

    from tui.engine.endpoint import Endpoint
    from tui.engine.errors import EngineError

SHUTDOWN_SECONDS = 2.0
"""How long the other side may take to take leave, where a connection is closed."""

SECOND_ADDRESS_SECONDS = 0.25
"""After so long without an answer, another address of the same name is tried beside the first (RFC 8305)."""


class TcpTransport:
    """Connections to a host and port; the files of its TLS are read once, before the first of them.

    Raises EndpointUnusable where it would be in plain text, beyond this machine, and nobody has allowed that.
    """

    comes_back = False
    few = False
    far = False

    def __init__(self, endpoint: Endpoint) -> None:
        try:
            self._address = read_tcp_address(endpoint.url)
        except ValueError as why:
            raise EndpointUnusable(f"{endpoint.source} names {endpoint.url}, which is none: {why}") from why
        if endpoint.is_open and not endpoint.may_be_plain:
            raise _refused(endpoint)
        self._endpoint = endpoint
        self._tls = endpoint.encrypted_by
        self._context = bare_context(self._tls) if self._tls is not None else None
        self._filled = self._tls is None
        self._filling = asyncio.Lock()
        host = self._address.netloc(tls=self._tls is not None)
        self._port = int(host.rpartition(":")[2])
        self.origin = f"{'http' if self._tls is None else 'https'}://{host}{self._address.path}"

    async def ready(self) -> None:
        async with self._filling:
            if not self._filled and self._context is not None and self._tls is not None:
                await asyncio.to_thread(fill, self._context, self._tls, self._endpoint)
                self._filled = True

    def connector(self) -> aiohttp.BaseConnector:
        return aiohttp.TCPConnector(
            limit=0,
            limit_per_host=0,
            ssl=True if self._context is None else self._context,
            happy_eyeballs_delay=SECOND_ADDRESS_SECONDS,
        )

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._address.host
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await _open(host, self._port, self._context, host if self._context else None)
        # One that is silent for hours, as a shell may be, is forgotten by whoever stands between.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return reader, writer

    async def dial(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Not through the engine, which forwards nothing: `tui.engine.reach` says to which address."""
        return await _open(address, port, tls, name)

    def fault(self) -> EngineError | None:
        return None

    async def close(self) -> None:
        pass


async def _open(
    host: str, port: int, tls: ssl.SSLContext | None, name: str | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        host,
        port,
        limit=RAW_BUFFER,
        ssl=tls,
        server_hostname=name,
        ssl_shutdown_timeout=SHUTDOWN_SECONDS if tls is not None else None,
        happy_eyeballs_delay=SECOND_ADDRESS_SECONDS,
    )


def _refused(endpoint: Endpoint) -> EndpointUnusable:
    return EndpointUnusable(
        f"{endpoint.source} names {endpoint.url}, which would be spoken to without TLS: everybody on the way "
        "could read what is said, and say what they like",
        f"with TLS: {where_named(endpoint)}; if that network is trusted all the same: "
        f'[engines.NAME] with host = "{endpoint.url}" and allow_plain = true',
    )
