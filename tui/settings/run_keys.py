"""`[apps.NAME.run]`: the service attributes of the Compose Specification, short and long.

Each reader returns what `tui.settings.made` makes a field of `RunSpec` of.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tui.model.labels import OWN
from tui.settings import units
from tui.settings.mounts import tmpfs, volumes
from tui.settings.reading import by, file_path, many, one, pairs, record
from tui.settings.schema import FLAG, TEXT, nearest, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import Reader, SettingsPlace

COMMAND = one("a text, or a list of words", units.command)
SECONDS = one(units.DURATION, units.duration)
SIZE = one(units.SIZE, units.size)
SIZE_OR_NONE = one(units.SIZE + ", or -1 for no limit", units.size_or_unlimited)


def _word(allowed: str, more: str) -> Reader:
    """A text of letters, digits and what else is named; a number is one too."""

    def parse(value: Any) -> str:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str) or not text or not text.isascii():
            raise ValueError
        if any(not character.isalnum() and character not in more for character in text):
            raise ValueError
        return text

    return one(allowed, parse)


def _absolute(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ValueError
    return value


def _restart(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    policy, colon, times = value.partition(":")
    if policy not in ("no", "always", "unless-stopped", "on-failure"):
        raise ValueError
    if colon and (policy != "on-failure" or not (times.isascii() and times.isdigit()) or len(times) > 6):
        raise ValueError
    return value


def _network_mode(value: Any) -> str:
    if isinstance(value, str) and value.startswith("service:"):
        raise units.NotAllowed('there are no services: write "container:NAME"')
    if value in ("bridge", "host", "none"):
        return str(value)
    if isinstance(value, str) and value.startswith("container:") and len(value) > len("container:"):
        return value
    if isinstance(value, str) and value:
        raise units.NotAllowed(f'a network of your own stands in networks = ["{value}"]')
    raise ValueError


def _cpus(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    if isinstance(value, str) and value.strip(units.DIGITS + "."):
        raise ValueError
    if isinstance(value, int) and value > 10**6:
        raise ValueError
    count = float(value)
    if not 0 <= count <= 10**6:
        raise ValueError
    return count


def _security_opt(value: Any, spot: SettingsPlace) -> Any:
    """A text; the profile of seccomp may be a file, whose path is made absolute."""
    if not isinstance(value, str) or not value:
        spot.refuse(value, "it takes a text")
        return None
    name, sign, profile = value.replace(":", "=", 1).partition("=")
    if name == "seccomp" and sign and profile not in ("unconfined", "builtin", ""):
        return f"seccomp={spot.source.path(profile)}"
    return value


def _ports(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, list):
        spot.refuse(value, "it takes a list of ports")
        return None
    found: dict[units.PortValue, None] = {}
    taken: dict[tuple[str, str, str], int] = {}
    for index, inner in enumerate(value):
        place = spot.item(index)
        made = [_long_port(inner, place)] if isinstance(inner, dict) else _short_ports(inner, place)
        for port in made or ():
            if port is None:
                continue
            target, published, host_ip, protocol = port
            if published and taken.setdefault((published, host_ip, protocol), target) != target:
                place.refuse(inner, f"port {published} of the host is published twice")
            found[port] = None
    return tuple(found)


_short_ports = one(units.PORT, units.ports)

_port_table = record(
    {
        "target": one("a port of the container", units.port_number),
        "published": one('a port of the host, or a range such as "8000-8010"', units.published),
        "host_ip": one("an IP address of the host", units.address),
        "protocol": one("tcp, udp or sctp", units.protocol),
    },
    "port",
)


def _long_port(value: Any, spot: SettingsPlace) -> units.PortValue | None:
    found = _port_table(value, spot)
    if "target" not in value:
        spot.say(" is not allowed: target, the port of the container, is missing")
        return None
    protocol = found.get("protocol", "tcp")
    return found["target"], found.get("published", ""), found.get("host_ip", ""), protocol


def _device_path(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/") or ":" in value:
        raise ValueError
    return value


def _permissions(value: Any) -> str:
    if not isinstance(value, str) or not value or value.strip("rwm"):
        raise units.NotAllowed("the permissions of a device are of the letters r, w and m")
    return value


_device_table = record(
    {
        "source": one("a path of the host", _device_path),
        "target": one("a path in the container", _device_path),
        "permissions": one('such as "rw"', _permissions),
    }
)


def _short_device(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    source, *rest = value.split(":")
    for path in (source, *rest[:1]):
        _device_path(path)
    if rest[1:]:
        _permissions(":".join(rest[1:]))
    return value


_read_device = one('"/dev/HOST[:/dev/CONTAINER[:PERMISSIONS]]"', _short_device)


def _device(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        return _read_device(value, spot)
    found = _device_table(value, spot)
    if "source" not in value:
        spot.say(" is not allowed: source is missing")
        return None
    source = found["source"]
    return f"{source}:{found.get('target', source)}:{found.get('permissions', 'rwm')}"


_env_file_table = record({"path": file_path, "required": by(FLAG)}, "env_file")


def _env_file(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        return file_path(value, spot)
    found = _env_file_table(value, spot)
    if "path" not in value:
        spot.say(" is not allowed: path is missing")
        return None
    if found.get("required") is False:
        spot.key("required").refuse(value=False, why="a file that is named must be there")
    return found["path"]


_network_table = record({"aliases": many(_word("the name of an alias", "._-"), single=False)}, "network")
_network_name = _word("the name of a network", "._-")


def _networks(value: Any, spot: SettingsPlace) -> Any:
    if isinstance(value, list):
        names = [_network_name(name, spot.item(index)) for index, name in enumerate(value)]
        return dict.fromkeys(names, ())
    if not isinstance(value, dict):
        spot.refuse(value, "it takes a list of networks, or a table")
        return None
    found = {}
    for name, inner in value.items():
        _network_name(name, spot.key(name))
        table = _network_table(inner, spot.key(name))
        found[name] = table.get("aliases", ()) if table else ()
    return found


def _host_line(name: str, value: Any) -> str:
    if not name or not isinstance(value, str):
        raise ValueError
    where = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    return f"{name}:{where if where == 'host-gateway' else units.address(where)}"


def _host(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    sign = "=" if "=" in value else ":"
    name, _, where = value.partition(sign)
    return _host_line(name, where)


_HOSTS = '"NAME:ADDRESS", where the address may be host-gateway'
_host_list = many(one(_HOSTS, _host))


def _extra_hosts(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        return _host_list(value, spot)
    found: list[str] = []
    for name, inner in value.items():
        read = many(one("an IP address or host-gateway", partial(_host_line, name)))
        found += read(inner, spot.key(name)) or ()
    return tuple(found)


_LIMIT = number(-1, units.LARGEST)
_limit_table = record({"soft": by(_LIMIT), "hard": by(_LIMIT)})


def _ulimit(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        limit = by(_LIMIT)(value, spot)
        return limit, limit
    found = _limit_table(value, spot)
    missing = [name for name in ("soft", "hard") if name not in value]
    if missing:
        spot.say(f" is not allowed: {missing[0]} is missing")
        return None
    soft, hard = found["soft"], found["hard"]
    if soft is not None and hard is not None and hard != -1 and (soft == -1 or soft > hard):
        spot.say(f" is not allowed: soft ({soft}) is above hard ({hard})")
    return soft, hard


def _ulimits(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        spot.refuse(value, "it takes a table such as { nofile = 65536 }")
        return None
    for name in value:
        if name not in _ULIMITS:
            spot.key(name).say(f" is unknown{nearest(name, _ULIMITS)}")
    return {name: _ulimit(inner, spot.key(name)) for name, inner in value.items()}


_ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
    "rtprio", "rttime", "sigpending", "stack",
)  # fmt: skip


def _health_test(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return ("CMD-SHELL", value)
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        raise ValueError
    if value[0] == "NONE" and len(value) == 1:
        return ("NONE",)
    if (value[0] == "CMD-SHELL" and len(value) == 2) or (value[0] == "CMD" and len(value) > 1):
        return tuple(value)
    raise units.NotAllowed('a list is ["CMD", WORD, ...], ["CMD-SHELL", TEXT] or ["NONE"]')


_health_table = record(
    {
        "test": one('a text for the shell, or a list such as ["CMD", "curl", "-f", URL]', _health_test),
        "interval": SECONDS,
        "timeout": SECONDS,
        "start_period": SECONDS,
        "retries": by(number(0, 1000)),
        "disable": by(FLAG),
    },
    "healthcheck",
)


def _healthcheck(value: Any, spot: SettingsPlace) -> Any:
    found = _health_table(value, spot)
    if found and found.pop("disable", False):
        if found:
            spot.key("disable").refuse(value=True, why=f"{', '.join(found)} would have no effect")
        found["test"] = ("NONE",)
    return found


_logging = record({"driver": by(TEXT), "options": pairs("an option")})

RUN: Mapping[str, Reader] = {
    "command": COMMAND,
    "entrypoint": COMMAND,
    "environment": pairs("a variable", empty=True),
    "env_file": many(_env_file),
    "user": _word('a user such as "1000:1000" or "app"', "_.-:$"),
    "group_add": many(_word("the name or number of a group", "_.-$")),
    "working_dir": one("an absolute path in the container", _absolute),
    "hostname": _word("a host name", ".-"),
    "ports": _ports,
    "volumes": volumes,
    "tmpfs": tmpfs,
    "networks": _networks,
    "network_mode": one('"bridge", "host", "none" or "container:NAME"', _network_mode),
    "dns": many(one("an IP address", units.address)),
    "extra_hosts": _extra_hosts,
    "restart": one('"no", "always", "unless-stopped", "on-failure" or "on-failure:TIMES"', _restart),
    "read_only": by(FLAG),
    "init": by(FLAG),
    "privileged": by(FLAG),
    "cap_add": many(_word('a capability such as "NET_ADMIN"', "_")),
    "cap_drop": many(_word('a capability such as "ALL"', "_")),
    "security_opt": many(_security_opt),
    "devices": many(_device),
    "sysctls": pairs("a kernel parameter"),
    "ulimits": _ulimits,
    "mem_limit": SIZE,
    "memswap_limit": SIZE_OR_NONE,
    "mem_reservation": SIZE,
    "shm_size": SIZE,
    "cpus": one('a number of processors such as 1.5 or "0.5"', _cpus),
    "cpu_shares": by(number(0, 262_144)),
    "cpuset": _word('processors such as "0-3" or "0,1"', "-,"),
    "pids_limit": by(number(-1, 4_194_304)),
    "oom_score_adj": by(number(-1000, 1000)),
    "healthcheck": _healthcheck,
    "stop_grace_period": SECONDS,
    "stop_signal": _word('a signal such as "SIGTERM"', "+-"),
    "logging": _logging,
    "labels": pairs("a label", reserved=OWN),
}
