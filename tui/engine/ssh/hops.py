"""Which host is reached first on the way to another, as ssh's own configuration has it."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.ssh import command
from tui.engine.ssh.process import heard
from tui.model.ssh_address import SshAddress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ASK_SECONDS = 3.0
"""How long ssh may take to read its configuration."""

MOST = 4
"""Hosts in a row whose configuration is read: one on the way may have a way of its own."""


class Hop(NamedTuple):
    """What ssh does first for a host.

    key     the same for all that begin with the same connection
    through the host whose own way is meant; None where `key` says it
    """

    key: str
    through: SshAddress | None = None


async def first_hop(address: SshAddress, options: Sequence[str]) -> str:
    """The same for all hosts whose ways begin with a connection to the same one; connects to nobody.

    Where ssh does not say it, it is the host itself.
    """
    hop = Hop("", address)
    for _ in range(MOST):
        if hop.through is None:
            break
        said = await heard(command.configuration(hop.through, options), ASK_SECONDS)
        hop = hop_of(said, hop.through)
        options = ()  # those of the endpoint are for its own host
    return hop.key


def hop_of(said: str, address: SshAddress) -> Hop:
    """By what `ssh -G` has said of an address. Pure."""
    told = dict(reversed([_word(line) for line in said.splitlines()]))
    jump = told.get("proxyjump", "none").split(",")[0]
    if jump and jump != "none":
        return Hop(jump, _jump(jump))
    proxy = told.get("proxycommand", "none")
    if _is_ssh(proxy):
        return Hop(proxy)  # with %h in it, as it is written: the same for all that go by it
    return Hop(_place(told, address))


def _word(line: str) -> tuple[str, str]:
    name, _, value = line.partition(" ")
    return name, value


def _place(told: Mapping[str, str], address: SshAddress) -> str:
    host, port = told.get("hostname", address.host), told.get("port", str(address.port or 22))
    return f"{host.lower()} {port}"


def _jump(text: str) -> SshAddress | None:
    """A host of ProxyJump: [user@]host[:port], also as ssh://; None where it is none to ask for."""
    rest = text.removeprefix("ssh://").rpartition("@")[2]
    if rest.startswith("["):
        host, _, port = rest[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = rest.partition(":")
    if not host or host.startswith("-") or (port and not port.isdecimal()):
        return None
    return SshAddress(host, port=int(port or 0))


def _is_ssh(proxy: str) -> bool:
    try:
        words = shlex.split(proxy)
    except ValueError:
        return False
    return bool(words) and os.path.basename(words[0]) == "ssh"  # noqa: PTH119 - text, and no path of ours
