"""A container's configuration as an app would say it, and what an app has no word for.

Engine API, ContainerInspect and ImageInspect, as of API 1.41.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.container.attribute import ReadBack
from tui.engine.container.attributes import profiles, read_run
from tui.engine.container.inspected import Inspected, inspected
from tui.engine.container.mounts import mounts
from tui.model.app import RunSpec  # noqa: TC001  # what is read is checked by it
from tui.model.drift import FileChange
from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.container.attribute import Json

UNSAID: Mapping[str, tuple[tuple[str, str, tuple[Any, ...]], ...]] = {
    "Config": (
        ("Tty", "a terminal (tty)", ()),
        ("OpenStdin", "an open standard input", ()),
        ("Domainname", "a domain name", ()),
        ("MacAddress", "a MAC address", ()),
    ),
    "HostConfig": (
        ("Links", "links to other containers", ()),
        ("DnsOptions", "dns options", ()),
        ("DnsSearch", "dns search domains", ()),
        ("PidMode", "the process namespace of another", ()),
        ("UTSMode", "the host name of the host", ()),
        ("UsernsMode", "a user namespace mode", ()),
        ("IpcMode", "an ipc mode", ("private", "shareable")),
        ("Runtime", "another runtime", ("runc", "io.containerd.runc.v2")),
        ("CgroupParent", "a parent cgroup", ()),
        ("DeviceCgroupRules", "rules for devices", ()),
        ("DeviceRequests", "requests for devices such as GPUs", ()),
        ("VolumeDriver", "a volume driver", ("local",)),
        ("OomKillDisable", "that it is never killed for its memory", ()),
        ("MemorySwappiness", "a swappiness", (-1,)),
        ("CpusetMems", "memory nodes", ()),
        ("CpuRealtimePeriod", "real-time processor time", ()),
        ("CpuRealtimeRuntime", "real-time processor time", ()),
        ("BlkioWeight", "a weight of disk access", ()),
        ("BlkioWeightDevice", "limits of disk access", ()),
        ("BlkioDeviceReadBps", "limits of disk access", ()),
        ("BlkioDeviceWriteBps", "limits of disk access", ()),
        ("BlkioDeviceReadIOps", "limits of disk access", ()),
        ("BlkioDeviceWriteIOps", "limits of disk access", ()),
        ("StorageOpt", "options of its storage", ()),
        ("Annotations", "annotations", ()),
    ),
}
"""What an app has no word for: the engine's key, what it is, and values that mean nothing was asked for."""

KINDS = ("changed", "added", "deleted")
"""What happened to a file, by the engine's numbers."""


class Adoption(NamedTuple):
    """A container's configuration.

    container  the container
    run        its words as an app's; every path absolute, no file referred to
    left       what an app has no word for, a sentence each
    unnamed    volume -> where it is mounted: such as have no name of their own, and are named by their ID
    names      references "repository:tag" and "repository@sha256:..." of its image now
    """

    container: Inspected
    run: RunSpec
    left: tuple[str, ...]
    unnamed: Mapping[str, str]
    names: tuple[str, ...]


@checked
def adoption(item: Json, image: Json, logging_driver: str = "") -> Adoption:
    """From GET /containers/{id}/json and GET /images/{id}/json ({} where the image is gone).

    `logging_driver` is the engine's own.
    """
    source = ReadBack(item, image.get("Config") or {}, logging_driver)
    found = mounts(item)
    return Adoption(
        container=inspected(item),
        run=read_run(source),
        left=(*_unsaid(item), *found.left),
        unnamed=found.unnamed,
        names=tuple(
            name
            for name in (*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ()))
            if not name.startswith("<none>")
        ),
    )


@checked
def file_change(item: Json) -> FileChange:
    """An item of GET /containers/{id}/changes."""
    return FileChange(KINDS[item["Kind"]], str(item["Path"]))


def _unsaid(item: Json) -> list[str]:
    """What an app has no word for."""
    left = [
        what
        for section, keys in UNSAID.items()
        for key, what, nothing in keys
        if (value := item[section].get(key)) and value not in nothing
    ]
    for name, end in ((item.get("NetworkSettings") or {}).get("Networks") or {}).items():
        if any(((end or {}).get("IPAMConfig") or {}).values()):
            left.append(f"its fixed address in the network {name}")
    if (item["Config"].get("Healthcheck") or {}).get("StartInterval"):
        left.append("the start interval of its health check")
    away = [entry for entry in item["Config"].get("Env") or () if "=" not in entry]
    left += [f"that the variable {name} of its image is taken away" for name in away]
    left += [
        'its seccomp profile: save it as a file, and name that in security_opt ("seccomp=profile.json"), '
        "before the next deploy"
        for _ in profiles(item["HostConfig"])
    ]
    return list(dict.fromkeys(left))
