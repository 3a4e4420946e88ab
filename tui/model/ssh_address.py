"""ssh://[user@]host[:port][/path/of/socket], as Docker takes it. Pure."""

from __future__ import annotations

from typing import NamedTuple

SOCKET = "/var/run/docker.sock"
"""Where an engine listens on a host, where nothing else is said."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class SshAddress(NamedTuple):
    """Where `ssh` goes. `user` "" and `port` 0 are left to ssh's own configuration.

    host     a name, an alias of ssh's configuration, or an address (of IPv6 without its brackets)
    socket   the engine's, on that host
    """

    host: str
    user: str = ""
    port: int = 0
    socket: str = SOCKET

    @property
    def called(self) -> str:
        """As it stands behind `ssh`: "deploy@web-1", "-p 2222 web-1"."""
        name = f"{self.user}@{self.host}" if self.user else self.host
        return f"-p {self.port} {name}" if self.port else name


def read_ssh_address(url: str) -> SshAddress:
    """Of a URL. Raises ValueError, with the reason, for what ssh could take for something else.

    >>> read_ssh_address("ssh://deploy@web-1:2222/run/user/1000/docker.sock")
    SshAddress(host='web-1', user='deploy', port=2222, socket='/run/user/1000/docker.sock')
    """
    rest = url.removeprefix("ssh://")
    place, slash, path = rest.partition("/")
    user, at, host = place.rpartition("@")
    if ":" in user:
        raise ValueError("a password does not stand in it: ssh asks for it, or takes a key")
    if (at and not user) or not _is_name(user or "x"):
        raise ValueError("its user has other characters than letters, digits, . _ and -")
    port = ""
    if host.startswith("["):
        host, closed, port = host[1:].partition("]")
        if not closed or (port and not port.startswith(":")) or not _is_ipv6(host):
            raise ValueError("its address is none of IPv6")
        port = port[1:]
    else:
        host, _, port = host.partition(":")
        if not _is_name(host):
            raise ValueError(
                "its host has other characters than letters, digits, . _ and -, or begins with -"
            )
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        raise ValueError("its port is no number from 1 to 65535")
    if any(not char.isprintable() or char in ":\\ " for char in path):
        raise ValueError("its path is none of a socket")
    return SshAddress(host, user, int(port or 0), f"/{path}" if slash and path else SOCKET)


def _is_name(text: str) -> bool:
    """Whether ssh and a shell take it for a name, and for nothing else."""
    return bool(text) and not text.startswith("-") and _PLAIN.issuperset(text)


def _is_ipv6(text: str) -> bool:
    address, percent, zone = text.partition("%")
    if percent and not _is_name(zone):
        return False
    return ":" in address and set(address) <= set("0123456789abcdefABCDEF:.")
