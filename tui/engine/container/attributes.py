"""All attributes of a container: what is made of them, read back and compared follows from this table.

The engine's side is ContainerCreate and ContainerInspect of the Engine API, as of API 1.41. A new attribute
is a field of `RunSpec`, a row here, and its key in `tui.settings.run_keys`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.container.attribute import Attribute, as_set, host, host_list, where_asked
from tui.engine.container.inherited import (
    COMMAND,
    ENTRYPOINT,
    ENVIRONMENT,
    HEALTHCHECK,
    LABELS,
    NANOSECONDS,
    STOP_GRACE_PERIOD,
    STOP_SIGNAL,
    USER,
    WORKING_DIR,
)
from tui.engine.container.mounts import TMPFS, VOLUMES
from tui.engine.container.networking import HOSTNAME, NETWORK_MODE, NETWORKS, PORTS
from tui.model.app import RunSpec, Ulimit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.container.attribute import Expected, Json, ReadBack

DEFAULT_SHM = 64 << 20
DEFAULT_PERIOD = 100_000
"""Microseconds in which a quota of processor time is counted."""

_BARE = "systempaths=unconfined"
"""The security option of docker's command line for which the engine has two lists of paths."""


def restart_policy(text: str) -> dict[str, Any]:
    """What the engine takes for "no", "always", "unless-stopped", "on-failure" or "on-failure:N"."""
    name, _, most = text.partition(":")
    return {"Name": name, "MaximumRetryCount": int(most)} if most else {"Name": name}


def restart_text(policy: Mapping[str, Any]) -> str:
    """A restart policy as Compose writes it."""
    name = policy.get("Name") or "no"
    count = policy.get("MaximumRetryCount") or 0
    return f"{name}:{count}" if name == "on-failure" and count else str(name)


def profiles(host: Json) -> tuple[str, ...]:
    """Security options that hold a seccomp profile in full: the engine has its text, an app names a file."""
    return tuple(option for option in host.get("SecurityOpt") or () if "{" in option)


# -- rights


def _asked_security(run: RunSpec) -> Json:
    bare: list[str] | None = [] if _BARE in run.security_opt else None
    options = [option for option in run.security_opt if option != _BARE]
    return {"HostConfig": {"SecurityOpt": options, "MaskedPaths": bare, "ReadonlyPaths": bare}}


def _security(source: ReadBack) -> tuple[str, ...]:
    """Without profiles, and without what a privileged container has besides."""
    host = source.host
    options = [
        option
        for option in host.get("SecurityOpt") or ()
        if "{" not in option and not (host.get("Privileged") and option.replace(":", "=") == "label=disable")
    ]
    bare = host.get("MaskedPaths") == [] and host.get("ReadonlyPaths") == []
    if bare and not host.get("Privileged"):
        options.append(_BARE)
    return tuple(options)


def _capabilities(field: str, key: str) -> Attribute:
    """The engine's own spelling is "CAP_NET_ADMIN", and "ALL"."""

    def ask(run: RunSpec) -> Json:
        capital = {name.upper() for name in getattr(run, field)}
        plain = ("ALL", *(name for name in capital if name.startswith("CAP_")))
        return {"HostConfig": {key: sorted(name if name in plain else f"CAP_{name}" for name in capital)}}

    def read(source: ReadBack) -> tuple[str, ...]:
        return tuple(str(name).removeprefix("CAP_") for name in source.host.get(key) or ())

    return Attribute(field, ask, read, as_set(read))


def _asked_device(text: str) -> dict[str, str]:
    """From "SOURCE[:TARGET][:PERMISSIONS]"."""
    source, *others = text.split(":")
    target, permissions = source, "rwm"
    for word in others:
        if word and set(word) <= set("rwm"):
            permissions = word
        else:
            target = word
    return {"PathOnHost": source, "PathInContainer": target, "CgroupPermissions": permissions}


def _device(device: Mapping[str, str]) -> str:
    source, target = device["PathOnHost"], device.get("PathInContainer") or device["PathOnHost"]
    permissions = device.get("CgroupPermissions") or "rwm"
    if permissions == "rwm":
        return source if target == source else f"{source}:{target}"
    return f"{source}:{target}:{permissions}"


DEVICES = Attribute(
    "devices",
    lambda run: {"HostConfig": {"Devices": [_asked_device(device) for device in run.devices]}},
    lambda source: tuple(_device(device) for device in source.host.get("Devices") or ()),
)


# -- limits


def _ulimits(source: ReadBack) -> tuple[Ulimit, ...]:
    return tuple(
        Ulimit(str(limit["Name"]), int(limit["Soft"]), int(limit["Hard"]))
        for limit in source.host.get("Ulimits") or ()
    )


def _asked_ulimits(run: RunSpec) -> Json:
    limits: Iterable[Ulimit] = run.ulimits
    return {
        "HostConfig": {
            "Ulimits": [{"Name": limit.name, "Soft": limit.soft, "Hard": limit.hard} for limit in limits]
        }
    }


def _swap(source: ReadBack) -> int:
    memory, swap = int(source.host.get("Memory") or 0), int(source.host.get("MemorySwap") or 0)
    return 0 if swap == 2 * memory else swap  # the engine's own choice


def _shm(source: ReadBack) -> int:
    size = source.host.get("ShmSize")
    return 0 if size == DEFAULT_SHM else int(size or 0)


def _cpus(source: ReadBack) -> float:
    host = source.host
    if nano := host.get("NanoCpus"):
        return float(nano / NANOSECONDS)
    quota = host.get("CpuQuota") or 0
    return float(quota / (host.get("CpuPeriod") or DEFAULT_PERIOD)) if quota > 0 else 0.0


# -- logging


def _asked_log(run: RunSpec) -> Json:
    asked = run.logging_driver or run.logging_options
    log = {"Type": run.logging_driver, "Config": dict(run.logging_options)}
    return {"HostConfig": {"LogConfig": log if asked else None}}


def _log_options(source: ReadBack) -> dict[str, str]:
    return dict((source.host.get("LogConfig") or {}).get("Config") or {})


def _log_driver(source: ReadBack) -> str:
    driver = str((source.host.get("LogConfig") or {}).get("Type") or "")
    return "" if driver == source.logging_driver and not _log_options(source) else driver


ATTRIBUTES = (
    COMMAND,
    ENTRYPOINT,
    ENVIRONMENT,
    USER,
    host_list("group_add", "GroupAdd"),
    WORKING_DIR,
    HOSTNAME,
    PORTS,
    VOLUMES,
    TMPFS,
    NETWORKS,
    NETWORK_MODE,
    host_list("dns", "Dns"),
    Attribute(
        "extra_hosts",
        lambda run: {"HostConfig": {"ExtraHosts": [one.replace("=", ":", 1) for one in run.extra_hosts]}},
        lambda source: tuple(source.host.get("ExtraHosts") or ()),
    ),
    Attribute(
        "restart",
        lambda run: {"HostConfig": {"RestartPolicy": restart_policy(run.restart)}},
        lambda source: restart_text(source.host.get("RestartPolicy") or {}),
    ),
    host("read_only", "ReadonlyRootfs", bool),
    Attribute("init", lambda run: {"HostConfig": {"Init": run.init}}, lambda source: source.host.get("Init")),
    host("privileged", "Privileged", bool),
    _capabilities("cap_add", "CapAdd"),
    _capabilities("cap_drop", "CapDrop"),
    Attribute("security_opt", _asked_security, _security),
    DEVICES,
    Attribute(
        "sysctls",
        lambda run: {"HostConfig": {"Sysctls": dict(run.sysctls)}},
        lambda source: dict(source.host.get("Sysctls") or {}),
    ),
    Attribute("ulimits", _asked_ulimits, _ulimits, as_set(_ulimits)),
    host("mem_limit", "Memory", int),
    Attribute("memswap_limit", lambda run: {"HostConfig": {"MemorySwap": run.memswap_limit}}, _swap),
    host("mem_reservation", "MemoryReservation", int),
    Attribute(
        "shm_size", lambda run: {"HostConfig": {"ShmSize": run.shm_size}}, _shm, where_asked("shm_size", _shm)
    ),
    Attribute("cpus", lambda run: {"HostConfig": {"NanoCpus": round(run.cpus * NANOSECONDS)}}, _cpus),
    host("cpu_shares", "CpuShares", int),
    host("cpuset", "CpusetCpus", str),
    host("pids_limit", "PidsLimit", int),
    host("oom_score_adj", "OomScoreAdj", int),
    HEALTHCHECK,
    STOP_GRACE_PERIOD,
    STOP_SIGNAL,
    Attribute("logging_driver", _asked_log, _log_driver, where_asked("logging_driver", _log_driver)),
    Attribute("logging_options", _asked_log, _log_options, where_asked("logging_options", _log_options)),
    LABELS,
)
"""In the order of `RunSpec`."""

READ_BEFORE = ("interpolated", "env_file")
"""Fields that are no attributes: `resolving` makes variables of them."""


def read_run(source: ReadBack) -> RunSpec:
    """A container's run configuration: without what its image and the engine say by themselves.

    Raises KeyError, TypeError, ValueError and AttributeError where the answer is not as the API says.
    """
    return RunSpec(**{one.field: one.from_inspect(source) for one in ATTRIBUTES})


def differing(has: ReadBack, should: ReadBack, wanted: Expected) -> list[str]:
    """The fields in which a container has not what it should have."""
    return [one.field for one in ATTRIBUTES if not one.agrees(has, should, wanted)]
