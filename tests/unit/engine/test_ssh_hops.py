"""Which host ssh goes to first: those that begin at the same one wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.engine.ssh import hops
from tui.engine.ssh.hops import first_hop, hop_of
from tui.model.ssh_address import SshAddress

if TYPE_CHECKING:
    from collections.abc import Sequence

WEB = SshAddress("web-1", "deploy")


@pytest.mark.parametrize(
    ("said", "key", "through"),
    [
        ("user deploy\nhostname 10.0.0.1\nport 2222\n", "10.0.0.1 2222", None),
        ("hostname WEB-1\nport 22\nproxyjump none\nproxycommand none", "web-1 22", None),
        ("hostname x\nproxyjump bastion", "bastion", SshAddress("bastion")),
        ("hostname x\nproxyjump me@bastion:222,inner", "me@bastion:222", SshAddress("bastion", port=222)),
        ("hostname x\nproxyjump ssh://me@[::1]:222", "ssh://me@[::1]:222", SshAddress("::1", port=222)),
        ("hostname x\nproxyjump -oProxyCommand=x", "-oProxyCommand=x", None),
        ("hostname x\nproxycommand /usr/bin/ssh -W %h:%p b", "/usr/bin/ssh -W %h:%p b", None),
        ("hostname x\nport 22\nproxycommand nc %h %p", "x 22", None),
        ("", "web-1 22", None),
    ],
)
def test_by_what_ssh_says(said: str, key: str, through: SshAddress | None) -> None:
    assert hop_of(said, WEB) == (key, through)


async def test_ssh_itself_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own options, which go before ~/.ssh/config, and without connecting."""
    assert await first_hop(WEB, ("ProxyJump=127.0.0.1:2299",)) == "127.0.0.1 2299"
    assert await first_hop(WEB, ("HostName=127.0.0.9", "Port=2298", "ProxyJump=none")) == "127.0.0.9 2298"


async def test_a_way_that_goes_in_a_circle_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def heard(command: Sequence[str], seconds: float) -> str:
        return "proxyjump web-1"

    monkeypatch.setattr(hops, "heard", heard)
    assert await first_hop(WEB, ()) == "web-1"
