"""Sizes, durations, ports and command lines as the Compose Specification writes them.

Each function takes what stands in the file and raises ValueError for what it does not take; one that knows
more than that raises `NotAllowed`. Light: this may run before the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    PortValue = tuple[int, str, str, str]
    """The fields of `tui.model.app.Port`, in its order."""

DIGITS = "0123456789"

SIZE = 'a size such as "512m", "1.5g" or a number of bytes'
DURATION = 'a duration such as "1m30s" or "2d", or a number of seconds'
PORT = 'a port such as "80", "8080:80", "127.0.0.1:8080:80/udp" or "8000-8002:80-82"'

LARGEST = 2**63 - 1
LONGEST = 10**9
"""Seconds; about 30 years. Go's own durations reach 292 of them."""

_SIZES = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "p": 2**50}
# A unit as a multiplier and a divisor, so that "300ms" is exactly 0.3.
_SECONDS = {
    "ns": (1, 1e9),
    "us": (1, 1e6),
    "\N{MICRO SIGN}s": (1, 1e6),
    "\N{GREEK SMALL LETTER MU}s": (1, 1e6),
    "ms": (1, 1e3),
    "s": (1, 1),
    "m": (60, 1),
    "h": (3600, 1),
    "d": (86_400, 1),
    "w": (604_800, 1),
}
_PROTOCOLS = ("tcp", "udp", "sctp")


class NotAllowed(ValueError):
    """A value that is not allowed; its text says why, and it can stand behind "is not allowed: "."""


def size(value: Any) -> int:
    """Bytes: "512m", "1.5gb", "32 MiB", 1024; units are powers of 1024, as in go-units' RAMInBytes."""
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str):
        digits, space, unit = value.partition(" ")
        if not space:
            digits = value[: max(value.rfind(mark) for mark in DIGITS + ".") + 1]
            unit = value[len(digits) :]
        unit = unit.lower()
        if unit[1:] not in ("", "b", "ib") or unit[:1] not in _SIZES or unit in ("bb", "bib"):
            raise ValueError
        scale = _SIZES[unit[:1]]
        exact = digits.isascii() and digits.isdigit()
        number = int(digits) * scale if exact and len(digits) < 20 else _whole(_decimal(digits) * scale)
    else:
        raise ValueError
    if not 0 <= number <= LARGEST:
        raise ValueError
    return number


def _decimal(text: str) -> float:
    """A number in decimal; Python's own float takes words, spaces, "_" and the digits of every script too."""
    if text.strip(DIGITS + ".eE+-"):
        raise ValueError
    return float(text)


def size_or_unlimited(value: Any) -> int:
    """A size, or -1 for no limit."""
    return -1 if value in (-1, "-1") and not isinstance(value, bool) else size(value)


def _whole(number: float) -> int:
    if not number <= LARGEST:
        raise ValueError
    return int(number)


def duration(value: Any) -> float:
    """Seconds: "1m30s", "500ms", "2w", 90, 1.5; a text as Compose takes it, but for one below zero."""
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, int | float):
        if not 0 <= value <= LONGEST:
            raise ValueError
        return float(value)
    if not isinstance(value, str) or not value:
        raise ValueError
    rest = value.removeprefix("+")
    if rest in ("0", "-0"):
        return 0.0
    total = 0.0
    while True:
        behind = rest.lstrip(DIGITS + ".")
        number = rest[: len(rest) - len(behind)]
        length = next((at for at, mark in enumerate(behind) if mark in DIGITS + "."), len(behind))
        unit, rest = behind[:length], behind[length:]
        if unit not in _SECONDS:
            raise ValueError
        times, parts = _SECONDS[unit]
        total += float(number) * times / parts
        if not rest:
            break
    if not total <= LONGEST:
        raise ValueError
    return total


def command(value: Any) -> tuple[str, ...]:
    """A command: a list stays as it is, a text is split as a POSIX shell splits words."""
    if isinstance(value, list):
        if not all(isinstance(word, str) and "\0" not in word for word in value):
            raise ValueError
        return tuple(value)
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    if value.isascii() and value.isprintable() and not any(mark in value for mark in "\"'\\"):
        return tuple(value.split())
    import shlex

    try:
        return tuple(shlex.split(value))
    except ValueError as error:
        raise NotAllowed(f"{str(error).lower()}; a list of words needs no quoting") from None


def port_number(value: Any) -> int:
    """A port, as a number or as a text of digits."""
    if isinstance(value, str) and 0 < len(value) < 20 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    if not 1 <= value <= 65535:
        raise NotAllowed("a port is a number from 1 to 65535")
    return value


def port_range(text: str, read: Callable[[Any], int] = port_number) -> range:
    """ "80" or "80-82"."""
    first, dash, last = text.partition("-")
    low = read(first)
    high = read(last) if dash else low
    if high < low:
        raise NotAllowed(f'in "{text}" the last port comes before the first')
    return range(low, high + 1)


def protocol(value: Any) -> str:
    """ "tcp", "udp" or "sctp", in letters of any case, as Docker takes it."""
    if not isinstance(value, str) or value.lower() not in _PROTOCOLS:
        raise NotAllowed("the protocol is tcp, udp or sctp")
    return value.lower()


def address(value: Any) -> str:
    """An IPv4 or IPv6 address."""
    if not isinstance(value, str):
        raise ValueError
    import socket

    try:
        socket.inet_pton(socket.AF_INET6 if ":" in value else socket.AF_INET, value)
    except (OSError, ValueError):
        raise NotAllowed(f'"{value}" is not an IP address') from None
    return value


def _host_port(value: Any) -> int:
    """A port of the host; 0 stands for one that the engine picks."""
    if value in (0, "0") and not isinstance(value, bool):
        return 0
    return port_number(value)


def published(value: Any) -> str:
    """A port of the host, a range that the engine picks one of, or "" for any."""
    if value == "":
        return ""
    if not isinstance(value, str):
        return str(_host_port(value))
    span = port_range(value, _host_port)
    return str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}"


def ports(value: Any) -> list[PortValue]:
    """Short syntax, [[ADDRESS:]HOST:]PORT[/PROTOCOL]; a range of ports makes one value each."""
    if isinstance(value, int):
        return [(port_number(value), "", "", "tcp")]
    if not isinstance(value, str):
        raise ValueError
    text, _, kind = value.partition("/")
    kind = protocol(kind or "tcp")
    before, _, inside = text.rpartition(":")
    if before.startswith("[") and before.endswith("]"):
        host_ip, outside = before[1:-1], ""
    else:
        host_ip, _, outside = before.rpartition(":")
        if host_ip.startswith("[") and host_ip.endswith("]"):
            host_ip = host_ip[1:-1]
    if host_ip:
        address(host_ip)
    targets = port_range(inside)
    return [(target, host, host_ip, kind) for target, host in _paired(targets, outside)]


def _paired(targets: range, outside: str) -> Iterator[tuple[int, str]]:
    if not outside:
        return ((target, "") for target in targets)
    hosts = port_range(outside, _host_port)
    if len(targets) == 1:
        return iter([(targets[0], published(outside))])
    if len(hosts) != len(targets):
        raise NotAllowed(
            f"{len(hosts)} ports of the host cannot be joined to {len(targets)} of the container"
        )
    return ((target, str(host)) for target, host in zip(targets, hosts, strict=True))
