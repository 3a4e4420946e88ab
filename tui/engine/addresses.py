"""Which networks a host is in, as the engine decides whether a registry needs TLS."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tui.engine.endpoint import is_tcp
from tui.model.tcp_address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.endpoint import Endpoint
    from tui.model.engine import EngineInfo

LOOPBACK = ("127.0.0.0/8", "::1/128")

LOOKUP_SECONDS = 5.0


async def without_tls(host: str, info: EngineInfo) -> bool:
    """Whether an engine speaks to a registry without TLS where it has to, as configured for it.

    That is what its "insecure-registries" name, and every registry on the loopback.
    """
    if host in info.registries:
        return not info.registries[host]
    return await within(host, [*info.without_tls, *LOOPBACK])


def away(host: str, endpoint: Endpoint | None) -> str:
    """Why a registry that an engine pushes to is not asked from here, "" where it can be.

    One on the loopback is that of the engine's host: what answers there on this machine is another. By ssh it
    is reached all the same (`is_beyond`).
    """
    if endpoint is None or not is_tcp(endpoint.url) or endpoint.is_on_loopback or not _is_near(host):
        return ""
    return (
        f"the registry {host} is on the loopback of the engine's own host ({endpoint.url}): it cannot be "
        "asked from here, only through the engine"
    )


def is_beyond(host: str, endpoint: Endpoint | None) -> bool:
    """Whether a registry is on the loopback of an engine's host that ssh reaches: it is reached so, too."""
    return endpoint is not None and endpoint.url.startswith("ssh://") and _is_near(host)


def is_elsewhere(host: str, endpoint: Endpoint | None) -> bool:
    """Whether a registry is on a loopback that is not this machine's."""
    return bool(away(host, endpoint)) or is_beyond(host, endpoint)


def _is_near(host: str) -> bool:
    """Whether a registry is on a loopback, of whichever host."""
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


async def within(host: str, networks: Iterable[str]) -> bool:
    """Whether one of the addresses of a host ("name", "name:port", "[::1]:port") is in one of the networks.

    A name that has no address, or not in time, is in none.
    """
    known = []
    for network in networks:
        try:
            known.append(ipaddress.ip_network(network, strict=False))
        except ValueError:
            continue  # a kind of network that only a newer engine knows
    return any(address in network for address in await _addresses(host) for network in known)


async def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return []
    try:
        return [ipaddress.ip_address(name)]
    except ValueError:
        pass
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(name, None)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]
