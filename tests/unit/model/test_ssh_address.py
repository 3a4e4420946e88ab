from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.ssh_address import SOCKET, SshAddress, read_ssh_address

NAMES = st.from_regex(r"[A-Za-z0-9._][A-Za-z0-9._-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("ssh://web-1", SshAddress("web-1")),
        ("ssh://deploy@web-1.example.com", SshAddress("web-1.example.com", "deploy")),
        ("ssh://web-1:2222", SshAddress("web-1", port=2222)),
        ("ssh://web-1/", SshAddress("web-1")),
        ("ssh://[2001:db8::1]:22", SshAddress("2001:db8::1", port=22)),
        ("ssh://[fe80::1%eth0]", SshAddress("fe80::1%eth0")),
        ("ssh://u@h/run/user/1000/docker.sock", SshAddress("h", "u", socket="/run/user/1000/docker.sock")),
    ],
)
def test_an_address_is_read_as_docker_reads_it(url: str, found: SshAddress) -> None:
    assert read_ssh_address(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "ssh://-oProxyCommand=touch%20x",
        "ssh://-oProxyCommand=x@web-1",
        "ssh://@web-1",
        "ssh://web 1",
        "ssh://web-1 -v",
        "ssh://web-1:0",
        "ssh://web-1:70000",
        "ssh://web-1:22x",
        "ssh://web-1:²²",
        "ssh://user:secret@web-1",
        "ssh://",
        "ssh:///socket",
        "ssh://[web-1]",
        "ssh://[::1",
        "ssh://[::1%-o]",
        "ssh://web-1/a:b",
        "ssh://web-1/a\nb",
        "ssh://$(touch x)",
        "ssh://web-1;id",
    ],
)
def test_what_ssh_could_take_for_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_ssh_address(url)


def test_a_password_in_it_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="password") as why:
        read_ssh_address("ssh://user:hunter2@web-1")
    assert "hunter2" not in str(why.value)


@given(user=st.just("") | NAMES, host=NAMES, port=st.integers(0, 65_535))
def test_what_is_written_is_read_back(user: str, host: str, port: int) -> None:
    url = f"ssh://{user}{'@' if user else ''}{host}{f':{port}' if port else ''}"
    assert read_ssh_address(url) == SshAddress(host, user, port, SOCKET)


@given(st.text(max_size=40))
def test_whatever_is_read_is_no_option(text: str) -> None:
    try:
        found = read_ssh_address(f"ssh://{text}")
    except ValueError:
        return
    assert not found.host.startswith("-")
    assert not found.user.startswith("-")
    assert not set(" \t\n;&|$`'\"\\(){}<>*?~") & set(found.host + found.user + found.socket[:0])


def test_it_is_called_as_ssh_is_called() -> None:
    assert read_ssh_address("ssh://web-1").called == "web-1"
    assert read_ssh_address("ssh://deploy@web-1:2222").called == "-p 2222 deploy@web-1"
