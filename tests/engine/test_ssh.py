"""An engine of another host, by a real sshd."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tests.support.sshd import Sshd
from tui.engine.client import Engine
from tui.engine.errors import EngineUnreachable, SocketMissing, SshFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.private_engine import PrivateEngine


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path) as sshd:
        yield sshd
    assert of_ours(sshd) == []


def of_ours(sshd: Sshd) -> list[int]:
    """The process IDs of what clients have started for it."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = process.read_bytes()
            if b"ssh\0" in words and f"UserKnownHostsFile={sshd.folder}/".encode() in words:
                found.append(int(process.parent.name))
    return found


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where tunnels have their folders: a place of this test, whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="hf-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


async def test_an_engine_answers_and_nothing_is_left(sshd: Sshd, engine_host: str, place: Path) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        assert (await engine.info()).name
        (folder,) = place.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert [*place.iterdir()] == []


async def test_all_of_a_process_share_one_connection(sshd: Sshd, engine_host: str) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        others = [await Engine.connect(sshd.endpoint(engine_host)) for _ in range(3)]
        await asyncio.gather(*(one.info() for one in [engine, *others] for _ in range(10)))
        assert len(sshd.connections) == 1
        for one in others:
            await one.close()
        await engine.ping(5)


async def test_it_comes_back_by_itself(sshd: Sshd, engine_host: str) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        for _ in range(3):
            sshd.cut()
            await engine.ping(10)


async def test_without_forwarding_the_docker_command_passes_on(tmp_path: Path, engine_host: str) -> None:
    with Sshd(tmp_path, "AllowStreamLocalForwarding no") as sshd:
        async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
            await asyncio.gather(*(engine.ping(20) for _ in range(20)))
            assert len(sshd.connections) == 1


async def test_a_key_that_is_not_known_is_for_a_person(sshd: Sshd, engine_host: str, place: Path) -> None:
    sshd.know()
    with pytest.raises(SshFailed, match="is not known here") as caught:
        await Engine.connect(sshd.endpoint(engine_host))
    assert caught.value.login[0] == "ssh"
    assert caught.value.hint.startswith("run ssh ")
    assert caught.value.exit_status == 3
    assert [*place.iterdir()] == []


async def test_another_key_is_not_to_be_waved_through(sshd: Sshd, engine_host: str) -> None:
    sshd.know((sshd.folder / "stranger.pub").read_text())
    with pytest.raises(SshFailed, match="another one than is known") as caught:
        await Engine.connect(sshd.endpoint(engine_host))
    assert caught.value.login == ()
    assert "ssh-keygen" in caught.value.hint


async def test_a_stranger_is_not_let_in(sshd: Sshd, engine_host: str) -> None:
    with pytest.raises(SshFailed, match="does not let this account in"):
        await Engine.connect(sshd.endpoint(engine_host, key="stranger"))


async def test_no_engine_there(sshd: Sshd) -> None:
    with pytest.raises(SocketMissing, match=r"no engine answers at /run/nobody.sock on 127.0.0.1"):
        await Engine.connect(sshd.endpoint("unix:///run/nobody.sock"))


async def test_nothing_listens(sshd: Sshd, engine_host: str) -> None:
    sshd.stop()
    with pytest.raises(EngineUnreachable, match="nothing listens for ssh"):
        await Engine.connect(sshd.endpoint(engine_host))


async def test_a_request_that_is_cancelled_costs_only_itself(sshd: Sshd, engine_host: str) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        (connection,) = sshd.connections
        async with engine.events():
            waiting = asyncio.create_task(engine.ping(60))
            await asyncio.sleep(0)
            waiting.cancel()
        await engine.ping(5)
        assert sshd.connections == [connection]


async def test_many_streams_go_over_one_connection(sshd: Sshd, engine_host: str) -> None:
    async with (
        await Engine.connect(sshd.endpoint(engine_host)) as engine,
        contextlib.AsyncExitStack() as streams,
    ):
        for _ in range(40):
            await streams.enter_async_context(engine.events())
        await engine.ping(5)
        assert len(sshd.connections) == 1


async def test_few_sessions_are_enough_for_a_dashboard(tmp_path: Path, engine_host: str) -> None:
    """Where each connection takes a session: one stream of events, a log, and what is asked meanwhile."""
    with Sshd(tmp_path, "AllowStreamLocalForwarding no", "MaxSessions 4") as sshd:
        async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
            assert engine.few
            async with engine.events(), engine.events():
                for _ in range(6):
                    await engine.ping(20)


async def test_a_host_that_lets_few_come_at_once_is_tried_again(tmp_path: Path, engine_host: str) -> None:
    with Sshd(tmp_path, "MaxStartups 1:100:1") as sshd:
        crowd = socket.create_connection(("127.0.0.1", sshd.port))
        asyncio.get_running_loop().call_later(0.6, crowd.close)
        async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
            await engine.ping(5)


async def test_ports_of_the_host_are_dialled(sshd: Sshd, engine_host: str) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, await Engine.connect(sshd.endpoint(engine_host)) as engine:
        for _ in range(2):
            reader, writer = await engine.dial("127.0.0.1", port)
            assert await reader.read() == b"hello"
            writer.close()
        sshd.cut()
        await engine.ping(10)
        reader, writer = await engine.dial("127.0.0.1", port)
        assert await reader.read() == b"hello"
        writer.close()


async def test_an_engine_that_stops_is_told_from_a_connection_that_broke(
    sshd: Sshd, own_engine: PrivateEngine
) -> None:
    async with await Engine.connect(sshd.endpoint(own_engine.host)) as engine:
        own_engine.kill()
        with pytest.raises(SocketMissing, match="no engine answers at"):
            await engine.ping(5)
        own_engine.start()
        await engine.ping(5)
        assert len(sshd.connections) == 1


HOLDING = """
import asyncio, signal, sys, tempfile
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started behind & would ignore it
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
url, place, *options = sys.argv[1:]
tempfile.tempdir = place
async def main():
    await Engine.connect(Endpoint(url, "the test", ssh_options=tuple(options)))
    print("connected", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_however_it_ends_nothing_is_left(
    sshd: Sshd, engine_host: str, place: Path, blow: signal.Signals
) -> None:
    command = [sys.executable, "-c", HOLDING, sshd.url(engine_host), place, *sshd.client()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == b"connected\n"
        assert len([*place.iterdir()]) == 1
        holding.send_signal(blow)
    until(lambda: not [*place.iterdir()] and not of_ours(sshd) and not sshd.connections)


def test_the_connection_outlives_the_keys_that_end_us(sshd: Sshd, engine_host: str, place: Path) -> None:
    """Ctrl+C goes to the whole job of the terminal: what is undone then needs it still."""
    command = [sys.executable, "-c", HOLDING, sshd.url(engine_host), place, *sshd.client()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == b"connected\n"
        job = os.getpgid(holding.pid)
        assert all(os.getpgid(pid) != job for pid in of_ours(sshd) if pid != holding.pid)
        holding.kill()
    until(lambda: not of_ours(sshd))


async def test_one_that_lost_its_shell_is_made_anew(sshd: Sshd, engine_host: str, place: Path) -> None:
    """Whatever somebody kills of it."""
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        for pid in of_ours(sshd):
            os.kill(pid, signal.SIGKILL)
        await engine.ping(10)
    assert [*place.iterdir()] == []


@pytest.mark.parametrize("path", ["stale", "/tmp/" + "long" * 60 + "/%C"])
async def test_a_control_path_of_the_users_does_no_harm(
    sshd: Sshd, engine_host: str, place: Path, path: str
) -> None:
    """Of ~/.ssh/config: too long for a socket, or one at which nobody listens any more."""
    if path == "stale":
        path = f"{place}/stale"
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(path)
    users = ("ControlMaster=auto", f"ControlPath={path}", "ControlPersist=60")
    async with await Engine.connect(sshd.endpoint(engine_host, *users)) as engine:
        await engine.ping(5)
        assert len(sshd.connections) == 1
    assert Path(path).exists() == path.endswith("stale")
    await asyncio.to_thread(until, lambda: not sshd.connections)


LEAVING = """
import asyncio, gc, sys, tempfile
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
tempfile.tempdir = sys.argv[1]
hanging = "ProxyCommand=sh -c 'setsid sleep 1 & sleep 1'"
async def main(seconds, again):
    task = asyncio.create_task(Engine.connect(Endpoint("ssh://nobody", "a test", ssh_options=(hanging,))))
    await asyncio.sleep(seconds)
    if again:
        task.cancel()
        await asyncio.sleep(0)
for seconds in (0.05, 0.07, 0.1):
    for again in (False, True):
        asyncio.run(main(seconds, again))
        gc.collect()
"""


def test_nothing_is_said_of_an_event_loop_that_has_gone(place: Path) -> None:
    """Where it ends while ssh connects, and somebody holds what ssh would speak by."""
    command = [sys.executable, "-W", "ignore", "-c", LEAVING, place]
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, check=True)
    assert "Event loop is closed" not in ended.stderr
    until(lambda: not [*place.iterdir()])
