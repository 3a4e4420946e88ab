"""The simulated engine as a child process."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui.demo.launch import DemoEngine, DemoFailed


def ended(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process that is not ours to reap is gone, within some seconds."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def ping(path: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(path)
        connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        told = b""
        while chunk := connection.recv(4096):
            told += chunk
    return told


async def test_it_answers_and_leaves_nothing_behind() -> None:
    engine = DemoEngine(containers=3)
    endpoint = await engine.start()
    path = Path(endpoint.url.removeprefix("unix://"))
    assert endpoint.source == "demo"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert ping(str(path)).endswith(b"OK")
    pid = engine.pid
    await engine.stop()
    assert ended(pid)
    assert not path.parent.exists()


def test_connections_may_come_before_it_is_ready() -> None:
    engine = DemoEngine(containers=3)
    endpoint = engine.start_process()
    try:
        assert ping(endpoint.url.removeprefix("unix://")).endswith(b"OK")
        engine.wait_ready()
    finally:
        engine.stop_process()


def test_it_ends_with_the_one_who_started_it() -> None:
    script = (
        "import sys, time\n"
        "from tui.demo.launch import DemoEngine\n"
        "engine = DemoEngine(containers=1)\n"
        "engine.start_process(); engine.wait_ready()\n"
        "print(engine.pid, engine.endpoint.url.removeprefix('unix://'), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        number, path = parent.stdout.readline().split()
        pid = int(number)
        assert not ended(pid, 0.1)
        parent.send_signal(signal.SIGKILL)
        assert ended(pid)
        assert not Path(path).parent.exists()
    finally:
        parent.kill()
        parent.communicate()


def test_a_child_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = DemoEngine(seed="x")
    monkeypatch.setattr(engine, "_arguments", ["--no-such-option"])
    engine.start_process()
    with pytest.raises(DemoFailed, match="no-such-option"):
        engine.wait_ready()
    assert engine.pid == 0


def test_stopping_twice_and_before_the_start_is_allowed() -> None:
    engine = DemoEngine()
    engine.stop_process()
    with pytest.raises(DemoFailed):
        _ = engine.endpoint


def test_starting_it_needs_no_event_loop() -> None:
    """The dashboard starts it before anything heavy is imported."""
    script = (
        "import sys; import tui.demo.launch\n"
        "print([name for name in ('asyncio', 'aiohttp', 'textual', 'rich') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_closed_standard_input_that_is_no_pipe_does_not_end_it(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    child = subprocess.Popen(
        [sys.executable, "-m", "tui.demo", str(path), "-n", "1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert ping(str(path)).endswith(b"OK")
        child.send_signal(signal.SIGTERM)
        assert child.wait(5) == 0
        assert not os.path.exists(path)
    finally:
        child.kill()
        child.communicate()
