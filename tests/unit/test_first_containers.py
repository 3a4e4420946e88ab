"""What is asked for the first paint: whatever comes instead of a list is no reason to fail."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tui.first_paint import first_containers

if TYPE_CHECKING:
    from pathlib import Path

GOOD = b'[{"Id":"a1","Names":["/web"],"Image":"app:1","ImageID":"sha256:a","Created":1,"State":"running"}]'


def answered(path: Path, answer: bytes) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)

    threading.Thread(target=serve).start()


def test_the_first_containers_are_read(tmp_path: Path) -> None:
    answered(tmp_path / "s", b"HTTP/1.0 200 OK\r\n\r\n" + GOOD)
    found = first_containers(str(tmp_path / "s"), 2.0)
    assert found is not None
    assert [container.name for container in found] == ["web"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b'["a"]',
        b"[null]",
        b'[{"Id":1}]',
        GOOD[:-9],
        GOOD.replace(b'"running"', b"[]"),
        b"\xff",
    ],
)
def test_what_is_no_list_of_containers_is_left_to_the_dashboard(tmp_path: Path, body: bytes) -> None:
    answered(tmp_path / "s", b"HTTP/1.0 200 OK\r\n\r\n" + body)
    assert not first_containers(str(tmp_path / "s"), 2.0)


def test_a_refusal_and_a_missing_socket_are_left_to_the_dashboard(tmp_path: Path) -> None:
    answered(tmp_path / "s", b"HTTP/1.0 500 No\r\n\r\n[]")
    assert first_containers(str(tmp_path / "s"), 2.0) is None
    assert first_containers(str(tmp_path / "none"), 2.0) is None
