"""tcp://host[:port][/path], as Docker takes it; https:// is tcp with TLS. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from typing import NamedTuple

PLAIN_PORT, TLS_PORT = 2375, 2376
"""Where an engine listens by agreement, where no port is named."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class TcpAddress(NamedTuple):
    """Where an engine listens.

    host   a name, or an address (of IPv6 without its brackets)
    port   0 where none is named
    path   what stands before the paths of the Engine API, behind a proxy say: "" or "/engines/one"
    """

    host: str
    port: int = 0
    path: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether nobody else can listen to what is said there."""
        return is_loopback(self.host)

    def netloc(self, *, tls: bool) -> str:
        """Host and port, as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port or (TLS_PORT if tls else PLAIN_PORT)}"


def is_loopback(host: str) -> bool:
    """Whether a name or an address is a machine's own loopback, whatever machine that is.

    >>> is_loopback("localhost"), is_loopback("127.1.2.3"), is_loopback("::1"), is_loopback("web-1")
    (True, True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def read_tcp_address(url: str) -> TcpAddress:
    """Of a URL. Raises ValueError, with the reason.

    >>> read_tcp_address("tcp://[2001:db8::1]:2376"), read_tcp_address("https://web-1/")
    (TcpAddress(host='2001:db8::1', port=2376, path=''), TcpAddress(host='web-1', port=0, path=''))
    """
    place, _, path = url.partition("://")[2].partition("/")
    if "@" in place:
        raise ValueError("a user or a password does not stand in it: an engine knows people by certificates")
    if place.startswith("["):
        host, closed, port = place[1:].partition("]")
        if not closed or (port and not port.startswith(":")) or not _is_ipv6(host):
            raise ValueError("its address is none of IPv6")
        port = port[1:]
    else:
        host, _, port = place.partition(":")
        if not host or host.startswith("-") or not _PLAIN.issuperset(host):
            raise ValueError(
                "its host has other characters than letters, digits, . _ and -, or begins with -"
            )
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        raise ValueError("its port is no number from 1 to 65535")
    if not _PLAIN.issuperset(path.replace("/", "")):
        raise ValueError("its path has other characters than letters, digits, . _ - and /")
    path = path.rstrip("/")
    return TcpAddress(host, int(port or 0), f"/{path}" if path else "")


def _is_ipv6(text: str) -> bool:
    try:
        return ip_address(text).version == 6
    except ValueError:
        return False
