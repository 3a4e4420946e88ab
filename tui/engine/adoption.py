"""A container's configuration as an app would say it.

What the image says by itself, and what the engine sets where nothing is asked for, is left out (Engine API,
ContainerInspect and ImageInspect, as of API 1.41).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.creation import NANOSECONDS
from tui.engine.mounted import inside, mounts
from tui.engine.recreation import own_names, restart_text
from tui.model.app import Healthcheck, Port, RunSpec, Ulimit
from tui.model.digest import short_id
from tui.model.drift import FileChange
from tui.model.labels import COMPOSE, OWN
from tui.model.typed import checked

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_SHM = 64 << 20
DEFAULT_PERIOD = 100_000
"""Microseconds in which a quota of processor time is counted."""

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

    run        its words as an app's; every path absolute, no file referred to
    left       what an app has no word for, a sentence each
    unnamed    volume -> where it is mounted: such as have no name of their own, and are named by their ID
    image      what it was created with, as text from outside; `image_id` is what that was then
    names      references "repository:tag" and "repository@sha256:..." of that image now
    removed    whether the engine removes it as soon as it stops (--rm)
    """

    run: RunSpec
    left: tuple[str, ...]
    unnamed: Mapping[str, str]
    image: str
    image_id: str
    names: tuple[str, ...]
    removed: bool


@checked
def adoption(item: Mapping[str, Any], image: Mapping[str, Any], logging_driver: str = "") -> Adoption:
    """From GET /containers/{id}/json and GET /images/{id}/json ({} where the image is gone).

    `logging_driver` is the engine's own.
    """
    run, left = run_spec(item, image.get("Config") or {}, logging_driver)
    found = mounts(item)
    return Adoption(
        run._replace(volumes=found.mounts),
        (*left, *found.left),
        found.unnamed,
        str(item["Config"].get("Image") or ""),
        str(item["Image"]),
        tuple(
            name
            for name in (*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ()))
            if not name.startswith("<none>")
        ),
        bool(item["HostConfig"].get("AutoRemove")),
    )


@checked
def file_change(item: Mapping[str, Any]) -> FileChange:
    """An item of GET /containers/{id}/changes."""
    return FileChange(KINDS[item["Kind"]], str(item["Path"]))


def run_spec(
    item: Mapping[str, Any], image: Mapping[str, Any], logging_driver: str
) -> tuple[RunSpec, tuple[str, ...]]:
    """Everything but what is mounted, and what an app has no word for; `image` is the image's Config."""
    config, host = item["Config"], item["HostConfig"]
    entrypoint, command = _words(config, image)
    networks = _networks(item)
    mode = _mode(host, networks)
    own_host = mode in ("host",) or mode.startswith("container:")
    hostname = str(config.get("Hostname") or "")
    log = host.get("LogConfig") or {}
    driver, options = str(log.get("Type") or ""), dict(log.get("Config") or {})
    if driver == logging_driver and not options:
        driver = ""
    memory = int(host.get("Memory") or 0)
    swap = int(host.get("MemorySwap") or 0)
    grace = config.get("StopTimeout")
    signal = str(config.get("StopSignal") or "")
    profile, security = _security(host)
    run = RunSpec(
        command=command,
        entrypoint=entrypoint,
        environment=_environment(config, image),
        user=_unless(config, image, "User"),
        group_add=tuple(map(str, host.get("GroupAdd") or ())),
        working_dir=_unless(config, image, "WorkingDir"),
        hostname="" if own_host or hostname == short_id(item["Id"]) else hostname,
        ports=() if own_host or mode == "none" else _ports(config, host),
        tmpfs={inside(target): str(options) for target, options in (host.get("Tmpfs") or {}).items()},
        networks={} if mode else networks,
        network_mode=mode,
        dns=tuple(host.get("Dns") or ()),
        extra_hosts=tuple(host.get("ExtraHosts") or ()),
        restart=restart_text(host.get("RestartPolicy") or {}),
        read_only=bool(host.get("ReadonlyRootfs")),
        init=host.get("Init"),
        privileged=bool(host.get("Privileged")),
        cap_add=_capabilities(host.get("CapAdd")),
        cap_drop=_capabilities(host.get("CapDrop")),
        security_opt=security,
        devices=tuple(_device(device) for device in host.get("Devices") or ()),
        sysctls=dict(host.get("Sysctls") or {}),
        ulimits=tuple(
            Ulimit(str(limit["Name"]), int(limit["Soft"]), int(limit["Hard"]))
            for limit in host.get("Ulimits") or ()
        ),
        mem_limit=memory,
        memswap_limit=0 if swap == 2 * memory else swap,  # the engine's own choice
        mem_reservation=int(host.get("MemoryReservation") or 0),
        shm_size=_other_than(host.get("ShmSize"), DEFAULT_SHM),
        cpus=_cpus(host),
        cpu_shares=int(host.get("CpuShares") or 0),
        cpuset=str(host.get("CpusetCpus") or ""),
        pids_limit=int(host.get("PidsLimit") or 0),
        oom_score_adj=int(host.get("OomScoreAdj") or 0),
        healthcheck=_healthcheck(config.get("Healthcheck") or {}, image.get("Healthcheck") or {}),
        stop_grace_period=None if grace is None else float(grace),
        stop_signal="" if signal in (image.get("StopSignal"), "SIGTERM") else signal,
        logging_driver=driver,
        logging_options=options,
        labels={
            name: value
            for name, value in (config.get("Labels") or {}).items()
            if not name.startswith((OWN, COMPOSE)) and (image.get("Labels") or {}).get(name) != value
        },
    )
    return run, (*_unsaid(item), *profile)


def _unless(config: Mapping[str, Any], image: Mapping[str, Any], key: str) -> str:
    """A text, "" where the image says it as well."""
    text = str(config.get(key) or "")
    return "" if text == (image.get(key) or "") else text


def _other_than(value: Any, default: int) -> int:
    return 0 if value == default else int(value or 0)


def _words(
    config: Mapping[str, Any], image: Mapping[str, Any]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Entrypoint and command. An entrypoint that is given takes the image's command away."""
    entrypoint, command = tuple(config.get("Entrypoint") or ()), tuple(config.get("Cmd") or ())
    of_image, its_command = tuple(image.get("Entrypoint") or ()), tuple(image.get("Cmd") or ())
    if entrypoint == of_image and (command or not its_command):
        return None, None if command == its_command else command
    return entrypoint, command or None


def _environment(config: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, str | None]:
    """What the image does not say. One that is only named is one of its own that is taken away: an app has no
    word for that, and None would mean that it is passed on."""
    known = {*(image.get("Env") or ())}
    found: dict[str, str | None] = {}
    for entry in config.get("Env") or ():
        name, sign, value = entry.partition("=")
        if sign and entry not in known:
            found[name] = value
    return found


def _ports(config: Mapping[str, Any], host: Mapping[str, Any]) -> tuple[Port, ...]:
    found = []
    bound = host.get("PortBindings") or {}
    for port, bindings in bound.items():
        target, _, protocol = port.partition("/")
        found += [
            Port(
                int(target),
                str(binding.get("HostPort") or ""),
                str(binding.get("HostIp") or ""),
                protocol or "tcp",
            )
            for binding in bindings or ()
        ]
    if host.get("PublishAllPorts"):
        others = [port.partition("/") for port in config.get("ExposedPorts") or () if port not in bound]
        found += [Port(int(target), protocol=protocol or "tcp") for target, _, protocol in others]
    return tuple(found)


def _networks(item: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Networks with its aliases there, its own first; {} where it is only in the engine's default one."""
    ends = (item.get("NetworkSettings") or {}).get("Networks") or {}
    found = {
        name: tuple(alias for alias in (end.get("Aliases") or ()) if alias not in own_names(item))
        for name, end in ends.items()
    }
    if set(found) <= {"bridge", "default", "host", "none"}:
        return {}
    mode = str(item["HostConfig"].get("NetworkMode") or "default")
    first = "bridge" if mode == "default" else mode
    return {name: found[name] for name in sorted(found, key=lambda name: name != first)}


def _mode(host: Mapping[str, Any], networks: Mapping[str, tuple[str, ...]]) -> str:
    mode = str(host.get("NetworkMode") or "")
    if mode in ("host", "none") or mode.startswith("container:"):
        return "" if networks else mode
    return ""


def _capabilities(names: Any) -> tuple[str, ...]:
    return tuple(str(name).removeprefix("CAP_") for name in names or ())


def _device(device: Mapping[str, str]) -> str:
    source, target = device["PathOnHost"], device.get("PathInContainer") or device["PathOnHost"]
    permissions = device.get("CgroupPermissions") or "rwm"
    if permissions == "rwm":
        return source if target == source else f"{source}:{target}"
    return f"{source}:{target}:{permissions}"


def _cpus(host: Mapping[str, Any]) -> float:
    if nano := host.get("NanoCpus"):
        return float(nano / NANOSECONDS)
    quota = host.get("CpuQuota") or 0
    return float(quota / (host.get("CpuPeriod") or DEFAULT_PERIOD)) if quota > 0 else 0.0


def _security(host: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is left out, and the options. The engine has a profile's text, an app the name of its file."""
    left, options = [], []
    for option in host.get("SecurityOpt") or ():
        if "{" in option:
            left.append(
                "its seccomp profile: save it as a file, and name that in security_opt "
                '("seccomp=profile.json"), before the next deploy'
            )
        elif not (host.get("Privileged") and option.replace(":", "=") == "label=disable"):
            options.append(option)
    bare = host.get("MaskedPaths") == [] and host.get("ReadonlyPaths") == []
    if bare and not host.get("Privileged"):
        options.append("systempaths=unconfined")
    return tuple(left), tuple(options)


def _healthcheck(check: Mapping[str, Any], of_image: Mapping[str, Any]) -> Healthcheck | None:
    """Only what the image does not say; None where that is nothing."""

    def own(key: str) -> Any:
        return None if check.get(key) == of_image.get(key) else check.get(key)

    found = Healthcheck(
        tuple(own("Test") or ()),
        (own("Interval") or 0) / NANOSECONDS,
        (own("Timeout") or 0) / NANOSECONDS,
        (own("StartPeriod") or 0) / NANOSECONDS,
        own("Retries") or 0,
    )
    return None if found == Healthcheck() else found


def _unsaid(item: Mapping[str, Any]) -> list[str]:
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
    return list(dict.fromkeys(left))
