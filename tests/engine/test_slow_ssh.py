"""Logins by ssh that take long, hang, or come in a crowd."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.sshd import Sshd
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.engine.ssh import tunnel
from tui.operations.looking import engine_look
from tui.operations.looking.engine_look import EngineLook
from tui.operations.looking.engines import KnownEngine
from tui.operations.process import prepared_fleet
from tui.operations.process.request import Request
from tui.sync.engines import EnginesFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where tunnels have their folders, by a path that leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="hf-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path) as sshd:
        yield sshd


@asynccontextmanager
async def slow_way(port: int, seconds: float) -> AsyncIterator[int]:
    """A port that leads to another one after so many seconds."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await reader.read(1 << 16):
                writer.write(part)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, back), copy(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def hanging(count: int) -> AsyncIterator[list[Endpoint]]:
    """Endpoints of hosts that take connections and say nothing."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with AsyncExitStack() as stack:
        found = []
        for number in range(count):
            server = await asyncio.start_server(hold, f"127.0.0.{10 + number}", 0)
            stack.callback(server.close)
            host, port = server.sockets[0].getsockname()
            found.append(Endpoint(f"ssh://{host}:{port}", "the test"))
        yield found


def behind(sshd: Sshd, engine: str, port: int) -> Endpoint:
    """The endpoint of an engine by way of a port that leads to an sshd, whose key is known all the same."""
    endpoint = sshd.endpoint(engine, f"HostKeyAlias=[127.0.0.1]:{sshd.port}")
    return endpoint._replace(url=endpoint.url.replace(f":{sshd.port}", f":{port}"))


async def test_a_slow_login_is_waited_for_and_its_row_becomes_live(
    sshd: Sshd, engine_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_look, "LIMIT", 0.8)
    async with slow_way(sshd.port, 2.0) as port:
        ref = EngineRef(behind(sshd, engine_host, port), "slow")
        follower = EnginesFollower()
        follower.take([KnownEngine(ref.url, ("slow",), ref)])
        told, came = [], asyncio.Event()

        def take(key: str) -> None:
            told.append(follower.states[key])
            if told[-1].answers or told[-1].error:
                came.set()

        follower.subscribe(take)
        running = asyncio.create_task(follower.run())
        async with asyncio.timeout(15):
            await came.wait()
        assert [bool(one.connecting) for one in told] == [True, False]
        assert told[-1].answers
        assert told[-1].error == ""
        assert told[-1].took < 0.8, "the time of an answer, without that of the login"
        assert sshd.log().count("Accepted") in (0, 1)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_fleet_waits_for_a_slow_login(
    sshd: Sshd, engine_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared_fleet, "CONNECT_SECONDS", 0.8)
    async with slow_way(sshd.port, 2.0) as port, AsyncExitStack() as stack:
        ref = EngineRef(behind(sshd, engine_host, port), "slow")
        asked = Request(verb="deploy", app="web", engine=ref, op="a-test", fleet=(ref,))
        engines, away = await prepared_fleet._opened(asked, stack)
        assert away == {}
        await engines["slow"].ping(5)


async def test_logins_that_hang_keep_no_other_from_beginning(
    sshd: Sshd, engine_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "TURN_SECONDS", 0.3)
    async with hanging(tunnel.TOGETHER + 3) as endpoints:
        tasks = [asyncio.create_task(Engine.connect(one)) for one in endpoints]
        await asyncio.sleep(0.1)
        try:
            async with asyncio.timeout(6), await Engine.connect(sshd.endpoint(engine_host)) as engine:
                await engine.ping(5)
            assert not any(task.done() for task in tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_those_of_one_host_log_in_one_after_the_other(tmp_path: Path, engine_host: str) -> None:
    """One that lets nobody in while somebody else logs in drops none of them."""
    with Sshd(tmp_path, "MaxStartups 1:100:1", "LogLevel VERBOSE") as sshd:
        one = sshd.endpoint(engine_host)
        others = [one._replace(ssh_options=(*one.ssh_options, f"ConnectTimeout={9 + n}")) for n in range(5)]
        async with AsyncExitStack() as stack:
            for engine in await asyncio.gather(*map(Engine.connect, others)):
                stack.push_async_callback(engine.close)
            assert len(sshd.connections) == len(others)
        assert "drop connection" not in sshd.log()
        assert "past MaxStartups" not in sshd.log()


async def test_a_look_is_one_try_also_where_it_was_there_before(sshd: Sshd, engine_host: str) -> None:
    ref = EngineRef(sshd.endpoint(engine_host), "host")
    look = EngineLook(KnownEngine(ref.url, ("host",), ref))
    try:
        assert (await look.look()).answers
        sshd.stop()
        async with asyncio.timeout(10):
            while look.is_connected:
                await asyncio.sleep(0.02)
            state = look.begin()
            assert state.connecting
            state = await look.look()
        assert "nothing listens for ssh" in state.error
        assert not state.connecting
        sshd.start()
        assert (await look.look()).answers
    finally:
        await look.close()
