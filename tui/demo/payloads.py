"""Containers, networks and volumes as the Engine API's JSON.

Only keys that every engine from 20.10 (API 1.41) to 28.5 (1.51) gives; the contract suite proves it.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui.demo.words import stamp, status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.demo.objects import JSON, Container, Network, Volume
    from tui.demo.places import Places

HOST_DEFAULTS: JSON = {
    "Binds": None,
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "default",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "CapAdd": None,
    "CapDrop": None,
    "Dns": None,
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "ShmSize": 67108864,
    "Runtime": "runc",
    "CpuShares": 0,
    "Memory": 0,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "NanoCpus": 0,
    "PidsLimit": None,
    "Ulimits": None,
}

CONFIG_DEFAULTS: JSON = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": [],
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "Labels": {},
}


def _bindings(container: Container) -> Iterable[tuple[str, list[tuple[str, int]]]]:
    """Every exposed or published port ("80/tcp"), and where it is published."""
    published = container.host.get("PortBindings") or {}
    for port in {**(container.config.get("ExposedPorts") or {}), **published}:
        name = port if "/" in port else f"{port}/tcp"
        yield name, container.bindings(port)


def ports(container: Container) -> list[JSON]:
    """The list's Ports: only a running container has any."""
    found: list[JSON] = []
    if container.state not in ("running", "paused"):
        return found
    for name, bindings in _bindings(container):
        number, _, protocol = name.partition("/")
        private: JSON = {"PrivatePort": int(number), "Type": protocol}
        if not bindings:
            found.append(private)
        for address, public in bindings:
            found.append({"IP": address, **private, "PublicPort": public})
    return found


def endpoints(container: Container, places: Places) -> JSON:
    """NetworkSettings.Networks: one endpoint per network, addressed while the container runs."""
    found: JSON = {}
    for name, address in container.networks.items():
        network = places.networks.get(name)
        gateway = f"{network.subnet}.0.1" if network and address else ""
        found[name] = {
            "IPAMConfig": None,
            "Links": None,
            "Aliases": container.aliases.get(name) or None,
            "NetworkID": network.id if network and container.started else "",
            "EndpointID": container.id[::-1] if container.pid else "",
            "Gateway": gateway,
            "IPAddress": address,
            "IPPrefixLen": 16 if address else 0,
            "IPv6Gateway": "",
            "GlobalIPv6Address": "",
            "GlobalIPv6PrefixLen": 0,
            "MacAddress": "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))
            if address
            else "",
            "DriverOpts": None,
        }
    return found


def listed(container: Container, places: Places, image: str, now: int) -> tuple[JSON, float]:
    """An entry of GET /containers/json, and for how many seconds its words stay right.

    `image`: the reference, or the image's ID once the reference means another image.
    """
    words, fresh = status(container, now)
    command = container.command
    entry: JSON = {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": image,
        "ImageID": container.image_id,
        "Command": " ".join(shlex.quote(word) if " " in word else word for word in command),
        "Created": container.created // 10**9,
        "Ports": ports(container),
        "Labels": container.labels,
        "State": container.state,
        "Status": words,
        "HostConfig": {"NetworkMode": str(container.host.get("NetworkMode") or "default")},
        "NetworkSettings": {"Networks": endpoints(container, places)},
        "Mounts": container.mounts,
    }
    return entry, fresh


def inspected(container: Container, places: Places) -> JSON:
    """GET /containers/{id}/json."""
    command = container.command
    networks = endpoints(container, places)
    first: JSON = next(iter(networks.values()), {})
    home = f"/var/lib/docker/containers/{container.id}"
    health = container.health
    state: JSON = {
        "Status": container.state,
        "Running": container.alive,
        "Paused": container.state == "paused",
        "Restarting": container.state == "restarting",
        "OOMKilled": container.oom_killed,
        "Dead": container.state == "dead",
        "Pid": container.pid,
        "ExitCode": container.exit_code,
        "Error": container.error,
        "StartedAt": stamp(container.started),
        "FinishedAt": stamp(container.ended),
    }
    if health:
        log = [{**entry, "Start": stamp(entry["Start"]), "End": stamp(entry["End"])} for entry in health.log]
        state["Health"] = {"Status": health.status, "FailingStreak": health.streak, "Log": log}
    published = {
        name: [{"HostIp": address, "HostPort": str(public)} for address, public in bindings] or None
        for name, bindings in _bindings(container)
    }
    config = {
        **CONFIG_DEFAULTS,
        **{key: value for key, value in container.config.items() if value is not None},
    }
    config["Hostname"] = config["Hostname"] or container.id[:12]
    host = {**HOST_DEFAULTS, **{key: value for key, value in container.host.items() if value is not None}}
    return {
        "Id": container.id,
        "Created": stamp(container.created),
        "Path": command[0] if command else "",
        "Args": command[1:],
        "State": state,
        "Image": container.image_id,
        "ResolvConfPath": f"{home}/resolv.conf",
        "HostnamePath": f"{home}/hostname",
        "HostsPath": f"{home}/hosts",
        "LogPath": f"{home}/{container.id}-json.log",
        "Name": f"/{container.name}",
        "RestartCount": container.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": None,
        "HostConfig": host,
        "GraphDriver": {
            "Data": {"MergedDir": f"/var/lib/docker/overlay2/{container.id}/merged"},
            "Name": "overlay2",
        },
        "Mounts": container.mounts,
        "Config": config,
        "NetworkSettings": {
            "SandboxID": container.id[::-1] if container.pid else "",
            "SandboxKey": f"/var/run/docker/netns/{container.id[:12]}" if container.pid else "",
            "Ports": published if container.pid else {},
            "Networks": networks,
            **{key: first.get(key, "") for key in ("Gateway", "IPAddress", "MacAddress", "EndpointID")},
            "IPPrefixLen": first.get("IPPrefixLen", 0),
        },
    }


def network(place: Network, containers: Iterable[Container]) -> JSON:
    """An entry of GET /networks, and GET /networks/{id}."""
    subnet = [{"Subnet": f"{place.subnet}.0.0/16", "Gateway": f"{place.subnet}.0.1"}] if place.subnet else []
    joined = {
        container.id: {
            "Name": container.name,
            "EndpointID": container.id[::-1],
            "MacAddress": "",
            "IPv4Address": f"{container.networks[place.name]}/16",
            "IPv6Address": "",
        }
        for container in containers
        if container.pid and place.name in container.networks
    }
    return {
        "Name": place.name,
        "Id": place.id,
        "Created": stamp(place.created),
        "Scope": "local",
        "Driver": place.driver,
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": None, "Config": subnet},
        "Internal": False,
        "Attachable": False,
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Containers": joined,
        "Options": {},
        "Labels": place.labels,
    }


def volume(place: Volume) -> JSON:
    """An entry of GET /volumes, and GET /volumes/{name}."""
    return {
        "CreatedAt": stamp(place.created).split(".")[0] + "Z",
        "Driver": "local",
        "Labels": place.labels or None,
        "Mountpoint": f"/var/lib/docker/volumes/{place.name}/_data",
        "Name": place.name,
        "Options": None,
        "Scope": "local",
    }
