"""The things that a simulated engine holds. Times are nanoseconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
"""A JSON object as the Engine API takes and gives it."""

SECOND = 10**9


FIRST_PORT, PORTS = 49152, 16384
"""Those that an engine chooses from."""


@dataclass(slots=True)
class HealthState:
    """Health of a container that has a check: status, failures in a row, results (newest last)."""

    status: str = "starting"
    streak: int = 0
    log: list[JSON] = field(default_factory=list)


@dataclass(slots=True)
class Container:
    """One container.

    config, host     as given to POST /containers/create, without HostConfig and NetworkingConfig
    networks         network name -> address, "" where it has none
    aliases          network name -> further names there
    unnamed          volumes that were made for it alone: where they are -> name
    chosen           ports of the engine's choice, where one is really listened on: "80/tcp" -> number
    started, ended   0 before the first start, and before the first end
    number           the order of creation, which makes lists stable
    """

    id: str
    number: int
    name: str
    image: str
    image_id: str
    created: int
    config: JSON
    host: JSON
    networks: dict[str, str]
    state: str = "created"
    started: int = 0
    ended: int = 0
    exit_code: int = 0
    error: str = ""
    oom_killed: bool = False
    restarts: int = 0
    pid: int = 0
    health: HealthState | None = None
    changes: list[JSON] = field(default_factory=list)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    unnamed: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, int] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether it has, or is about to have again, a process."""
        return self.state in ("running", "paused", "restarting")

    @property
    def labels(self) -> dict[str, str]:
        labels: dict[str, str] = self.config.get("Labels") or {}
        return labels

    @property
    def tty(self) -> bool:
        return bool(self.config.get("Tty"))

    @property
    def command(self) -> list[str]:
        """Entrypoint and command together, as the engine runs them."""
        return [*(self.config.get("Entrypoint") or ()), *(self.config.get("Cmd") or ())]

    @property
    def restart_policy(self) -> str:
        return str((self.host.get("RestartPolicy") or {}).get("Name") or "no")

    def bindings(self, port: str) -> list[tuple[str, int]]:
        """Where a port ("80/tcp") is published while it runs: address and number; one that was left to the
        engine has one of its choice."""
        asked = (self.host.get("PortBindings") or {}).get(port) or ()
        chosen = self.chosen.get(port) or FIRST_PORT + (self.number * 16 + int(port.split("/")[0])) % PORTS
        return [(one.get("HostIp") or "0.0.0.0", int(one.get("HostPort") or 0) or chosen) for one in asked]

    @property
    def mounts(self) -> list[JSON]:
        """The mounts of named volumes and host folders that its HostConfig asks for."""
        found: list[JSON] = []
        for bind in self.host.get("Binds") or ():
            source, target, *mode = str(bind).split(":")
            named = not source.startswith("/")
            mount: JSON = {
                "Type": "volume" if named else "bind",
                "Source": f"/var/lib/docker/volumes/{source}/_data" if named else source,
                "Destination": target,
                "Mode": mode[0] if mode else "",
                "RW": "ro" not in mode,
                "Propagation": "" if named else "rprivate",
            }
            if named:
                mount |= {"Name": source, "Driver": "local"}
            found.append(mount)
        asked = [mount for mount in self.host.get("Mounts") or () if mount.get("Source")]
        unnamed = [{"Type": "volume", "Source": name, "Target": at} for at, name in self.unnamed.items()]
        return found + [_mounted(mount) for mount in [*asked, *unnamed]]


def _mounted(mount: JSON) -> JSON:
    """A mount of HostConfig.Mounts as the engine tells of it."""
    source, named = str(mount["Source"]), mount["Type"] == "volume"
    found: JSON = {
        "Type": mount["Type"],
        "Source": f"/var/lib/docker/volumes/{source}/_data" if named else source,
        "Destination": str(mount["Target"]),
        "Mode": "z" if named else "",
        "RW": not mount.get("ReadOnly"),
        "Propagation": "" if named else "rprivate",
    }
    return found | ({"Name": source, "Driver": "local"} if named else {})


@dataclass(slots=True)
class HistoryEntry:
    """One entry of an image's history, `created` in seconds since the epoch; `files` are what it brings."""

    created: int
    created_by: str
    size: int
    comment: str = "buildkit.dockerfile.v0"
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Image:
    """One image; `tags` are "repository:tag", `digests` "repository@sha256:...", the oldest first."""

    id: str
    created: int
    history: list[HistoryEntry]
    config: JSON
    tags: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    parent: str = ""
    tagged: int = 0

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.history)

    @property
    def files(self) -> dict[str, bytes]:
        """Its files by their paths, as far as anybody brought any."""
        return {path: held for entry in self.history for path, held in entry.files.items()}

    @property
    def labels(self) -> dict[str, str]:
        labels: dict[str, str] = self.config.get("Labels") or {}
        return labels


@dataclass(slots=True)
class Network:
    """One network; `subnet` is the first two numbers of its addresses, "" without addresses."""

    id: str
    name: str
    driver: str
    created: int
    subnet: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Volume:
    """One named volume of the local driver."""

    name: str
    created: int
    labels: dict[str, str] = field(default_factory=dict)
