"""What is mounted in a container, as an app would say it (Engine API, ContainerInspect)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.app import Mount

if TYPE_CHECKING:
    from collections.abc import Mapping

PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
KINDS = ("bind", "volume", "tmpfs")
ID_LENGTH = 64


class Mounted(NamedTuple):
    """What is mounted.

    unnamed      volume -> where: such as the engine made without a name, and named by their ID
    undeclared   where something is mounted that was not asked for, but by the image
    left         what an app has no word for
    """

    mounts: tuple[Mount, ...]
    unnamed: Mapping[str, str]
    undeclared: frozenset[str]
    left: tuple[str, ...]


def mounts(item: Mapping[str, Any]) -> Mounted:
    """From GET /containers/{id}/json. A volume without a name gets its ID for one: the files are in there."""
    host = item["HostConfig"]
    there = {inside(mount["Destination"]): mount for mount in item.get("Mounts") or ()}
    found: dict[str, Mount] = {}
    left = []
    for bind in host.get("Binds") or ():
        mount = _bind(bind)
        found[mount.target] = mount
    for entry in host.get("Mounts") or ():
        if entry.get("Type") not in KINDS:
            left.append(f"a mount of the kind {entry.get('Type')} at {entry.get('Target')}")
            continue
        mount = _mount(entry)
        found[mount.target] = mount
    tmpfs = {inside(target) for target in host.get("Tmpfs") or ()}
    undeclared = frozenset(there.keys() - found.keys() - tmpfs)
    unnamed: dict[str, str] = {}
    for target, one in sorted(there.items()):  # the engine tells them in any order
        if target in tmpfs:
            continue
        name = str(one.get("Name") or "")
        if target in undeclared and one.get("Type") in ("bind", "volume"):
            source = name if one["Type"] == "volume" else inside(one["Source"])
            found[target] = Mount(one["Type"], source, target, not one.get("RW"))
        elif target in found and found[target].kind == "volume" and not found[target].source:
            found[target] = found[target]._replace(source=name)
        if one.get("Type") == "volume" and is_unnamed(name):
            unnamed[name] = target
    return Mounted(tuple(found.values()), unnamed, undeclared, tuple(left))


def inside(path: str) -> str:
    """A path as a configuration names it: no "/" at its end."""
    return "/" + posixpath.normpath(path).lstrip("/")


def is_unnamed(name: str) -> bool:
    """Whether a volume's name is one that the engine chose."""
    return len(name) == ID_LENGTH and not name.strip("0123456789abcdef")


def _bind(text: str) -> Mount:
    """From "SOURCE:TARGET[:OPTIONS]": a missing folder is made, as this form always does."""
    source, target, *rest = text.split(":", 2)
    words = rest[0].split(",") if rest else []
    options: dict[str, str | int | bool] = {}
    for word in words:
        if word in ("z", "Z"):
            options["selinux"] = word
        elif word == "nocopy":
            options["nocopy"] = True
        elif word in PROPAGATIONS:
            options["propagation"] = word
    if source.startswith("/"):
        return Mount(
            "bind", inside(source), inside(target), "ro" in words, {"create_host_path": True, **options}
        )
    return Mount("volume", source, inside(target), "ro" in words, options)


def _mount(entry: Mapping[str, Any]) -> Mount:
    kind = str(entry["Type"])
    options: dict[str, str | int | bool] = {}
    known = {
        "BindOptions": {"Propagation": "propagation", "CreateMountpoint": "create_host_path"},
        "VolumeOptions": {"NoCopy": "nocopy", "Subpath": "subpath"},
        "TmpfsOptions": {"SizeBytes": "size", "Mode": "mode"},
    }
    for section, keys in known.items():
        given = entry.get(section) or {}
        options |= {ours: given[theirs] for theirs, ours in keys.items() if given.get(theirs)}
    source = str(entry.get("Source") or "")
    return Mount(
        kind,
        inside(source) if kind == "bind" else source,
        inside(entry["Target"]),
        bool(entry.get("ReadOnly")),
        options,
    )
