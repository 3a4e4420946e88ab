"""Where a port that the engine's host publishes is reached, by the way that the engine is reached. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.endpoint import is_tcp
from tui.model.tcp_address import is_loopback, read_tcp_address

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint

EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
"""What stands for all addresses of a host -> that of its loopback."""


def forwards(endpoint: Endpoint) -> bool:
    """Whether all that the engine's host reaches can be reached by the way to it: its loopback, its bridges.

    A socket is on this machine, or forwarded by somebody who knows; ssh forwards; a tcp endpoint on the
    loopback is taken for a socket. Another one is a port, and nothing else.
    """
    return not is_tcp(endpoint.url) or endpoint.is_on_loopback


def dialled(endpoint: Endpoint, address: str) -> str:
    """Which address to dial for what is published on an address of the engine's host; "" where none helps."""
    if forwards(endpoint):
        return EVERYWHERE.get(address, address)
    if address in EVERYWHERE:
        return read_tcp_address(endpoint.url).host
    return "" if is_loopback(address) else address
