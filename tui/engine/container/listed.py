"""An item of GET /containers/json: the first thing that is read of an engine.

Imported before the first paint: nothing here is heavy. Strings that repeat over many objects are interned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.container import HEALTHS, Container, Port
from tui.model.typed import checked, typed

if TYPE_CHECKING:
    from tui.model.uses import Uses

Json = Mapping[str, Any]

NO_LABELS: Mapping[str, str] = {}

_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,
    "year": 31536000,
}


class _Status(NamedTuple):
    """What the words of `Status` tell: the exit code, the health, and seconds since the state began."""

    exit_code: int | None
    health: str
    ago: float | None


@lru_cache(4096)
def _read_status(status: str) -> _Status:
    """Read "Up 2 hours (healthy)", "Exited (137) About a minute ago", "Created" and their like."""
    words = status.replace("(", " (").replace(")", ") ").split()
    exit_code = ago = None
    health = "none"
    number = 1.0
    for word in words:
        inner = word.strip("()")
        if word.startswith("(") and inner.lstrip("-").isdigit():
            exit_code = int(inner)
        elif inner in HEALTHS and word.endswith(")"):
            health = intern(inner)
        elif word.isdigit():
            number = float(word)
        elif ago is None and (unit := _UNITS.get(word.removesuffix("s"))):
            ago = number * unit
    if status.startswith("Up Less than") or ") Less than" in status:
        ago = 0.0
    return _Status(exit_code, health, ago)


@checked
def container_listed(item: Json, now: float) -> Container:
    """An item of GET /containers/json; `now`, in seconds since the epoch, dates "2 hours ago".

    `since` is exact for a container that was only created, and rounded to the engine's words otherwise.
    """
    state = intern(item["State"])
    status = _read_status(item.get("Status") or "")
    created = float(item["Created"])
    since = None if status.ago is None else now - status.ago
    labels = item.get("Labels")
    ports = item.get("Ports")
    return Container(
        id=item["Id"],
        name=_name(item.get("Names") or ()),
        image=intern(item["Image"]),
        image_id=intern(item["ImageID"]),
        command=intern(item.get("Command") or ""),
        created=created,
        state=state,
        health=status.health,
        exit_code=status.exit_code,
        since=created if state == "created" else since,
        exact=state == "created",
        ports=_ports(ports) if ports else (),
        labels=interned(labels) if labels else NO_LABELS,
    )


def container_uses(item: Json) -> Uses:
    """What the container of an item of GET /containers/json holds on to."""
    from tui.model.uses import Uses

    joined = (item.get("NetworkSettings") or {}).get("Networks") or {}
    return typed(
        Uses(
            container=_name(item.get("Names") or ()),
            running=item["State"] in ("running", "paused", "restarting"),
            volumes=tuple(
                mount["Name"] for mount in item.get("Mounts") or () if mount.get("Type") == "volume"
            ),
            networks=tuple((one or {}).get("NetworkID") or name for name, one in joined.items()),
        )
    )


def _name(names: Iterable[str]) -> str:
    """The container's own name; the others ("/web/database") are what links call it."""
    own = ""
    for name in names:
        own = name.removeprefix("/")
        if "/" not in own:
            break
    return own


def interned(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Labels of whatever object, each text kept once."""
    return {intern(key): intern(value) for key, value in labels.items()}


def _order(port: Port) -> tuple[int, int, str, str]:
    return port.private, port.public or 0, port.protocol, port.ip


def _ports(ports: Iterable[Json]) -> tuple[Port, ...]:
    read = {
        Port(
            intern(port.get("IP", "")),
            port["PrivatePort"],
            port.get("PublicPort") or None,
            intern(port["Type"]),
        )
        for port in ports
    }
    return tuple(sorted(read, key=_order))
