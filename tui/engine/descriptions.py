"""What inspect says, arranged for reading.

Secrets are masked first, in the whole answer at once, so that no section can forget to. Every key may be
missing: engines and Podman differ, and a section without facts is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tui.model.details import Details, Fact, Layer, Section
from tui.model.secrets import MASK, mask_json
from tui.model.sizes import disk_size, memory_size
from tui.model.typed import checked

PROBES = 3
"""How many of the last health probes are shown."""

Json = Mapping[str, Any]
_Named = Iterable[tuple[str, object]]


@checked
def container(answer: Json) -> Details:
    """GET /containers/{id}/json. Raises as `payloads` says."""
    item = mask_json(answer)
    config, host, state = item["Config"], item.get("HostConfig") or {}, item["State"]
    return Details(
        item["Name"].removeprefix("/"),
        _sections(
            ("Identity", _identity(item, config)),
            ("State", _state(state)),
            ("Health", _health(state.get("Health") or state.get("Healthcheck") or {})),
            ("Command", _command(config)),
            ("Image", (("Reference", config.get("Image")), ("ID", item.get("Image")))),
            ("Network", _network(item.get("NetworkSettings") or {}, host)),
            ("Ports", _ports((item.get("NetworkSettings") or {}).get("Ports") or {}, config)),
            ("Mounts", _mounts(item.get("Mounts") or ())),
            ("Environment", _environment(config)),
            ("Labels", sorted((config.get("Labels") or {}).items())),
            ("Resources", _resources(host)),
            ("Restart policy", _restart(host.get("RestartPolicy") or {}, item.get("RestartCount"))),
            ("Health check", _health_check(config.get("Healthcheck") or {})),
            ("Security", _security(config, host, item)),
            ("Logging", _logging(host.get("LogConfig") or {})),
        ),
        (),
        _raw(item),
    )


@checked
def image(answer: Json, history: Iterable[Json]) -> Details:
    """GET /images/{name}/json and GET /images/{name}/history. Raises as `payloads` says."""
    item = mask_json(answer)
    config = item.get("Config") or {}
    names = [*(item.get("RepoTags") or ()), *(item.get("RepoDigests") or ())]
    return Details(
        names[0] if names else item["Id"],
        _sections(
            ("Identity", _image_identity(item)),
            ("Command", _command(config)),
            ("Ports", ((name, "exposed") for name in sorted(config.get("ExposedPorts") or {}))),
            ("Volumes", ((name, "anonymous unless mounted") for name in sorted(config.get("Volumes") or {}))),
            ("Environment", _environment(config)),
            ("Labels", sorted((config.get("Labels") or {}).items())),
            ("Health check", _health_check(config.get("Healthcheck") or {})),
        ),
        tuple(_layer(mask_json(layer)) for layer in history or ()),
        _raw(item),
    )


@checked
def volume(answer: Json) -> Details:
    """GET /volumes/{name}. Raises as `payloads` says."""
    item = mask_json(answer)
    usage = item.get("UsageData") or {}
    return Details(
        item["Name"],
        _sections(
            (
                "Identity",
                (
                    ("Name", item["Name"]),
                    ("Created", _moment(item.get("CreatedAt"))),
                    ("Driver", item.get("Driver")),
                    ("Scope", item.get("Scope")),
                    ("Mount point", item.get("Mountpoint")),
                    ("Size", _disk(max(0, usage.get("Size") or 0))),
                ),
            ),
            ("Options", sorted((item.get("Options") or {}).items())),
            ("Labels", sorted((item.get("Labels") or {}).items())),
        ),
        (),
        _raw(item),
    )


@checked
def network(answer: Json) -> Details:
    """GET /networks/{id}. Raises as `payloads` says."""
    item = mask_json(answer)
    pools = (item.get("IPAM") or {}).get("Config") or ()
    joined = (item.get("Containers") or {}).values()
    return Details(
        item["Name"],
        _sections(
            (
                "Identity",
                (
                    ("ID", item["Id"]),
                    ("Name", item["Name"]),
                    ("Created", _moment(item.get("Created"))),
                    ("Driver", item.get("Driver")),
                    ("Scope", item.get("Scope")),
                    ("No way outside", item.get("Internal")),
                    ("Attachable", item.get("Attachable")),
                    ("IPv6", item.get("EnableIPv6")),
                ),
            ),
            (
                "Addresses",
                ((pool.get("Subnet") or "?", f"gateway {pool.get('Gateway') or 'none'}") for pool in pools),
            ),
            ("Containers", sorted((one.get("Name") or "?", _addresses(one)) for one in joined)),
            ("Options", sorted((item.get("Options") or {}).items())),
            ("Labels", sorted((item.get("Labels") or {}).items())),
        ),
        (),
        _raw(item),
    )


def _addresses(endpoint: Json) -> str:
    told = (endpoint.get("IPv4Address"), endpoint.get("IPv6Address"), endpoint.get("MacAddress"))
    return "  ".join(filter(None, told)) or "no address"


def _raw(item: Json) -> str:
    return json.dumps(item, indent=2, ensure_ascii=False)


def _layer(item: Json) -> Layer:
    name = item.get("Id") or ""
    return Layer(
        id="" if name == "<missing>" else name,
        created=max(0.0, float(item.get("Created") or 0)),
        size=item.get("Size") or 0,
        command=item.get("CreatedBy") or "",
        comment=item.get("Comment") or "",
        tags=tuple(item.get("Tags") or ()),
    )


def _sections(*titled: tuple[str, _Named]) -> tuple[Section, ...]:
    """Sections of those facts that say something; lists come one entry a line."""
    sections = []
    for title, named in titled:
        facts = tuple(Fact(name, text) for name, value in named if (text := _text(value)))
        if facts:
            sections.append(Section(title, facts))
    return tuple(sections)


def _text(value: object) -> str:
    match value:
        case None | "" | 0 | [] | {}:
            return ""
        case True:
            return "yes"
        case list() | tuple():
            return "\n".join(str(item) for item in value)
        case dict():
            return "\n".join(f"{name}={item}" for name, item in value.items())
        case _:
            return str(value)


def _identity(item: Json, config: Json) -> _Named:
    return (
        ("ID", item["Id"]),
        ("Name", item["Name"].removeprefix("/")),
        ("Created", _moment(item.get("Created"))),
        ("Host name", ".".join(filter(None, (config.get("Hostname"), config.get("Domainname"))))),
        ("Platform", item.get("Platform")),
        ("Storage", item.get("Driver")),
    )


def _image_identity(item: Json) -> _Named:
    platform = filter(None, (item.get("Os"), item.get("Architecture"), item.get("Variant")))
    return (
        ("ID", item["Id"]),
        ("Tags", item.get("RepoTags")),
        ("Digests", item.get("RepoDigests")),
        ("Created", _moment(item.get("Created"))),
        ("Size", _disk(item.get("Size"))),
        ("Platform", "/".join(platform)),
        ("Author", item.get("Author")),
        ("Comment", item.get("Comment")),
        ("Layers", len((item.get("RootFS") or {}).get("Layers") or ())),
    )


def _state(state: Json) -> _Named:
    ended = state.get("Status") not in ("running", "paused", "created")
    return (
        ("Status", state.get("Status")),
        ("Exit code", str(state.get("ExitCode", "")) if ended else ""),
        ("Error", state.get("Error")),
        ("Out of memory", state.get("OOMKilled")),
        ("Started", _moment(state.get("StartedAt"))),
        ("Finished", _moment(state.get("FinishedAt"))),
        ("Process", state.get("Pid")),
    )


def _health(health: Json) -> Iterator[tuple[str, object]]:
    status = health.get("Status")
    if not status or status == "none":
        return
    yield "Status", status
    yield "Failures in a row", health.get("FailingStreak")
    for probe in reversed((health.get("Log") or [])[-PROBES:]):
        output = (probe.get("Output") or "").strip() or "no output"
        yield _moment(probe.get("Start")), f"exit code {probe.get('ExitCode')}: {output}"


def _health_check(check: Json) -> _Named:
    return (
        ("Test", _words(check.get("Test"))),
        ("Interval", _duration(check.get("Interval"))),
        ("Timeout", _duration(check.get("Timeout"))),
        ("Start period", _duration(check.get("StartPeriod"))),
        ("Start interval", _duration(check.get("StartInterval"))),
        ("Retries", check.get("Retries")),
    )


def _command(config: Json) -> _Named:
    return (
        ("Entrypoint", _words(config.get("Entrypoint"))),
        ("Command", _words(config.get("Cmd"))),
        ("Working directory", config.get("WorkingDir")),
        ("User", config.get("User")),
        ("Stop signal", config.get("StopSignal")),
        ("Stop timeout", _duration((config.get("StopTimeout") or 0) * 1_000_000_000)),
        ("Terminal", config.get("Tty")),
    )


def _environment(config: Json) -> Iterator[tuple[str, object]]:
    for entry in sorted(config.get("Env") or ()):
        name, _, value = entry.partition("=")
        yield name, value or "(empty)"


def _network(settings: Json, host: Json) -> Iterator[tuple[str, object]]:
    yield "Mode", host.get("NetworkMode")
    for name, network in sorted((settings.get("Networks") or {}).items()):
        addresses = [network.get("IPAddress"), network.get("GlobalIPv6Address"), network.get("MacAddress")]
        aliases = ", ".join(network.get("Aliases") or ())
        told = [*filter(None, addresses), f"alias {aliases}" if aliases else ""]
        yield name, "  ".join(filter(None, told)) or "no address"
    yield "Name servers", host.get("Dns")
    yield "Extra hosts", host.get("ExtraHosts")


def _ports(ports: Json, config: Json) -> Iterator[tuple[str, object]]:
    for name in sorted({*ports, *(config.get("ExposedPorts") or {})}):
        bindings = [f"{port.get('HostIp', '')}:{port.get('HostPort', '')}" for port in ports.get(name) or ()]
        yield name, bindings or "not published"


def _mounts(mounts: Iterable[Json]) -> Iterator[tuple[str, object]]:
    for mount in mounts:
        source = mount.get("Name") or mount.get("Source") or "memory"
        access = "" if mount.get("RW", True) else ", read only"
        yield mount.get("Destination") or "?", f"{source} ({mount.get('Type') or 'mount'}{access})"


def _resources(host: Json) -> _Named:
    quota, period = host.get("CpuQuota") or 0, host.get("CpuPeriod") or 100_000
    processors = (host.get("NanoCpus") or 0) / 1e9 or (quota / period if quota > 0 else 0)
    ulimits = [
        f"{limit.get('Name')}={limit.get('Soft')}:{limit.get('Hard')}" for limit in host.get("Ulimits") or ()
    ]
    devices = [device.get("PathOnHost") for device in host.get("Devices") or ()]
    return (
        ("Processors", f"{processors:g}" if processors else "no limit"),
        ("Processor shares", host.get("CpuShares")),
        ("Processors allowed", host.get("CpusetCpus")),
        ("Memory", _size(host.get("Memory")) or "no limit"),
        ("Memory reserved", _size(host.get("MemoryReservation"))),
        ("Memory and swap", _size(max(0, host.get("MemorySwap") or 0))),
        ("Shared memory", _size(host.get("ShmSize"))),
        ("Processes", max(0, host.get("PidsLimit") or 0) or "no limit"),
        ("Limits", ulimits),
        ("Devices", devices),
    )


def _restart(policy: Json, count: object) -> _Named:
    return (
        ("Policy", policy.get("Name") or "no"),
        ("At most", policy.get("MaximumRetryCount")),
        ("Restarts", count),
    )


def _security(config: Json, host: Json, item: Json) -> _Named:
    return (
        ("Privileged", host.get("Privileged")),
        ("Read-only root", host.get("ReadonlyRootfs")),
        ("User", config.get("User") or "root"),
        ("Capabilities added", host.get("CapAdd")),
        ("Capabilities dropped", host.get("CapDrop")),
        ("Options", host.get("SecurityOpt")),
        ("AppArmor", item.get("AppArmorProfile")),
        ("User namespace", host.get("UsernsMode")),
        ("Process namespace", host.get("PidMode")),
        ("IPC namespace", host.get("IpcMode")),
        ("Init", host.get("Init")),
    )


def _logging(log: Json) -> Iterator[tuple[str, object]]:
    yield "Driver", log.get("Type")
    yield from sorted((log.get("Config") or {}).items())


def _words(words: str | Iterable[str] | None) -> str:
    """The words of a command as a shell would take them."""
    if not words:
        return ""
    if isinstance(words, str):
        return words
    import shlex

    return shlex.join(words).replace(f"'{MASK}'", MASK)


def _moment(text: str | None) -> str:
    """ "2026-11-24 09:13:51 UTC"; "" for Go's zero time."""
    if not text or text.startswith("0001-"):
        return ""
    zone = "UTC" if text.endswith("Z") else text[-6:]
    return f"{text[:10]} {text[11:19]} {zone}"


def _size(count: int | None) -> str:
    return memory_size(count) if count else ""


def _disk(count: int | None) -> str:
    return disk_size(count) if count else ""


def _duration(nanoseconds: int | None) -> str:
    return f"{nanoseconds / 1e9:g} s" if nanoseconds else ""
