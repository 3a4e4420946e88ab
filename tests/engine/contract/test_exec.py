"""Exec: sessions beside the first process, with the connection taken over."""

from __future__ import annotations

import json
import socket
import time

import pytest

from tests.engine.contract.wire import PATIENCE, Wire, frames

SLEEP = ["sleep", "1000"]


def prepare(wire: Wire, command: list[str], **config: bool) -> tuple[str, str]:
    """A running container and a session in it."""
    container, _ = wire.run(SLEEP)
    body = {"Cmd": command, "AttachStdout": True, "AttachStderr": True, **config}
    reply = wire.call("POST", f"/containers/{container}/exec", body)
    assert reply.status == 201, reply
    return container, reply.json["Id"]


def begin(wire: Wire, session: str, tty: bool = False) -> tuple[socket.socket, bytes, bytes]:
    """Start a session: its connection, the head of the answer, and what came with it."""
    body = json.dumps({"Detach": False, "Tty": tty}).encode()
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    connection.connect(wire.path)
    connection.sendall(
        f"POST /exec/{session}/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    told = b""
    while b"\r\n\r\n" not in told:
        told += connection.recv(65536)
    head, _, rest = told.partition(b"\r\n\r\n")
    return connection, head, rest


def rest_of(connection: socket.socket) -> bytes:
    told = b""
    while chunk := connection.recv(65536):
        told += chunk
    connection.close()
    return told


def test_output_is_framed_and_the_code_is_kept(wire: Wire) -> None:
    container, session = prepare(wire, ["sh", "-c", "echo out; sleep 0.1; echo err >&2; exit 3"])
    before = wire.get(f"/exec/{session}/json")
    assert (before["Running"], before["ExitCode"], before["ContainerID"]) == (False, None, container)
    connection, head, told = begin(wire, session)
    assert head.startswith(b"HTTP/1.1 101 UPGRADED")
    assert (
        b"application/vnd.docker.raw-stream" in head or b"application/vnd.docker.multiplexed-stream" in head
    )
    assert frames(told + rest_of(connection)) == [(1, b"out\n"), (2, b"err\n")]
    wire.until(lambda: wire.get(f"/exec/{session}/json")["ExitCode"] == 3)
    assert wire.get(f"/exec/{session}/json")["Running"] is False


def test_a_terminal_takes_what_is_typed(wire: Wire) -> None:
    _, session = prepare(wire, ["sh"], AttachStdin=True, Tty=True)
    connection, _, told = begin(wire, session, tty=True)
    assert wire.call("POST", f"/exec/{session}/resize?h=20&w=70").status in (200, 201)
    while b"#" not in told:
        told += connection.recv(65536)
    connection.sendall(b"stty size; echo h''ello; exit 4\r")
    told += rest_of(connection)
    assert b"20 70\r\n" in told
    assert b"hello\r\n" in told
    wire.until(lambda: wire.get(f"/exec/{session}/json")["ExitCode"] == 4)


def test_standard_input_ends(wire: Wire) -> None:
    _, session = prepare(wire, ["cat"], AttachStdin=True)
    connection, _, told = begin(wire, session)
    connection.sendall(b"to be repeated\n")
    while b"repeated\n" not in told:
        told += connection.recv(65536)
    connection.shutdown(socket.SHUT_WR)
    assert frames(told + rest_of(connection)) == [(1, b"to be repeated\n")]


def test_events_tell_of_a_session(wire: Wire) -> None:
    since = time.time()
    container, session = prepare(wire, ["sh", "-c", "exit 3"])
    connection, _, _ = begin(wire, session)
    rest_of(connection)
    events = wire.happened(since, "exec_die", container=[container])
    told = [event for event in events if event["Action"].startswith("exec")]
    assert [event["Action"] for event in told] == [
        "exec_create: sh -c exit 3",
        "exec_start: sh -c exit 3",
        "exec_die",
    ]
    assert {event["Actor"]["Attributes"]["execID"] for event in told} == {session}
    assert told[-1]["Actor"]["Attributes"]["exitCode"] == "3"


def test_a_command_that_is_not_there(wire: Wire) -> None:
    _, session = prepare(wire, ["no-such-command"])
    connection, _, told = begin(wire, session)
    assert b'"no-such-command": executable file not found in $PATH' in told + rest_of(connection)
    wire.until(lambda: wire.get(f"/exec/{session}/json")["ExitCode"] in (126, 127))


def test_a_session_needs_a_running_container(wire: Wire) -> None:
    container, _ = wire.create(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/exec", {"Cmd": ["sh"]})
    assert reply.status == 409
    assert reply.message.lower() == f"container {container} is not running"


def test_a_session_does_not_enter_a_paused_container(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    wire.call("POST", f"/containers/{container}/pause")
    reply = wire.call("POST", f"/containers/{container}/exec", {"Cmd": ["sh"]})
    assert reply.status == 409
    assert "is paused, unpause the container before exec" in reply.message


def test_a_session_needs_a_command(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/exec", {"Cmd": []})
    assert (reply.status, reply.message.lower()) == (400, "no exec command specified")


@pytest.mark.parametrize(("method", "path"), [("GET", "json"), ("POST", "resize?h=1&w=1")])
def test_what_does_not_exist_is_not_found(wire: Wire, method: str, path: str) -> None:
    reply = wire.call(method, f"/exec/{'0' * 64}/{path}")
    assert reply.status == 404
    assert "exec" in reply.message
