"""The arguments of ssh: whatever an endpoint is called, nothing of it is taken for an option."""

from __future__ import annotations

import getopt
import shlex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.engine.ssh import command
from tui.model.ssh_address import SshAddress, read_ssh_address

FLAGS = "1246AaCfGgKkMNnqsTtVvXxYyb:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:R:S:W:w:"
"""Those of OpenSSH, as its own getopt is told them."""

FOLDER = "/tmp/holdfast-abcdefgh"

PARTS = st.text(alphabet="-@:/[].%_ aZ0oLF\t\n;'\"$`\\é=", max_size=12)
OPTIONS = st.lists(st.from_regex(r"[A-Za-z]+=[^\x00-\x1f]*", fullmatch=True), max_size=3).map(tuple)


@st.composite
def addresses(draw: st.DrawFn) -> SshAddress:
    """Of whatever URL is taken."""
    try:
        return read_ssh_address(f"ssh://{draw(PARTS)}{draw(st.sampled_from(['', 'web-1', '@h', ':22']))}")
    except ValueError:
        assume(False)
        raise


def read(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Options and the rest, as ssh itself reads them."""
    assert words[0] == "ssh"
    found, rest = getopt.getopt(words[1:], FLAGS)
    options: dict[str, list[str]] = {}
    for name, value in found:
        options.setdefault(name, []).append(value)
    return options, rest


@given(addresses(), OPTIONS)
def test_only_the_host_is_an_argument(address: SshAddress, configured: tuple[str, ...]) -> None:
    host = f"{address.user}@{address.host}" if address.user else address.host
    options, rest = read(command.tunnel(address, configured, f"{FOLDER}/ctl"))
    assert rest == [host]
    assert {"-M", "-N", "-T", "-a", "-x", "-S", "-o"} == options.keys() - {"-p"}
    assert [*configured] == options["-o"][len(command.NEEDED) : len(command.NEEDED) + len(configured)]

    options, rest = read(command.login(address, configured))
    assert rest == [host]
    assert options.get("-o", []) == [*configured]

    options, rest = read(command.forward(address, f"{FOLDER}/ctl", f"{FOLDER}/docker.sock", address.socket))
    assert rest == [address.host]
    assert options["-L"] == [f"{FOLDER}/docker.sock:{address.socket}"]
    assert options["-L"][0].count(":") == 1

    _, (there, said) = read(command.dial_stdio(address, f"{FOLDER}/ctl"))
    assert there == address.host
    words = shlex.split(said)
    assert words[0] == "docker"
    assert words[-2:] == ["system", "dial-stdio"]
    assert len(words) in (3, 5), "the path is one word of a shell"


@pytest.mark.parametrize(
    "option",
    ["BatchMode=no", "ClearAllForwardings=no", "ControlPersist=yes", "PermitLocalCommand=yes"],
)
def test_what_it_stands_on_cannot_be_configured_away(option: str) -> None:
    """ssh takes the first value that it is given."""
    options, _ = read(command.tunnel(SshAddress("web-1"), (option,), "/ctl"))
    first = next(one for one in options["-o"] if one.startswith(option.partition("=")[0]))
    assert first != option


def test_what_is_a_default_can() -> None:
    options, _ = read(command.tunnel(SshAddress("web-1"), ("ServerAliveInterval=9",), "/ctl"))
    given = [one for one in options["-o"] if one.startswith("ServerAliveInterval")]
    assert given[0] == "ServerAliveInterval=9"


def test_a_port_and_a_user() -> None:
    assert command.login(SshAddress("web-1", "deploy", 2222), ()) == ["ssh", "-p", "2222", "deploy@web-1"]
    asked = command.login(SshAddress("web-1"), ("ProxyJump=bastion",), keep=True)
    assert asked == ["ssh", "-o", "AddKeysToAgent=yes", "-o", "ProxyJump=bastion", "web-1"]
