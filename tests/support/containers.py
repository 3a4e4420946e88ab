"""A container as an engine tells of it, for tests without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.container.inspected import inspected

if TYPE_CHECKING:
    from tui.engine.container.inspected import Inspected

INSPECTED: dict[str, Any] = {
    "Id": "ab" * 32,
    "Created": "2027-01-03T18:13:20.123456789Z",
    "Path": "nginx",
    "Args": ["-g", "daemon off;"],
    "Name": "/web",
    "Image": "sha256:" + "cd" * 32,
    "State": {
        "Status": "running",
        "ExitCode": 0,
        "StartedAt": "2027-01-15T05:59:12.25Z",
        "FinishedAt": "0001-01-01T00:00:00Z",
        "Health": {"Status": "healthy", "FailingStreak": 0, "Log": []},
    },
    "Config": {"Image": "nginx:1.25", "Labels": {"com.docker.compose.project": "shop"}, "Tty": False},
    "HostConfig": {"NetworkMode": "bridge"},
    "NetworkSettings": {
        "Ports": {
            "80/tcp": [{"HostIp": "::", "HostPort": "8080"}, {"HostIp": "0.0.0.0", "HostPort": "8080"}],
            "443/tcp": None,
        }
    },
}
"""GET /containers/{id}/json of one that runs."""


def inspected_container(
    id: str = "ab" * 32, name: str = "web", *, image: str = "nginx:1.25", image_id: str = "", **state: Any
) -> Inspected:
    """One in this state, whose keys are those of the engine's `State`."""
    told = {**INSPECTED, "Id": id, "Name": f"/{name}", "Image": image_id or INSPECTED["Image"]}
    told["State"] = {**INSPECTED["State"], **state}
    told["Config"] = {**INSPECTED["Config"], "Image": image}
    return inspected(told)
