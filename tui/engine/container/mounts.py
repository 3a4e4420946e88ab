"""What is mounted in a container, there and back (Engine API, ContainerCreate and ContainerInspect)."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.container.attribute import Attribute
from tui.model.app import Mount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.container.attribute import Expected, Json, ReadBack
    from tui.model.app import RunSpec

PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
ID_LENGTH = 64

OPTIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "bind": ("BindOptions", {"propagation": "Propagation"}),
    "volume": ("VolumeOptions", {"nocopy": "NoCopy", "subpath": "Subpath"}),
    "tmpfs": ("TmpfsOptions", {"size": "SizeBytes", "mode": "Mode"}),
}
"""By kind of a mount: the engine's section of its options, and what Compose and the engine call each."""

CREATE_FOLDER = "create_host_path"
"""Compose's name for making a folder of the host that is missing."""


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


def mounts(item: Json) -> Mounted:
    """From GET /containers/{id}/json. A volume without a name gets its ID for one: the files are in there."""
    host = item["HostConfig"]
    there = {inside(mount["Destination"]): mount for mount in item.get("Mounts") or ()}
    found: dict[str, Mount] = {}
    left = []
    for bind in host.get("Binds") or ():
        mount = _bind(bind)
        found[mount.target] = mount
    for entry in host.get("Mounts") or ():
        if entry.get("Type") not in OPTIONS:
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


def _asked(run: RunSpec) -> Json:
    """Volumes, bind mounts and tmpfs, with the options of the Compose Specification.

    Only the older form, "source:target:options", makes a folder of the host that is missing, and relabels for
    SELinux.
    """
    older = {mount.target for mount in run.volumes if mount.source and _needs_older(mount)}
    return {
        "HostConfig": {
            "Binds": [_asked_bind(mount) for mount in run.volumes if mount.target in older],
            "Mounts": [_asked_mount(mount) for mount in run.volumes if mount.target not in older],
        }
    }


def _needs_older(mount: Mount) -> bool:
    return bool(mount.options.get("selinux") or (mount.kind == "bind" and mount.options.get(CREATE_FOLDER)))


def _asked_bind(mount: Mount) -> str:
    words = [
        "ro" if mount.read_only else "",
        mount.options.get("propagation"),
        mount.options.get("selinux"),
        "nocopy" if mount.options.get("nocopy") else "",
    ]
    options = ",".join(str(word) for word in words if word)
    return ":".join(part for part in (mount.source, mount.target, options) if part)


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
            kind="bind",
            source=inside(source),
            target=inside(target),
            read_only="ro" in words,
            options={CREATE_FOLDER: True, **options},
        )
    return Mount(
        kind="volume", source=source, target=inside(target), read_only="ro" in words, options=options
    )


def _asked_mount(mount: Mount) -> dict[str, Any]:
    entry: dict[str, Any] = {"Type": mount.kind, "Target": mount.target}
    if mount.source:
        entry["Source"] = mount.source
    if mount.read_only:
        entry["ReadOnly"] = True
    section, names = OPTIONS.get(mount.kind, ("", {}))
    if options := {theirs: mount.options[ours] for ours, theirs in names.items() if ours in mount.options}:
        entry[section] = options
    return entry


def _mount(entry: Json) -> Mount:
    kind = str(entry["Type"])
    options: dict[str, str | int | bool] = {}
    for section, names in OPTIONS.values():
        given = entry.get(section) or {}
        options |= {ours: given[theirs] for ours, theirs in names.items() if given.get(theirs)}
        if section == "BindOptions" and given.get("CreateMountpoint"):
            options[CREATE_FOLDER] = given["CreateMountpoint"]
    source = str(entry.get("Source") or "")
    return Mount(
        kind=kind,
        source=inside(source) if kind == "bind" else source,
        target=inside(entry["Target"]),
        read_only=bool(entry.get("ReadOnly")),
        options=options,
    )


def _same(has: ReadBack, should: ReadBack, wanted: Expected) -> bool:
    """By target; a volume without a name counts by its ID only where the app names it so.

    One where the image declares a volume is mounted whether it is asked for or not.
    """
    named = {mount.source for mount in wanted.run.volumes}
    declared = {inside(path) for one in (has, should) for path in one.config.get("Volumes") or ()}
    own = declared - {mount.target for mount in wanted.run.volumes}

    def that_count(source: ReadBack) -> dict[str, Mount]:
        found = mounts(source.item)
        kept = {}
        for mount in found.mounts:
            nameless = mount.source in found.unnamed and mount.source not in named
            if nameless and mount.target in found.undeclared | own:
                continue  # the image's own
            kept[mount.target] = mount._replace(source="") if nameless else mount
        return kept

    return that_count(has) == that_count(should)


def _tmpfs(source: ReadBack) -> dict[str, str]:
    return {inside(target): str(options) for target, options in (source.host.get("Tmpfs") or {}).items()}


VOLUMES = Attribute("volumes", _asked, lambda source: mounts(source.item).mounts, _same)
TMPFS = Attribute("tmpfs", lambda run: {"HostConfig": {"Tmpfs": dict(run.tmpfs)}}, _tmpfs)
