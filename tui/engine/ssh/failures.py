"""What ssh said, as an error with a remedy. Pure."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import (
    EndpointUnusable,
    EngineError,
    PermissionRefused,
    PortsForbidden,
    SocketMissing,
    SshFailed,
)
from tui.engine.ssh.command import login
from tui.model.secrets import mask_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.ssh_address import SshAddress

LINES = 12
"""Lines that are shown of what it said, the last ones."""

LINE = 300


class Reached(NamedTuple):
    """By what a host is reached.

    address   of the host
    options   of ssh, as configured
    source    who named the endpoint
    agent     whether an ssh-agent is there
    """

    address: SshAddress
    options: tuple[str, ...]
    source: str
    agent: bool = True


class _Meaning(NamedTuple):
    """What a line of ssh means: a sentence on {host}, with the groups of the pattern, and the remedy.

    asks      whether ssh would ask a person in a terminal for what is missing
    passing   whether it may work by itself a moment later
    """

    pattern: str
    sentence: str
    hint: str = ""
    asks: bool = False
    passing: bool = False


_OF_THE_OTHER_SIDE = re.compile(r"(?:Received disconnect from \S+ port \d+:\d+:|Their offer:)")
"""What follows it, on its own line and on all further ones, is the word of whoever answers there: anybody.
ssh shows it as it came, with its line ends, and says nothing more of use itself."""

_TOO_MANY_KEYS = re.compile(r"Received disconnect from \S+ port \d+:2: Too many authentication failures\s*")
"""The one word of an sshd that is believed: it says what that sshd does, and nothing of anybody's keys."""

# The first that fits one of the lines decides.
_MEANINGS = (
    _Meaning(
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|POSSIBLE DNS SPOOFING|^Offending \S+ key in",
        "the key of {host} is another one than is known here",
        "if it was installed anew: {forget}; if it was not, somebody may stand between you and it",
    ),
    _Meaning(
        r"Host key verification failed|No \S+ host key is known for",
        "the key of {host} is not known here",
        asks=True,
    ),
    _Meaning(
        r"banner line contains invalid|Bad remote protocol version|Protocol major versions differ|"
        r"(?:invalid|bad) (?:SSH )?identification|Exceeded MAX_\w+ lines|"
        r"kex_exchange_identification: (?:banner|client sent invalid)",
        "what answers at {place} does not speak ssh",
        "name the port of its sshd: ssh://{host}:22, or Port in ~/.ssh/config",
    ),
    _Meaning(
        r"Too many authentication failures",
        "{host} was offered too many keys",
        "name the right one in ~/.ssh/config: IdentityFile, and IdentitiesOnly yes",
    ),
    _Meaning(
        r"Permission denied \(([^)]*)\)", "{host} does not let this account in ({0})", "{keys}", asks=True
    ),
    _Meaning(
        r"Could not resolve hostname (\S+):",
        'ssh finds no host called "{0}"',
        "is it an alias of ~/.ssh/config, is the network up?",
        passing=True,
    ),
    _Meaning(
        r"connect to host (\S+) port (\d+): Connection refused",
        "nothing listens for ssh at {0} port {1}",
        "is sshd started there, is the port right?",
        passing=True,
    ),
    _Meaning(
        r"connect to host \S+ port \d+:|Connection timed out during|Connection to \S+ port \d+ timed out",
        "{host} is not reached by ssh",
        "is the network up, a VPN needed?",
        passing=True,
    ),
    _Meaning(
        r"Timeout, server \S+ not responding|Broken pipe|client_loop: send disconnect",
        "the connection by ssh to {host} broke",
        passing=True,
    ),
    _Meaning(
        r"^Received disconnect from",
        "{host} ended the connection by ssh",
        "is it an sshd that listens at {place}? its log says why",
    ),
    _Meaning(
        r"kex_exchange_identification|Connection (?:closed|reset) by|Connection to \S+ closed by remote host",
        "{host} closed the connection by ssh",
        "has it started just now, are there too many connections at once (MaxStartups), "
        "is it an sshd that listens at {place}?",
        passing=True,
    ),
)

_CONFIGURED = re.compile(
    r"Bad configuration option|[Bb]ad owner or permissions|(?:keyword|option) .* (?:argument|extra)|"
    r"terminating, \d+ bad configuration|command-line line \d+|unknown option|[Uu]nsupported option"
)
"""What says that ssh's configuration is wrong, and not the host."""


_NO_KEY = re.compile(r"^no such identity: (.+): [^:]+$")
"""What ssh says of a key that its configuration names."""


def not_connected(said: Sequence[str], reached: Reached) -> EngineError:
    """Why ssh has ended without a connection, or with one that broke."""
    said = heard_of_ssh(said)
    lines, host = harmless(said), _host(reached)
    own = tuple(map(_own_words, lines))
    if wrong := next((line for line in own if _CONFIGURED.search(line)), ""):
        return EndpointUnusable(f"ssh does not take its configuration: {wrong}", detail=lines)
    if any("Permission denied (" in line for line in own) and (
        missing := next((hit[1] for line in own if (hit := _NO_KEY.search(line))), "")
    ):
        return SshFailed(
            f"there is no key {missing} on this machine, and {host} lets no other in",
            f"name the key that there is: IdentityFile, in {_named_by(reached)}",
            lines,
        )
    for meaning in _MEANINGS:
        found = next((hit for line in own if (hit := re.search(meaning.pattern, line))), None)
        if found is not None:
            return _failed(meaning, found, lines, reached)
    last = lines[-1] if lines else "it said nothing"
    return SshFailed(f"ssh to {host} ended: {last}", by_hand(reached), lines, login=_login(reached))


def heard_of_ssh(said: Sequence[str]) -> list[str]:
    """What it said, without lines that whoever answers may have made up."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if is_of_the_other_side(line):
            break
    return lines


def is_of_the_other_side(line: str) -> bool:
    """Whether what stands at the end of a line, and on those that follow, is the other side's word."""
    return _OF_THE_OTHER_SIDE.search(line) is not None


def is_crowded(said: Sequence[str]) -> bool:
    """Whether a host may have closed a connection because too many came at once."""
    return any("kex_exchange_identification" in _own_words(line) for line in heard_of_ssh(said))


def _own_words(line: str) -> str:
    """Of a line of ssh, what the other side has not chosen."""
    found = _OF_THE_OTHER_SIDE.search(line)
    return line if found is None or _TOO_MANY_KEYS.fullmatch(line) else line[: found.end()]


def _failed(meaning: _Meaning, found: re.Match[str], lines: tuple[str, ...], reached: Reached) -> EngineError:
    denied = meaning.hint == "{keys}"
    words = {"host": _host(reached), "forget": _forget(reached), "place": _place(reached)}
    groups = [group for group in found.groups() if group is not None]
    hint = "" if denied else meaning.hint.format(**words)
    if meaning.asks:
        hint = by_hand(reached, keep=denied)
        if denied and not reached.agent:
            hint += "; only an agent keeps a passphrase, and none runs here (ssh-agent)"
        elif denied and "publickey" not in found[0]:
            hint += f"; a password is not kept: {_copy_id(reached)} gives the host a key"
        if denied and "publickey" in found[0]:
            hint += f"; where it knows no key of yours: {_copy_id(reached)}"
    return SshFailed(
        meaning.sentence.format(*groups, **words),
        hint,
        lines,
        login=_login(reached, keep=denied) if meaning.asks else (),
        passing=meaning.passing,
    )


def too_late(reached: Reached, said: Sequence[str], seconds: float) -> SshFailed:
    """It neither connected nor gave up."""
    return SshFailed(
        f"ssh to {_host(reached)} has not connected within {seconds:.0f} s",
        by_hand(reached),
        harmless(said),
        login=_login(reached),
        passing=True,
    )


def not_there(reached: Reached, said: Sequence[str]) -> EngineError:
    """The host is reached, and no engine on it: `said` by the tunnel, and by the docker command there."""
    lines, address, host = harmless(said), reached.address, _host(reached)
    text = "\n".join(lines).lower()
    where = f"{address.socket} on {host} ({reached.source})"
    if "session open refused" in text:
        return SshFailed(f"{host} allows no more sessions by ssh (MaxSessions)", "", lines, passing=True)
    if "connect: permission denied" in text or "permission denied while trying to connect" in text:
        user = address.user or "that account"
        return PermissionRefused(
            f"{user} may not use {where}",
            f"there: sudo usermod -aG docker {address.user or 'USER'}, then log in again",
        )
    place = f"{address.user}@{host}" if address.user else host
    place += f":{address.port}" if address.port else ""
    hint = f"there: systemctl start docker; another socket is named so: ssh://{place}/path/of/docker.sock"
    if "not found" in text:
        hint += "; forwarding sockets may be forbidden there, and it has no docker command to do without"
    return SocketMissing(f"no engine answers at {where}", hint, tuple(filter(_is_of_use, lines)))


def _is_of_use(line: str) -> bool:
    """Whether a line says more than that no connection came to be, which the sentence has said."""
    return not re.match(r"channel \d+: open failed|mux_client|debug\d", line)


def no_ports(reached: Reached) -> EngineError:
    """Ports of the host are not to be had by ssh. The remedy is that of a probe."""
    return PortsForbidden(
        f"{_host(reached)} does not let ssh forward ports, so they cannot be reached from here",
        'probe with a command instead ([apps.NAME.ready] exec), or allow "AllowTcpForwarding yes" there',
    )


def broke(reached: Reached, said: Sequence[str]) -> EngineError:
    """A tunnel that was there has ended."""
    error = not_connected(said, reached) if said else None
    if isinstance(error, SshFailed) and error.passing:
        return error
    return SshFailed(f"the connection by ssh to {_host(reached)} broke", "", harmless(said), passing=True)


def by_hand(reached: Reached, *, keep: bool = False) -> str:
    """The sentence by which a person can help."""
    return f"run {shlex.join(_login(reached, keep=keep))} once in a terminal: it asks for what is missing"


def harmless(said: Sequence[str]) -> tuple[str, ...]:
    """Lines of ssh, the last ones: plain text without credentials."""
    plain = ("".join(char if char.isprintable() else " " for char in line).strip() for line in said)
    return tuple(mask_text(line)[:LINE] for line in plain if line.strip("@ "))[-LINES:]


def _login(reached: Reached, *, keep: bool = False) -> tuple[str, ...]:
    return tuple(login(reached.address, reached.options, keep=keep))


def _host(reached: Reached) -> str:
    return reached.address.host


def _named_by(reached: Reached) -> str:
    """Where a key of this host is named."""
    named = any(_option(one)[0] == IDENTITY for one in reached.options)
    return "ssh_options of its [engines.NAME]" if named else "~/.ssh/config"


def _option(text: str) -> tuple[str, str]:
    """The name of an option of ssh, in small letters, and its value: "Port=22" or "Port 22"."""
    name, *value = re.split(r"\s*=\s*|\s+", text.strip(), maxsplit=1)
    return name.lower(), value[0].strip() if value else ""


def _place(reached: Reached) -> str:
    """Where ssh goes, with the port that was named."""
    port = reached.address.port
    return f"{_host(reached)} port {port}" if port else _host(reached)


def _copy_id(reached: Reached) -> str:
    """The command by which a person gives the host a key, by the same way: ssh-copy-id takes -i, -p and -o.

    A key that is named is the one that it is given.
    """
    user, port = reached.address.user, reached.address.port
    name = f"{user}@{_host(reached)}" if user else _host(reached)
    keys, options = list[str](), list[str]()
    for option in reached.options:
        key, value = _option(option)
        if key == IDENTITY and value and not keys:
            keys = ["-i", value.removesuffix(".pub")]
        else:
            options += ["-o", option]
    words = ["ssh-copy-id", *keys, *(["-p", str(port)] if port else []), *options, name]
    # A shell makes ~/ of ours of a word that is not quoted; ssh does so for its options by itself.
    return " ".join(f"~/{shlex.quote(w[2:])}" if w.startswith("~/") else shlex.quote(w) for w in words)


IDENTITY = "identityfile"
"""The option that names a key."""

KNOWN = "userknownhostsfile"
"""The option that names where keys of hosts are known."""


def _forget(reached: Reached) -> str:
    """The command that removes a key which is known. Never one of ssh's lines: a host can say such, too."""
    address = reached.address
    name = f"[{address.host}]:{address.port}" if address.port else address.host
    known = [value for key, value in map(_option, reached.options) if key == KNOWN]
    file = f'-f "{known[0].split()[0]}" ' if known and known[0].strip() else ""
    return f'ssh-keygen {file}-R "{name}"'
