"""Networks, ports and names of a container, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.container.attribute import Attribute
from tui.model.app import Port
from tui.model.digest import short_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.container.attribute import Expected, Json, ReadBack
    from tui.model.app import RunSpec

OWN = ("bridge", "default", "host", "none")
"""Names and modes of the engine's own networks, in which nobody has another name."""


def aliases(item: Json) -> dict[str, tuple[str, ...]]:
    """Networks with a container's other names there, without those that the engine adds by itself."""
    names = (short_id(item["Id"]), item["Name"].removeprefix("/"))
    return {
        name: tuple(alias for alias in (end.get("Aliases") or ()) if alias not in names)
        for name, end in ((item.get("NetworkSettings") or {}).get("Networks") or {}).items()
    }


def is_default(host: Json) -> bool:
    """Whether a container is in the engine's own network."""
    return str(host.get("NetworkMode") or "default") in ("default", "bridge")


def later_networks(run: RunSpec) -> dict[str, tuple[str, ...]]:
    """Those that a container is connected to once it is there: all but the first."""
    if run.network_mode:
        return {}
    return dict([*run.networks.items()][1:])


def _asked(run: RunSpec) -> Json:
    first = "" if run.network_mode else next(iter(run.networks), "")
    asked: dict[str, Any] = {"HostConfig": {"NetworkMode": run.network_mode or first or "default"}}
    if first:
        asked["NetworkingConfig"] = {"EndpointsConfig": {first: {"Aliases": [*run.networks[first]]}}}
    return asked


def _named(source: ReadBack) -> dict[str, tuple[str, ...]]:
    """Its own first; {} where it is only in the engine's default one."""
    found = aliases(source.item)
    if set(found) <= {*OWN}:
        return {}
    mode = str(source.host.get("NetworkMode") or "default")
    first = "bridge" if mode == "default" else mode
    return {name: found[name] for name in sorted(found, key=lambda name: name != first)}


def _mode(source: ReadBack) -> str:
    mode = str(source.host.get("NetworkMode") or "")
    if mode in ("host", "none") or mode.startswith("container:"):
        return "" if _named(source) else mode
    return ""


def _networks(source: ReadBack) -> dict[str, tuple[str, ...]]:
    return {} if _mode(source) else _named(source)


def _same_networks(has: ReadBack, should: ReadBack, wanted: Expected) -> bool:
    settings = has.item.get("NetworkSettings") or {}
    if is_default(has.host) and "Networks" in settings and not settings["Networks"]:
        return False  # somebody took the engine's own network from it, which no app names
    ours, theirs = (
        {name: {*others} - {wanted.app} for name, others in _networks(one).items()} for one in (has, should)
    )
    return ours == theirs


def _same_mode(has: ReadBack, should: ReadBack, _: Expected) -> bool:
    ours, theirs = _mode(has), _mode(should)
    another = "container:"  # by name or by ID
    return ours == theirs or (ours.startswith(another) and theirs.startswith(another))


def _is_shared(source: ReadBack) -> bool:
    """Whether host name and network are those of another."""
    mode = _mode(source)
    return mode == "host" or mode.startswith("container:")


def _hostname(source: ReadBack) -> str:
    name = str(source.config.get("Hostname") or "")
    return "" if _is_shared(source) or name == short_id(source.item["Id"]) else name


def _asked_ports(run: RunSpec) -> Json:
    return {
        "ExposedPorts": {_port(port): {} for port in run.ports},
        "HostConfig": {"PortBindings": _bindings(run.ports)},
    }


def _port(port: Port) -> str:
    return f"{port.target}/{port.protocol}"


def _bindings(ports: Sequence[Port]) -> dict[str, list[dict[str, str]]]:
    """What is published where; a port may be published several times."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        entry = {"HostIp": port.host_ip, "HostPort": port.published}
        bindings.setdefault(_port(port), []).append(entry)
    return bindings


def _ports(source: ReadBack) -> tuple[Port, ...]:
    if _is_shared(source) or _mode(source) == "none":
        return ()
    found = []
    bound: Mapping[str, Any] = source.host.get("PortBindings") or {}
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
    if source.host.get("PublishAllPorts"):
        others = [
            port.partition("/") for port in source.config.get("ExposedPorts") or () if port not in bound
        ]
        found += [Port(int(target), protocol=protocol or "tcp") for target, _, protocol in others]
    return tuple(found)


def _same_ports(has: ReadBack, should: ReadBack, _: Expected) -> bool:
    return sorted(_ports(has)) == sorted(_ports(should))


HOSTNAME = Attribute("hostname", lambda run: {"Hostname": run.hostname}, _hostname)
PORTS = Attribute("ports", _asked_ports, _ports, _same_ports)
NETWORKS = Attribute("networks", _asked, _networks, _same_networks)
NETWORK_MODE = Attribute("network_mode", _asked, _mode, _same_mode)
