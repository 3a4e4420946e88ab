"""One container as the engine tells of it, read from GET /containers/{id}/json in one go.

Its attributes in an app's words are `attributes.read_run`; `tui.engine.descriptions` shows the answer itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.container.attributes import restart_text
from tui.engine.container.creation import Creation
from tui.engine.container.mounts import inside, is_unnamed
from tui.engine.container.networking import OWN as OWN_NETWORKS
from tui.engine.container.networking import aliases
from tui.engine.timestamps import seconds
from tui.model.container import NO_HEALTHCHECK, RESTARTING, is_running
from tui.model.digest import short_id
from tui.model.labels import OWN
from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.container.attribute import Json

OUTPUT_LINES = 3
"""Lines kept of what a health check said."""


class ContainerState(NamedTuple):
    """How a container is.

    status         one of model.container.STATES
    since          when that began, seconds since the epoch, None where the engine does not say
    exit_code      of the last exit, 0 before the first one
    restart_count  how often the engine started it again by its restart policy
    health         one of model.container.HEALTHS
    failed_check   what the last health check said, a line each, named so; nothing where it passed
    started        when it was started last, as the engine writes it: it changes with each start
    error          why it could not be started
    """

    status: str
    since: float | None
    exit_code: int
    oom_killed: bool
    restart_count: int
    health: str
    failed_check: tuple[str, ...]
    started: str
    error: str

    @property
    def running(self) -> bool:
        """As that of a `Container`: whether it has a live process, or is between two starts."""
        return is_running(self.status)

    @property
    def steady(self) -> bool:
        """Whether its process runs now: it is not between two starts."""
        return self.running and self.status != RESTARTING


class Inspected(NamedTuple):
    """One container.

    name       without the engine's leading slash
    image      what it was created with, as text from outside; `image_id` is what that meant then
    created    seconds since the epoch, whole ones
    restart    its restart policy: "no", "always", "unless-stopped", "on-failure" or "on-failure:N"
    networks   names, with its aliases there
    addresses  network -> its address there
    published  port ("80/tcp") -> (host address, port) each, IPv4 first
    mounts     paths in the container that it can write, and the volume or folder that is mounted there
    mounted    all paths in the container where something is mounted
    volumes    those of them with a volume that has no name of its own, and the name that the engine chose
    removed    whether the engine removes it as soon as it stops (--rm)
    tty        whether it has a terminal: its output comes without frames
    creation   how to create one just like it
    """

    id: str
    name: str
    image: str
    image_id: str
    created: float
    state: ContainerState
    labels: Mapping[str, str]
    restart: str
    networks: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, str]
    published: Mapping[str, tuple[tuple[str, int], ...]]
    mounts: Mapping[str, str]
    mounted: tuple[str, ...]
    volumes: Mapping[str, str]
    creation: Creation
    removed: bool = False
    tty: bool = False

    @property
    def running(self) -> bool:
        """As that of its state."""
        return self.state.running

    @property
    def health(self) -> str:
        """As that of its state."""
        return self.state.health

    @property
    def release_labels(self) -> Mapping[str, str]:
        """The labels that Holdfast gives, by which a release tells what it is."""
        return {name: value for name, value in self.labels.items() if name.startswith(OWN)}


@checked
def inspected(item: Json) -> Inspected:
    """GET /containers/{id}/json; raises as `payloads` says."""
    config, host = item["Config"], item["HostConfig"]
    network, mounts = item.get("NetworkSettings") or {}, item.get("Mounts") or ()
    return Inspected(
        id=item["Id"],
        name=item["Name"].removeprefix("/"),
        image=str(config.get("Image") or ""),
        image_id=item["Image"],
        created=_created(item),
        state=_state(item),
        labels=dict(config.get("Labels") or {}),
        restart=restart_text(host.get("RestartPolicy") or {}),
        networks=aliases(item),
        addresses={
            name: end.get("IPAddress") or end.get("GlobalIPv6Address") or ""
            for name, end in (network.get("Networks") or {}).items()
        },
        published={port: _bindings(ends) for port, ends in (network.get("Ports") or {}).items() if ends},
        mounts={
            str(mount.get("Destination")): str(mount.get("Name") or mount.get("Source") or "")
            for mount in mounts
            if mount.get("RW")
        },
        mounted=tuple(
            sorted({*(str(mount.get("Destination")) for mount in mounts), *(host.get("Tmpfs") or ())})
        ),
        volumes={
            inside(mount["Destination"]): str(mount["Name"])
            for mount in mounts
            if mount.get("Type") == "volume" and is_unnamed(str(mount.get("Name") or ""))
        },
        creation=_creation(item),
        removed=bool(host.get("AutoRemove")),
        tty=bool(config.get("Tty")),
    )


def _created(item: Json) -> float:
    return float(int(seconds(item["Created"]) or 0))


def _state(item: Json) -> ContainerState:
    state = item["State"]
    status = state["Status"]
    if status in ("running", "paused"):
        since = seconds(state["StartedAt"])
    elif status == "created":
        since = _created(item)
    else:
        since = seconds(state["FinishedAt"])
    return ContainerState(
        status=status,
        since=since,
        exit_code=int(state["ExitCode"]),
        oom_killed=bool(state.get("OOMKilled")),
        restart_count=int(item.get("RestartCount") or 0),
        health=_health(item),
        failed_check=_failed_check((state.get("Health") or {}).get("Log") or ()),
        started=state["StartedAt"],
        error=state.get("Error") or "",
    )


def _health(item: Json) -> str:
    """What its health check says; a container that has one and was just started is "starting" already."""
    state = item["State"]
    test = (item["Config"].get("Healthcheck") or {}).get("Test") or ()
    told = str((state.get("Health") or state.get("Healthcheck") or {}).get("Status") or NO_HEALTHCHECK)
    if test and test[0] == "NONE":
        return NO_HEALTHCHECK
    return "starting" if test and told == NO_HEALTHCHECK and is_running(state["Status"]) else told


def _failed_check(log: Any) -> tuple[str, ...]:
    """What the last health check said, where it failed: one that passed explains nothing."""
    last = log[-1] if log else None
    if last is None or not last["ExitCode"]:
        return ()
    words = str(last.get("Output") or "").strip().split("\n")[-OUTPUT_LINES:]
    return (f"its last health check failed with exit code {last['ExitCode']}: {words[0]}", *words[1:])


def _bindings(entries: Any) -> tuple[tuple[str, int], ...]:
    read = [(str(entry.get("HostIp") or ""), int(entry["HostPort"])) for entry in entries]
    return tuple(sorted(read, key=lambda binding: ":" in binding[0]))


def _creation(item: Json) -> Creation:
    """The exact source of a container's configuration while it is there."""
    host, networks = item["HostConfig"], aliases(item)
    body: dict[str, Any] = {key: value for key, value in item["Config"].items() if value not in (None, "")}
    if body.get("Hostname") == short_id(item["Id"]):
        del body["Hostname"]  # the engine's own choice: the next one gets its own
    body["HostConfig"] = dict(host)
    mode = str(host.get("NetworkMode") or "default")
    first = mode if mode in networks else next(iter(networks), "") if mode == "default" else ""
    if first and first not in OWN_NETWORKS:
        body["NetworkingConfig"] = {"EndpointsConfig": {first: {"Aliases": [*networks[first]]}}}
    others = ("bridge", "host", "none")
    later = {name: given for name, given in networks.items() if name not in (first, *others)}
    return Creation(body, later)
