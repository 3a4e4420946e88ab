"""What a failure to reach a host by TCP means, in sentences with a remedy."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from tui.engine.errors import ConnectionFailed, EngineError, EngineSilent, EngineStopping
from tui.http_client import aiohttp
from tui.model.tcp_address import read_tcp_address

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint


def tcp_error(error: Exception, endpoint: Endpoint) -> EngineError | None:
    """Of an endpoint of tcp; None for what means the same everywhere."""
    where = f"{endpoint.url} ({endpoint.source})"
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        host = read_tcp_address(endpoint.url).host
        return ConnectionFailed(
            f"the host {host} of {where} is not known here", f"is the name right? getent hosts {host}"
        )
    if isinstance(error, TimeoutError | aiohttp.ServerTimeoutError):
        return EngineSilent(
            f"the engine at {where} did not answer in time", "it may be down, or a firewall in the way"
        )
    match error.errno if isinstance(error, OSError) else None:
        case errno.ECONNREFUSED:
            return ConnectionFailed(
                f"nothing listens at {where}",
                "is dockerd started there with -H tcp://..., and is that its port? 2376 is usual with TLS, "
                "2375 without",
            )
        case errno.EHOSTUNREACH | errno.ENETUNREACH | errno.EHOSTDOWN:
            return ConnectionFailed(f"no way leads from here to {where}", "is its network, or a VPN, up?")
        case errno.EACCES | errno.EPERM:
            return ConnectionFailed(f"a firewall forbids the way from here to {where}")
        case errno.ECONNRESET | errno.EPIPE:
            return _closed(endpoint)
    return _closed(endpoint) if isinstance(error, aiohttp.ServerDisconnectedError) else None


def _closed(endpoint: Endpoint) -> EngineStopping:
    """Go's TLS, which dockerd has, often hangs up on a client that it does not take without a word of why."""
    tls, hint = endpoint.encrypted_by, ""
    if tls is not None:
        lacks = "it does not take the certificate" if tls.cert else "it wants a certificate of this client"
        hint = f"; or {lacks} {tls.cert}" if tls.cert else f"; or {lacks}, and none is named"
    where = f"{endpoint.url} ({endpoint.source})"
    return EngineStopping(
        f"the engine at {where} closed the connection without an answer", f"it stops or restarts{hint}"
    )
