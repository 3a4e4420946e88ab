"""Ports that processes of this machine have, as the kernel tells them."""

from __future__ import annotations

import socket

import pytest

from tui.model.app import Port
from tui.operations.deploying.host_checks import Listener, listeners, packed, takes


@pytest.mark.parametrize(
    ("family", "kind", "protocol", "address"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, "tcp", "127.0.0.1"),
        (socket.AF_INET, socket.SOCK_STREAM, "tcp", "0.0.0.0"),
        (socket.AF_INET, socket.SOCK_DGRAM, "udp", "127.0.0.1"),
        (socket.AF_INET6, socket.SOCK_STREAM, "tcp", "::1"),
    ],
)
def test_who_listens_is_found(family: int, kind: int, protocol: str, address: str) -> None:
    with socket.socket(family, kind) as taken:
        taken.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        number = taken.getsockname()[1]
        wanted = Port(80, str(number), address, protocol)

        found = [one for one in listeners() if takes(one, wanted)]

        assert found == [Listener(protocol, number, "" if address == "0.0.0.0" else packed(address))]
        assert any(takes(one, wanted._replace(host_ip="")) for one in listeners())
    assert not any(takes(one, wanted) for one in listeners())


def test_another_address_or_protocol_takes_nothing_away() -> None:
    one = Listener("tcp", 80, packed("127.0.0.1"))
    assert not takes(one, Port(80, "80", "127.0.0.2"))
    assert not takes(one, Port(80, "80", protocol="udp"))
    assert not takes(one, Port(80, "81"))
