"""A shell in a container of a real engine, on a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import pty
import signal
import struct
import tarfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docker
import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import Conflict, NotFound
from tui.operations.by_hand.shell import NoShell, find_shell, shell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

BUSYBOX = Path("/bin/busybox")


class Terminal:
    """A pseudo-terminal: `fd` is the program's side, the test types and reads at the other."""

    def __init__(self) -> None:
        self.master, self.fd = pty.openpty()
        self.output = b""
        self.resize(90, 33)
        self.before = termios.tcgetattr(self.fd)
        self._arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.master, self._read)

    def _read(self) -> None:
        self.output += os.read(self.master, 65536)
        self._arrived.set()

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    async def until(self, text: bytes) -> None:
        async with asyncio.timeout(10):
            while text not in self.output:
                self._arrived.clear()
                await self._arrived.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.master)
        os.close(self.master)
        os.close(self.fd)


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


@pytest.fixture
def container(engine_host: str) -> Iterator[Any]:
    client = docker.DockerClient(base_url=engine_host)
    made = client.containers.create(
        "holdfast-test/busybox:1", ["/bin/sh", "-c", "exec sleep 600"], network_mode="none"
    )
    made.start()
    yield made
    made.remove(force=True)
    client.close()


@pytest.fixture
def bare(engine_host: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The ID of a running container that holds nothing but busybox, at the path that the test names."""
    path: str = request.param
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(BUSYBOX, path)
    client = docker.DockerClient(base_url=engine_host)
    client.api.import_image_from_data(file.getvalue(), repository="holdfast-test/bare", tag="1")
    made = client.containers.create("holdfast-test/bare:1", [f"/{path}", "sleep", "600"], network_mode="none")
    made.start()
    yield made.id
    made.remove(force=True)
    client.images.remove("holdfast-test/bare:1")
    client.close()


async def test_a_shell_has_the_terminal_until_it_is_left(
    engine: Engine, container: Any, terminal: Terminal
) -> None:
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.type(b"/bin/busybox stty size; echo sum $((6*7))\r")
    await terminal.until(b"33 90\r\n")
    await terminal.until(b"sum 42\r\n")
    assert termios.tcgetattr(terminal.fd) != terminal.before
    terminal.type(b"exit 7\r")
    assert await asyncio.wait_for(task, 10) == 7
    assert termios.tcgetattr(terminal.fd) == terminal.before


async def test_control_keys_go_to_the_container(engine: Engine, container: Any, terminal: Terminal) -> None:
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.type(b"echo go $((20+3)); sleep 60; echo never\r")
    await terminal.until(b"go 23\r\n")
    pause, end = 0.3, time.monotonic() + 30
    # A Ctrl+C between the shell's fork and the sleep's own process group ends neither, and one that comes
    # late throws away what was typed: both again, each time with longer for it.
    while b"still 42\r\n" not in terminal.output:
        assert time.monotonic() < end
        terminal.type(b"\x03")
        await asyncio.sleep(pause)
        terminal.type(b"echo still $((40+2))\r")
        await asyncio.sleep(pause)
        pause *= 1.5
    assert b"^C" in terminal.output
    terminal.type(b"\x10")  # the line before: at once, not only with the next key
    await terminal.until(b"echo still $((40+2))\x1b[J")
    assert b"never\r\n/" not in terminal.output
    terminal.type(b"\x15\x04")
    await asyncio.wait_for(task, 10)


async def test_the_container_learns_of_a_new_size(engine: Engine, container: Any, terminal: Terminal) -> None:
    before = signal.getsignal(signal.SIGWINCH)
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.resize(123, 45)
    os.kill(os.getpid(), signal.SIGWINCH)
    while b"45 123\r\n" not in terminal.output:
        terminal.type(b"/bin/busybox stty size\r")
        await terminal.until(b"stty size")
        await asyncio.sleep(0.05)
    terminal.type(b"exit\r")
    assert await asyncio.wait_for(task, 10) == 0
    assert signal.getsignal(signal.SIGWINCH) == before


async def test_much_output_arrives_whole(engine: Engine, container: Any, terminal: Terminal) -> None:
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.type(b"/bin/busybox seq 1 50000; exit\r")
    assert await asyncio.wait_for(task, 20) == 0
    await terminal.until(b"50000\r\n")
    assert b"".join(b"%d\r\n" % number for number in range(1, 50001)) in terminal.output


async def test_a_cancelled_shell_gives_the_terminal_back(
    engine: Engine, container: Any, terminal: Terminal
) -> None:
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert termios.tcgetattr(terminal.fd) == terminal.before


async def test_a_container_that_is_killed_ends_its_shell(
    engine: Engine, container: Any, terminal: Terminal
) -> None:
    task = asyncio.create_task(shell(engine, container.id, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    await engine.containers.kill(container.id)
    assert await asyncio.wait_for(task, 10) != 0
    assert termios.tcgetattr(terminal.fd) == terminal.before


@pytest.mark.parametrize("bare", ["bin/busybox"], indirect=True)
async def test_busybox_alone_is_shell_enough(engine: Engine, bare: str, terminal: Terminal) -> None:
    assert await find_shell(engine, bare) == ("/bin/busybox", "sh")
    task = asyncio.create_task(shell(engine, bare, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.type(b"echo sum $((6*7)); exit 3\r")
    assert await asyncio.wait_for(task, 10) == 3
    await terminal.until(b"sum 42")


@pytest.mark.parametrize("bare", ["opt/busybox-server"], indirect=True)
async def test_a_container_without_a_shell_says_so(engine: Engine, bare: str, terminal: Terminal) -> None:
    with pytest.raises(NoShell, match="has no shell"):
        await shell(engine, bare, terminal.fd, terminal.fd)
    assert terminal.output == b""


async def test_a_container_that_does_not_run_or_is_gone(
    engine: Engine, container: Any, terminal: Terminal
) -> None:
    await engine.containers.kill(container.id)
    await asyncio.to_thread(container.wait)
    with pytest.raises(Conflict, match="not running"):
        await shell(engine, container.id, terminal.fd, terminal.fd)
    with pytest.raises(NotFound):
        await shell(engine, "holdfast-none", terminal.fd, terminal.fd)


async def test_a_command_that_is_not_there_ends_with_127_or_126(engine: Engine, container: Any) -> None:
    async with await engine.execs.open(container.id, ["/no/such/command"]) as session:
        output = b""
        while part := await session.read():
            output += part
        assert await session.wait() in (126, 127)
    assert b"no such file" in output
