"""Volumes without a name of their own, as one container of an app hands them to its next.

Engine API, ContainerCreate, as of API 1.41. Docker Compose does the same when it makes a container anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.container.mounts import inside, is_unnamed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.engine.container.creation import Creation


def unnamed_targets(creation: Creation, declared: Iterable[str], named: Collection[str]) -> list[str]:
    """Where a container created so gets a volume without a name.

    declared   paths that its image declares to be volumes
    named      volumes that are asked for by name: one may be named by its ID
    """
    body = creation.body
    host = body.get("HostConfig") or {}
    wanted = {inside(path) for path in (*declared, *(body.get("Volumes") or ()))}
    taken = {inside(path) for path in host.get("Tmpfs") or ()}
    for bind in host.get("Binds") or ():
        taken.add(inside(bind.split(":")[1]))
    for entry in host.get("Mounts") or ():
        (wanted if _is_open(entry, named) else taken).add(inside(entry["Target"]))
    return sorted(wanted - taken)


def with_volumes(
    creation: Creation, targets: Iterable[str], given: Mapping[str, str], labels: Mapping[str, str]
) -> Creation:
    """The same with what `given` has for these targets; the engine makes labelled volumes for the others."""
    body = dict(creation.body)
    host = dict(body.get("HostConfig") or {})
    entries = {inside(entry["Target"]): entry for entry in host.get("Mounts") or ()}
    entries |= {target: _entry(entries.get(target), target, given.get(target), labels) for target in targets}
    if entries:
        host["Mounts"] = [*entries.values()]
        body["HostConfig"] = host
    return creation._replace(body=body)


def _is_open(entry: Mapping[str, Any], named: Collection[str]) -> bool:
    source = str(entry.get("Source") or "")
    return entry.get("Type") == "volume" and (not source or (is_unnamed(source) and source not in named))


def _entry(
    before: Mapping[str, Any] | None, target: str, volume: str | None, labels: Mapping[str, str]
) -> dict[str, Any]:
    entry = {key: value for key, value in (before or {"Type": "volume"}).items() if key != "Source"}
    entry["Target"] = target
    options = {key: value for key, value in (entry.get("VolumeOptions") or {}).items() if key != "Labels"}
    if volume:
        entry["Source"] = volume
    else:
        options["Labels"] = dict(labels)
    entry["VolumeOptions"] = options
    return entry
