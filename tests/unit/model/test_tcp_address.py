from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.tcp_address import TcpAddress, is_loopback, read_tcp_address

NAMES = st.from_regex(r"[A-Za-z0-9._][A-Za-z0-9._-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("url", "found", "plain", "tls"),
    [
        ("tcp://web-1", TcpAddress("web-1"), "web-1:2375", "web-1:2376"),
        ("tcp://web-1:4243", TcpAddress("web-1", 4243), "web-1:4243", "web-1:4243"),
        ("https://web-1.example.com/", TcpAddress("web-1.example.com"), None, "web-1.example.com:2376"),
        ("tcp://10.0.0.1:2376/", TcpAddress("10.0.0.1", 2376), "10.0.0.1:2376", None),
        ("tcp://[2001:db8::1]", TcpAddress("2001:db8::1"), "[2001:db8::1]:2375", "[2001:db8::1]:2376"),
        ("tcp://[::1]:1", TcpAddress("::1", 1), "[::1]:1", None),
        ("tcp://proxy/engines/one/", TcpAddress("proxy", path="/engines/one"), "proxy:2375", None),
    ],
)
def test_an_address_is_read_with_the_ports_of_docker(
    url: str, found: TcpAddress, plain: str | None, tls: str | None
) -> None:
    assert read_tcp_address(url) == found
    assert plain is None or found.netloc(tls=False) == plain
    assert tls is None or found.netloc(tls=True) == tls


@pytest.mark.parametrize(
    "url",
    [
        "tcp://",
        "tcp://:2376",
        "tcp://web 1",
        "tcp://web-1:0",
        "tcp://web-1:65536",
        "tcp://web-1:²",
        "tcp://web-1:2376x",
        "tcp://user:secret@web-1",
        "tcp://[web-1]",
        "tcp://[::1",
        "tcp://[::1]2376",
        "tcp://web-1?x=1",
        "tcp://web-1/a?b",
        "tcp://web-1/a b",
        "tcp://web-1\r\nHost: x",
        "tcp://-web",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_tcp_address(url)


def test_a_password_in_it_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="password") as why:
        read_tcp_address("tcp://user:hunter2@web-1")
    assert "hunter2" not in str(why.value)


@given(NAMES, st.integers(1, 65_535))
def test_every_name_and_port_is_read_as_it_stands(name: str, port: int) -> None:
    assert read_tcp_address(f"tcp://{name}:{port}") == TcpAddress(name, port)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.255.0.1", "::1"])
def test_what_is_on_the_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "localhost.example.com"]
)
def test_what_is_not(host: str) -> None:
    assert not is_loopback(host)
