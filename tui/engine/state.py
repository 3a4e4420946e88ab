"""How a container is now, in full (Engine API, ContainerInspect): what a gate looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTPUT_LINES = 20
"""Lines kept of each output of a health check."""


class ContainerState(NamedTuple):
    """The state of one container.

    name           without the engine's leading slash
    status         one of model.container.STATES
    running        whether its process runs and is not between two starts
    exit_code      of the last exit, 0 before the first one
    restart_count  how often the engine started it again by its restart policy
    health         "" without a health check, else "starting", "healthy" or "unhealthy"
    health_log     what the last health checks said, oldest first, a line each
    started        when it was started last, as the engine writes it: it changes with each start
    error          why it could not be started
    addresses      network -> its address there
    published      port ("80/tcp") -> (host address, port) each, IPv4 first
    """

    name: str
    status: str
    running: bool
    exit_code: int
    oom_killed: bool
    restart_count: int
    health: str
    health_log: tuple[str, ...]
    started: str
    error: str
    addresses: Mapping[str, str]
    published: Mapping[str, tuple[tuple[str, int], ...]]


@checked
def container_state(item: Mapping[str, Any]) -> ContainerState:
    """GET /containers/{id}/json, as `payloads` reads it."""
    state, network = item["State"], item["NetworkSettings"]
    check = (item["Config"].get("Healthcheck") or {}).get("Test") or ()
    found = state.get("Health") or {}
    health = found.get("Status") or "starting"
    return ContainerState(
        item["Name"].removeprefix("/"),
        state["Status"],
        bool(state["Running"]) and not state.get("Restarting"),
        int(state["ExitCode"]),
        bool(state.get("OOMKilled")),
        int(item.get("RestartCount") or 0),
        "" if not check or check[0] == "NONE" or health == "none" else health,
        _outputs(found.get("Log") or ()),
        state["StartedAt"],
        state.get("Error") or "",
        {
            name: one["IPAddress"] or one.get("GlobalIPv6Address") or ""
            for name, one in (network.get("Networks") or {}).items()
        },
        {port: _bindings(entries) for port, entries in (network.get("Ports") or {}).items() if entries},
    )


def _outputs(log: Any) -> tuple[str, ...]:
    lines: list[str] = []
    for entry in log:
        words = str(entry.get("Output") or "").strip().split("\n")[-OUTPUT_LINES:]
        lines += [f"exit code {entry['ExitCode']}: {words[0]}", *words[1:]]
    return tuple(lines)


def _bindings(entries: Any) -> tuple[tuple[str, int], ...]:
    read = [(str(entry.get("HostIp") or ""), int(entry["HostPort"])) for entry in entries]
    return tuple(sorted(read, key=lambda binding: ":" in binding[0]))
