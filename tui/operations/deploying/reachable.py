"""Where a port of a container is reached from here: as it is found, or as it can be foreseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.reach import dialled, forwards
from tui.operations.deploying.gate import EXEC, NotReady

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.endpoint import Endpoint
    from tui.model.app import ReadySpec, RunSpec


async def reachable(engine: Engine, container: str, port: int) -> tuple[str, int]:
    """Where a port of a container is dialled: as it is published, else its own address on the engine's host.

    Raises NotReady where it is at neither, or where the way to the engine does not lead there.
    """
    found, endpoint = await engine.containers.inspect(container), engine.endpoint
    published = found.published.get(f"{port}/tcp", ())
    for host, number in published:
        if address := dialled(endpoint, host):
            return address, number
    if "host" in found.addresses:
        return dialled(endpoint, ""), port
    for address in found.addresses.values() if forwards(endpoint) else ():
        if address:
            return address, port
    if forwards(endpoint):
        raise NotReady(
            f"port {port} of {found.name}, which its probe asks, cannot be reached from here: "
            "it is not published, and the container has no address",
            "publish it (ports), connect the container to a network, or probe with a command (exec)",
        )
    why = "is published on the loopback of the engine's host alone" if published else "is not published"
    raise NotReady(
        f"port {port} of {found.name}, which its probe asks, {why}, and {endpoint.url} does not lead there",
        EXEC,
    )


def probed(ready: ReadySpec) -> int:
    """The port that a probe asks, 0 where none does."""
    return ready.tcp or int(ready.http.partition("/")[0] or 0)


def published_within_reach(endpoint: Endpoint, run: RunSpec, port: int) -> str | None:
    """The address of the engine's host that a port will be published on, if that is reached from here.

    "" is all of its addresses, None where there is none.
    """
    for one in run.ports:
        if (one.target, one.protocol) == (port, "tcp") and dialled(endpoint, one.host_ip):
            return one.host_ip
    return None


def out_of_reach(endpoint: Endpoint, ready: ReadySpec, run: RunSpec) -> str:
    """Why the port that a probe asks will not be reached, "" where it will, or where nobody can know."""
    port = probed(ready)
    if not port or forwards(endpoint) or run.network_mode == "host":
        return ""
    if published_within_reach(endpoint, run, port) is not None:
        return ""
    said = f"port {port}, which its probe asks,"
    if any((one.target, one.protocol) == (port, "tcp") for one in run.ports):
        return f"{said} is published on the loopback of the engine's host, where {endpoint.url} does not lead"
    return f"{said} is not published, and {endpoint.url} leads to nothing else on the engine's host"
