"""The arguments of ssh. Pure.

What the tunnel stands on comes first and cannot be configured away: ssh takes the first value that it is
given. What the user passes on comes next, and beats what is only a good default.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui.model.ssh_address import SOCKET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.ssh_address import SshAddress

NEEDED = (
    "BatchMode=yes",  # nobody is there to be asked
    "ClearAllForwardings=yes",  # those of ~/.ssh/config are for people, and may be taken already
    "ControlPersist=no",  # it ends with us
    "PermitLocalCommand=no",
    "StreamLocalBindUnlink=yes",
    "StreamLocalBindMask=0177",
    "LogLevel=INFO",  # what it says of a failure is read
)
DEFAULTS = (
    "ServerAliveInterval=3",
    "ServerAliveCountMax=2",
    "ConnectTimeout=10",
    "Compression=yes",  # what an engine says is JSON, of which a tenth is left (decision 154)
)

ALONE = ("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "ProxyCommand=exit 1", "-a", "-x", "-T")
"""Of what only speaks to a tunnel that is there. Where that refuses, ssh would connect anew: so it cannot."""


def tunnel(address: SshAddress, options: Sequence[str], control: str) -> list[str]:
    """One connection to the host, which others are told by the socket `control` what to carry.

    No forwarding of the agent or of X11, no terminal, no command.
    """
    return [
        *("ssh", "-M", "-S", control, "-N", "-T", "-a", "-x"),
        *_each((*NEEDED, *options, *DEFAULTS)),
        *_place(address),
    ]


def configuration(address: SshAddress, options: Sequence[str]) -> list[str]:
    """Have ssh say by which configuration it would connect, without connecting."""
    return ["ssh", "-G", "-T", "-a", "-x", *_each(("BatchMode=yes", *options)), *_place(address)]


def forward(address: SshAddress, control: str, local: str, remote: str, *, cancel: bool = False) -> list[str]:
    """Tell a tunnel to listen at the path `local` for `remote`: a socket there, or "127.0.0.1:8080"."""
    return [
        *(*ALONE, "-S", control, "-O", "cancel" if cancel else "forward", "-L", f"{local}:{remote}"),
        *("--", address.host),
    ]


def dial_stdio(address: SshAddress, control: str) -> list[str]:
    """A session of a tunnel in which the host's own docker passes bytes on to its engine."""
    docker = ["docker", "system", "dial-stdio"]
    if address.socket != SOCKET:
        docker[1:1] = ["--host", f"unix://{address.socket}"]
    return [*ALONE, "-S", control, "--", address.host, shlex.join(docker)]


def login(address: SshAddress, options: Sequence[str], *, keep: bool = False) -> list[str]:
    """What a person runs in a terminal, to be asked for what is missing.

    keep   whether a key whose passphrase was typed is left with the agent
    """
    kept = ("AddKeysToAgent=yes",) if keep else ()
    return ["ssh", *_each((*kept, *options)), *_place(address, mark=False)]


def _each(options: Sequence[str]) -> list[str]:
    return [word for option in options for word in ("-o", option)]


def _place(address: SshAddress, *, mark: bool = True) -> list[str]:
    name = f"{address.user}@{address.host}" if address.user else address.host
    return [*(["-p", str(address.port)] if address.port else []), *(["--"] if mark else []), name]
