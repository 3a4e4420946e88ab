"""Which transport an endpoint's kind has: apart from `tui.engine.transport`, which all of them stand on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.endpoint import is_tcp
from tui.engine.errors import EndpointUnusable
from tui.engine.transport import UnixTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tui.engine.endpoint import Endpoint
    from tui.engine.transport import Transport


@asynccontextmanager
async def kept(endpoint: Endpoint) -> AsyncIterator[None]:
    """Meanwhile the way to an endpoint stays, whoever uses it and lets it go: making it again takes long."""
    if not endpoint.url.startswith("ssh://"):
        yield
        return
    way = transport_for(endpoint)
    try:
        yield
    finally:
        await way.close()


@asynccontextmanager
async def reached(endpoint: Endpoint) -> AsyncIterator[None]:
    """As `kept`, and the way is there. Raises EngineError.

    Making it may take much longer than an answer, and has bounds of its own: whoever has a limit for an
    answer begins to count inside.
    """
    if not endpoint.url.startswith("ssh://"):
        yield
        return
    way = transport_for(endpoint)
    try:
        await way.ready()
        yield
    finally:
        await way.close()


@asynccontextmanager
async def ports_of(endpoint: Endpoint) -> AsyncIterator[Callable[[str, int], Awaitable[str]]]:
    """Of an endpoint by ssh: gives the path of a socket here behind which a port of its host is.

    What it gives raises EngineError where the host is not reached, or lets no ports be forwarded.
    """
    from tui.engine.ssh.transport import SshTransport

    way = SshTransport(endpoint)
    try:
        yield way.port
    finally:
        await way.close()


def is_reached(endpoint: Endpoint) -> bool:
    """Whether the way to an endpoint is there, or takes no time to be made."""
    if not endpoint.url.startswith("ssh://"):
        return True
    from tui.engine.ssh.transport import SshTransport

    return SshTransport.is_up(endpoint)


def transport_for(endpoint: Endpoint) -> Transport:
    """The transport of an endpoint's kind; raises EndpointUnusable for a kind that is not spoken.

    A kind is imported where it is used: most endpoints are sockets.
    """
    if endpoint.socket_path:
        return UnixTransport(endpoint.socket_path)
    if is_tcp(endpoint.url):
        from tui.engine.tcp import TcpTransport

        return TcpTransport(endpoint)
    kind = endpoint.url.partition("://")[0]
    if kind == "ssh":
        from tui.engine.ssh.transport import SshTransport  # seldom needed, and not for nothing

        return SshTransport(endpoint)
    raise EndpointUnusable(
        f"{endpoint.source} names {endpoint.url}, and {kind} endpoints are not supported yet",
        "name a unix socket: --host unix:///var/run/docker.sock",
    )
