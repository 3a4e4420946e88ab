"""From the Engine API's JSON to values (https://docs.docker.com/reference/api/engine/version/v1.51/).

Docker's keys stand in `tui.engine` alone: here, in `container` and in `descriptions`. The functions take what
the JSON decoder made; where it is not as the API says they raise KeyError, TypeError, ValueError or
AttributeError (see `error_mapping.readable`).
Strings that repeat over many objects are interned.
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING

from tui.engine.container.listed import NO_LABELS, interned
from tui.engine.timestamps import seconds
from tui.model.engine import EngineInfo, EngineVersion, Usage
from tui.model.event import Event
from tui.model.image import Image, ImageConfig
from tui.model.sample import Sample
from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.container.listed import Json


@checked
def image_listed(item: Json) -> Image:
    """An item of GET /images/json."""
    return Image(
        id=item["Id"],
        tags=tuple(tag for tag in item["RepoTags"] or () if tag != "<none>:<none>"),
        digests=tuple(digest for digest in item["RepoDigests"] or () if digest != "<none>@<none>"),
        created=max(0.0, float(item["Created"])),
        size=item["Size"],
        labels=interned(item["Labels"] or {}) or NO_LABELS,
    )


@checked
def image_config(item: Json) -> ImageConfig:
    """GET /images/{name}/json."""
    config = item.get("Config") or {}
    test = (config.get("Healthcheck") or {}).get("Test") or ("NONE",)
    return ImageConfig(
        id=item["Id"],
        tags=tuple(tag for tag in item.get("RepoTags") or () if tag != "<none>:<none>"),
        digests=tuple(digest for digest in item.get("RepoDigests") or () if digest != "<none>@<none>"),
        created=max(0.0, seconds(item.get("Created") or "") or 0.0),
        size=item["Size"],
        os=item.get("Os") or "",
        architecture=item.get("Architecture") or "",
        variant=item.get("Variant") or "",
        labels=interned(config.get("Labels") or {}),
        volumes=tuple(sorted(config.get("Volumes") or ())),
        ports=tuple(sorted(config.get("ExposedPorts") or ())),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        cmd=tuple(config.get("Cmd") or ()),
        env=tuple(config.get("Env") or ()),
        has_healthcheck=test[0] != "NONE",
        user=config.get("User") or "",
        stop_signal=config.get("StopSignal") or "",
        layers=tuple((item.get("RootFS") or {}).get("Layers") or ()),
    )


def distributed_digest(answer: Json) -> str:
    """GET /distribution/{name}/json: the digest that the registry has."""
    return str(answer["Descriptor"]["digest"])


def removed_names(items: Iterable[Json] | None) -> list[str]:
    """What DELETE /images/{name} says went: references, then IDs."""
    names = [item.get("Untagged") or item.get("Deleted") for item in items or ()]
    return [str(name) for name in names if name]


@checked
def event(item: Json) -> Event:
    """A message of GET /events."""
    actor = item.get("Actor") or {}
    nano = item.get("timeNano")
    return Event(
        kind=intern(item.get("Type", "")),
        action=intern(item.get("Action", "")),
        id=actor.get("ID", ""),
        attributes=actor.get("Attributes") or NO_LABELS,
        time=nano / 1_000_000_000 if nano else float(item.get("time") or 0),
    )


@checked
def version(answer: Json, server: str, api: str) -> EngineVersion:
    """GET /version; `server` is the answer's header of that name, `api` the version that will be spoken."""
    return EngineVersion(
        product="Podman" if server.startswith("Libpod/") else "Docker Engine",
        version=answer["Version"],
        api=api,
        os=answer.get("Os", ""),
        arch=answer.get("Arch", ""),
    )


@checked
def sample(item: Json) -> Sample:
    """A message of GET /containers/{id}/stats, as the docker command line computes it.

    CPU: the container's share of the host's processor time between two readings, times the processors.
    Memory: usage less the inactive page cache, which cgroup v1 and v2 name differently.
    """
    memory = item.get("memory_stats") or {}
    used = memory.get("usage") or 0
    parts = memory.get("stats") or {}
    inactive = parts.get("total_inactive_file", parts.get("inactive_file")) or 0
    networks = (item.get("networks") or {}).values()
    read = written = 0
    for entry in (item.get("blkio_stats") or {}).get("io_service_bytes_recursive") or ():
        match entry["op"].lower():
            case "read":
                read += entry["value"]
            case "write":
                written += entry["value"]
    return Sample(
        cpu=_cpu(item.get("cpu_stats") or {}, item.get("precpu_stats") or {}),
        memory=used - inactive if inactive < used else used,
        memory_limit=memory.get("limit") or 0,
        rx=sum(network["rx_bytes"] for network in networks),
        tx=sum(network["tx_bytes"] for network in networks),
        read=read,
        write=written,
        pids=(item.get("pids_stats") or {}).get("current") or 0,
    )


def _cpu(now: Json, before: Json) -> float | None:
    host_now, host_before = now.get("system_cpu_usage"), before.get("system_cpu_usage")
    if not host_now or not host_before:
        return None
    usage = now["cpu_usage"]
    host = host_now - host_before
    used = usage["total_usage"] - before["cpu_usage"]["total_usage"]
    if host <= 0 or used < 0:
        return 0.0
    processors = now.get("online_cpus") or len(usage.get("percpu_usage") or ()) or 1
    return float(used / host * processors * 100)


@checked
def info(answer: Json) -> EngineInfo:
    """GET /info."""
    now = seconds(answer["SystemTime"])
    if now is None:
        raise ValueError(answer["SystemTime"])
    registries = answer.get("RegistryConfig") or {}
    return EngineInfo(
        id=answer["ID"],
        name=answer.get("Name") or "",
        time=now,
        storage_driver=answer.get("Driver") or "",
        folder=answer.get("DockerRootDir") or "",
        logging_driver=answer.get("LoggingDriver") or "",
        registries={
            host: bool(one["Secure"]) for host, one in (registries.get("IndexConfigs") or {}).items()
        },
        without_tls=tuple(registries.get("InsecureRegistryCIDRs") or ()),
        containers=int(answer.get("Containers") or 0),
        running=int(answer.get("ContainersRunning") or 0),
    )


def usage(answer: Json) -> Usage:
    """GET /system/df: what comes free where one image, or one volume, is removed."""
    return Usage(
        {
            item["Id"]: max(0, int(item["Size"]) - max(0, int(item.get("SharedSize") or 0)))
            for item in answer.get("Images") or ()
        },
        {
            item["Name"]: max(0, int((item.get("UsageData") or {}).get("Size") or 0))
            for item in answer.get("Volumes") or ()
        },
    )


def exec_created(answer: Json) -> str:
    """POST /containers/{id}/exec: the process's ID."""
    return str(answer["Id"])


def exec_ended(answer: Json) -> int | None:
    """GET /exec/{id}/json: the exit code, None while it runs."""
    return None if answer["Running"] else int(answer["ExitCode"] or 0)
