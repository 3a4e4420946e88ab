"""A container as it can be made again: the exact source of a release's configuration while it is there.

Engine API, ContainerInspect and ContainerCreate, as of API 1.41.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.creation import Creation
from tui.engine.mounted import inside, is_unnamed
from tui.model.digest import short_id
from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kept(NamedTuple):
    """One container, looked at for what it was made of.

    image      what it was created with, as text; image_id is what that meant then
    restart    its restart policy: "no", "always", "unless-stopped", "on-failure" or "on-failure:N"
    running    whether its process runs, or is between two starts
    exit_code  of the last exit
    networks   names, with its aliases there
    ports      published ports, "0.0.0.0:8080/tcp" each
    mounts     paths in the container that it can write, and the volume or folder that is mounted there
    creation   how to create one just like it
    mounted    all paths in the container where something is mounted
    volumes    those of them with a volume that has no name of its own, and the name that the engine chose
    """

    id: str
    name: str
    image: str
    image_id: str
    created: str
    restart: str
    running: bool
    exit_code: int
    health: str
    labels: Mapping[str, str]
    networks: Mapping[str, tuple[str, ...]]
    ports: tuple[str, ...]
    mounts: Mapping[str, str]
    creation: Creation
    mounted: tuple[str, ...] = ()
    volumes: Mapping[str, str] = {}


@checked
def kept(item: Mapping[str, Any]) -> Kept:
    """GET /containers/{id}/json, as `payloads` reads it."""
    config, host, state = item["Config"], item["HostConfig"], item["State"]
    id = item["Id"]
    networks = {
        name: tuple(alias for alias in (end.get("Aliases") or ()) if alias not in own_names(item))
        for name, end in ((item.get("NetworkSettings") or {}).get("Networks") or {}).items()
    }
    return Kept(
        id,
        item["Name"].removeprefix("/"),
        str(config.get("Image") or ""),
        item["Image"],
        str(item.get("Created") or ""),
        restart_text(host.get("RestartPolicy") or {}),
        bool(state["Running"] or state.get("Restarting")),
        int(state["ExitCode"]),
        str((state.get("Health") or {}).get("Status") or ""),
        dict(config.get("Labels") or {}),
        networks,
        tuple(_published(host)),
        {
            str(mount.get("Destination")): str(mount.get("Name") or mount.get("Source") or "")
            for mount in item.get("Mounts") or ()
            if mount.get("RW")
        },
        _creation(id, config, host, networks),
        (*(str(mount.get("Destination")) for mount in item.get("Mounts") or ()), *(host.get("Tmpfs") or ())),
        {
            inside(mount["Destination"]): str(mount["Name"])
            for mount in item.get("Mounts") or ()
            if mount.get("Type") == "volume" and is_unnamed(str(mount.get("Name") or ""))
        },
    )


def own_names(item: Mapping[str, Any]) -> tuple[str, str]:
    """Aliases that the engine adds by itself."""
    return short_id(item["Id"]), item["Name"].removeprefix("/")


def _creation(
    id: str, config: Mapping[str, Any], host: Mapping[str, Any], networks: Mapping[str, tuple[str, ...]]
) -> Creation:
    body: dict[str, Any] = {key: value for key, value in config.items() if value not in (None, "")}
    if body.get("Hostname") == short_id(id):
        del body["Hostname"]  # the engine's own choice: the next one gets its own
    body["HostConfig"] = dict(host)
    mode = str(host.get("NetworkMode") or "default")
    first = mode if mode in networks else next(iter(networks), "") if mode == "default" else ""
    if first and first not in ("bridge", "default", "host", "none"):
        body["NetworkingConfig"] = {"EndpointsConfig": {first: {"Aliases": [*networks[first]]}}}
    later = {
        name: aliases
        for name, aliases in networks.items()
        if name != first and name not in ("bridge", "host", "none")
    }
    return Creation(body, later)


def restart_text(policy: Mapping[str, Any]) -> str:
    """A restart policy as Compose writes it."""
    name = policy.get("Name") or "no"
    count = policy.get("MaximumRetryCount") or 0
    return f"{name}:{count}" if name == "on-failure" and count else str(name)


def _published(host: Mapping[str, Any]) -> list[str]:
    return [
        f"{binding.get('HostIp') or '0.0.0.0'}:{binding['HostPort']}/{port.partition('/')[2] or 'tcp'}"
        for port, bindings in (host.get("PortBindings") or {}).items()
        for binding in bindings or ()
        if binding.get("HostPort")
    ]
