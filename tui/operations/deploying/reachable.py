"""Where a port of a container is reached from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.operations.deploying.gate import NotReady

if TYPE_CHECKING:
    from tui.engine.client import Engine


async def reachable(engine: Engine, container: str, port: int) -> tuple[str, int]:
    """Where a port of a container is reached from here: published, else its own address on this machine.

    Raises NotReady where it is at neither.
    """
    found = await engine.containers.inspect(container)
    for host, number in found.published.get(f"{port}/tcp", ()):
        local = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
        return local.get(host, host), number
    if "host" in found.addresses:
        return "127.0.0.1", port
    for address in found.addresses.values():
        if address:
            return address, port
    raise NotReady(
        f"port {port} of {found.name}, which its probe asks, cannot be reached from here: "
        "it is not published, and the container has no address",
        "publish it (ports), connect the container to a network, or probe with a command (exec)",
    )
