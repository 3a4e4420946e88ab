"""What is asked of the engine to create a container (Engine API, ContainerCreate, as of API 1.41).

The same options of the docker command line make the same container.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.env_files import read_env_file
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.interpolation import NotATemplate, Required, interpolate, required

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.model.app import Healthcheck, Mount, Port, RunSpec

NANOSECONDS = 1_000_000_000

_EMPTY_MEANS = frozenset(("Entrypoint", "Init", "StopTimeout", "MaskedPaths", "ReadonlyPaths"))
"""What means something else when it is empty than when it is left out, as an empty entrypoint does."""


class ProfileUnusable(HoldfastError):
    """A seccomp profile cannot be read, or is no JSON."""

    exit_status = 2


class Creation(NamedTuple):
    """How to create a container.

    body    of POST /containers/create
    later   networks that it is connected to once it is created, with its aliases there: engines before API
            1.44 take only one with the body
    """

    body: dict[str, Any]
    later: Mapping[str, tuple[str, ...]]


class VariableUnset(HoldfastError):
    """A variable that is to be passed on is not set here."""

    exit_status = 2


async def resolved(run: RunSpec, environ: Mapping[str, str] = os.environ) -> RunSpec:
    """The same with nothing left to read here: env_file, variables without a value, seccomp profiles.

    Raises EnvFileUnusable, VariableUnset and ProfileUnusable.
    """
    return await asyncio.to_thread(_resolve, run, environ)


async def resolved_apart(run: RunSpec) -> RunSpec:
    """As `resolved`, with nothing from the environment of this process: what would be passed on has no value.

    Raises EnvFileUnusable and ProfileUnusable.
    """
    said = {name: value for name, value in run.environment.items() if value is not None}
    found = await resolved(run._replace(environment=said, interpolated={}), {})
    unset = {name: None for name in (*run.environment, *run.interpolated) if name not in said}
    return found._replace(environment={**unset, **found.environment})


def _resolve(run: RunSpec, environ: Mapping[str, str]) -> RunSpec:
    return run._replace(
        environment=merged_environment(run, environ),
        interpolated={},
        env_file=(),
        security_opt=tuple(_security_option(option) for option in run.security_opt),
    )


def merged_environment(run: RunSpec, environ: Mapping[str, str]) -> dict[str, str | None]:
    """`env_file` in their order, then `environment`; the last of a name counts. Blocks.

    A variable without a value gets the one that it has in `environ`, and has to have one there: what is
    silently missing shows only when it is needed. Raises EnvFileUnusable and VariableUnset.
    """
    outside = {**{name: value for name, value in run.environment.items() if value is not None}, **environ}
    from_files: dict[str, str] = {}
    for path in run.env_file:
        from_files = read_env_file(path, outside, from_files)
    merged: dict[str, str | None] = {**from_files}
    for name, value in run.environment.items():
        merged[name] = _passed_on(name, environ) if value is None else value
    for name, text in run.interpolated.items():
        merged[name] = _filled_in(name, text, environ)
    return merged


def missing_values(run: RunSpec, environ: Mapping[str, str]) -> list[HoldfastError]:
    """Everything for which `merged_environment` would end: files, and variables that are not set. Blocks."""
    found: list[HoldfastError] = []
    said = {name: value for name, value in run.environment.items() if value is not None}
    known: dict[str, str] = {}
    for path in run.env_file:
        try:
            known = read_env_file(path, {**said, **environ}, known)
        except HoldfastError as error:
            found.append(error)
    nothing = run._replace(env_file=(), environment={}, interpolated={})
    single = [nothing._replace(environment={name: None}) for name in run.environment if name not in said]
    single += [nothing._replace(interpolated={name: text}) for name, text in run.interpolated.items()]
    for one in single:
        try:
            merged_environment(one, environ)
        except HoldfastError as error:
            found.append(error)
    return found


def _passed_on(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise VariableUnset(
            f"environment: {name} is to be passed on, and is not set here",
            f"export {name}=..., or give it a default: {name}=${{{name}:-default}}",
        )
    return environ[name]


def _filled_in(name: str, text: str, environ: Mapping[str, str]) -> str:
    try:
        return interpolate(text, environ.get, required)
    except (Required, NotATemplate) as error:
        raise VariableUnset(
            f"environment: {name} cannot be filled in: {error}",
            f"export it, or give it a default: {name}=${{{name}:-default}}",
        ) from None


def _security_option(option: str) -> str:
    """With the profile itself in the place of its path, as the engine takes it."""
    name, mark, path = option.partition("=")
    if not mark:
        name, mark, path = option.partition(":")
    if name != "seccomp" or path in ("unconfined", "builtin") or path.startswith("{"):
        return f"{name}={path}" if mark else option
    try:
        profile = json.loads(read_file(path))
    except OSError as error:
        raise ProfileUnusable(f"{path}: the seccomp profile cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ProfileUnusable(f"{path}: the seccomp profile is not JSON") from error
    return f"{name}={json.dumps(profile, separators=(',', ':'))}"


def create_body(
    image: str,
    run: RunSpec,
    *,
    environment: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    ports: Sequence[Port] | None = None,
    networks: Mapping[str, tuple[str, ...]] | None = None,
    restart: str | None = None,
) -> Creation:
    """How to create a container of an image (ID or reference) from a `resolved` RunSpec.

    environment, labels   beyond those of `run`; they win
    ports                 in the place of those of `run`; likewise networks (network_mode too) and restart

    What is not set is left out: then the image's or the engine's own value counts. The engine has no way to
    take an image's command away without an entrypoint: an empty `command` means the image's.
    """
    published = run.ports if ports is None else ports
    mode = run.network_mode if networks is None else ""
    chosen = run.networks if networks is None else networks
    first = next(iter(chosen), "") if not mode else ""
    body: dict[str, Any] = {
        "Image": image,
        "Cmd": _words(run.command),
        "Entrypoint": _words(run.entrypoint),
        "Env": [
            name if value is None else f"{name}={value}"
            for name, value in {**run.environment, **(environment or {})}.items()
        ],
        "User": run.user,
        "WorkingDir": run.working_dir,
        "Hostname": run.hostname,
        "ExposedPorts": {_port(port): {} for port in published},
        "Healthcheck": None if run.healthcheck is None else _healthcheck(run.healthcheck),
        "StopTimeout": None if run.stop_grace_period is None else math.ceil(run.stop_grace_period),
        "StopSignal": run.stop_signal,
        "Labels": {**run.labels, **(labels or {})},
        "HostConfig": {
            **_storage(run.volumes),
            **_limits(run),
            **_rights(run),
            "Tmpfs": dict(run.tmpfs),
            "PortBindings": _bindings(published),
            "NetworkMode": mode or first or "default",
            "Dns": [*run.dns],
            "ExtraHosts": [entry.replace("=", ":", 1) for entry in run.extra_hosts],
            "RestartPolicy": restart_policy(run.restart if restart is None else restart),
            "Init": run.init,
            "LogConfig": {"Type": run.logging_driver, "Config": dict(run.logging_options)}
            if run.logging_driver or run.logging_options
            else None,
        },
    }
    if first:
        body["NetworkingConfig"] = {"EndpointsConfig": {first: {"Aliases": [*chosen[first]]}}}
    later = {name: aliases for name, aliases in chosen.items() if first and name != first}
    return Creation(_given(body), later)


def _given(tree: dict[str, Any]) -> dict[str, Any]:
    """Without what is not set."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        inner = _given(value) if key == "HostConfig" else value
        if inner or (inner is not None and key in _EMPTY_MEANS):
            kept[key] = inner
    return kept


def _words(words: Iterable[str] | None) -> list[str] | None:
    return None if words is None else [*words]


def _port(port: Port) -> str:
    return f"{port.target}/{port.protocol}"


def _bindings(ports: Sequence[Port]) -> dict[str, list[dict[str, str]]]:
    """What is published where; a port may be published several times."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        entry = {"HostIp": port.host_ip, "HostPort": port.published}
        bindings.setdefault(_port(port), []).append(entry)
    return bindings


def _healthcheck(check: Healthcheck) -> dict[str, Any]:
    """Durations in nanoseconds; 0, as an empty test, means: as the image says."""
    durations = {
        "Interval": check.interval,
        "Timeout": check.timeout,
        "StartPeriod": check.start_period,
    }
    wanted: dict[str, Any] = {name: round(value * NANOSECONDS) for name, value in durations.items() if value}
    if check.test:
        wanted["Test"] = [*check.test]
    if check.retries:
        wanted["Retries"] = check.retries
    return wanted


def restart_policy(text: str) -> dict[str, Any]:
    """What the engine takes for "no", "always", "unless-stopped", "on-failure" or "on-failure:N"."""
    name, _, most = text.partition(":")
    return {"Name": name, "MaximumRetryCount": int(most)} if most else {"Name": name}


def _storage(volumes: Sequence[Mount]) -> dict[str, Any]:
    """Volumes, bind mounts and tmpfs, with the options of the Compose Specification.

    Only the older form, "source:target:options", makes a folder of the host that is missing
    (create_host_path), and relabels for SELinux.
    """
    older = {mount.target for mount in volumes if mount.source and _needs_older(mount)}
    return {
        "Binds": [_bind(mount) for mount in volumes if mount.target in older],
        "Mounts": [_mount(mount) for mount in volumes if mount.target not in older],
    }


def _needs_older(mount: Mount) -> bool:
    return bool(
        mount.options.get("selinux") or (mount.kind == "bind" and mount.options.get("create_host_path"))
    )


def _bind(mount: Mount) -> str:
    words = [
        "ro" if mount.read_only else "",
        mount.options.get("propagation"),
        mount.options.get("selinux"),
        "nocopy" if mount.options.get("nocopy") else "",
    ]
    options = ",".join(str(word) for word in words if word)
    return ":".join(part for part in (mount.source, mount.target, options) if part)


def _mount(mount: Mount) -> dict[str, Any]:
    entry: dict[str, Any] = {"Type": mount.kind, "Target": mount.target}
    if mount.source:
        entry["Source"] = mount.source
    if mount.read_only:
        entry["ReadOnly"] = True
    known = {
        "bind": ("BindOptions", {"propagation": "Propagation"}),
        "volume": ("VolumeOptions", {"nocopy": "NoCopy", "subpath": "Subpath"}),
        "tmpfs": ("TmpfsOptions", {"size": "SizeBytes", "mode": "Mode"}),
    }
    section, keys = known.get(mount.kind, ("", {}))
    if options := {theirs: mount.options[ours] for ours, theirs in keys.items() if ours in mount.options}:
        entry[section] = options
    return entry


def _limits(run: RunSpec) -> dict[str, Any]:
    return {
        "Memory": run.mem_limit,
        "MemorySwap": run.memswap_limit,
        "MemoryReservation": run.mem_reservation,
        "ShmSize": run.shm_size,
        "NanoCpus": round(run.cpus * NANOSECONDS),
        "CpuShares": run.cpu_shares,
        "CpusetCpus": run.cpuset,
        "PidsLimit": run.pids_limit,
        "OomScoreAdj": run.oom_score_adj,
        "Ulimits": [{"Name": limit.name, "Soft": limit.soft, "Hard": limit.hard} for limit in run.ulimits],
        "Sysctls": dict(run.sysctls),
    }


def _rights(run: RunSpec) -> dict[str, Any]:
    bare = "systempaths=unconfined" in run.security_opt
    return {
        "GroupAdd": [*run.group_add],
        "ReadonlyRootfs": run.read_only,
        "Privileged": run.privileged,
        "CapAdd": _capabilities(run.cap_add),
        "CapDrop": _capabilities(run.cap_drop),
        "SecurityOpt": [option for option in run.security_opt if option != "systempaths=unconfined"],
        "MaskedPaths": [] if bare else None,
        "ReadonlyPaths": [] if bare else None,
        "Devices": [_device(device) for device in run.devices],
    }


def _capabilities(names: Iterable[str]) -> list[str]:
    """In the engine's own spelling: "CAP_NET_ADMIN", "ALL"."""
    capital = {name.upper() for name in names}
    return sorted(name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in capital)


def _device(text: str) -> dict[str, str]:
    """From "SOURCE[:TARGET][:PERMISSIONS]"."""
    source, *others = text.split(":")
    target, permissions = source, "rwm"
    for word in others:
        if word and set(word) <= set("rwm"):
            permissions = word
        else:
            target = word
    return {"PathOnHost": source, "PathInContainer": target, "CgroupPermissions": permissions}
