"""Releases that are no good, and engines that cannot do what they are asked for: the former one serves on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import KILLED, TALLY, App, Point, bury_the_dead, import_images
from tests.support.ports import free_port
from tests.support.private_engine import PrivateEngine
from tui.cli.arguments import dispatch
from tui.model.operation import Warned
from tui.operations.process.prepared import prepared
from tui.operations.running.runner import perform
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from tests.support.registry import Registry
    from tui.model.operation import Event, Failure

pytestmark = pytest.mark.timeout(200)

ORDERS = ("stop-first", "start-first")


@pytest.fixture
def engine(private_engine: PrivateEngine) -> Iterator[PrivateEngine]:
    import_images(private_engine, "v1", "v2")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


async def undone(app: App, kind: str, **options: str) -> Failure:
    """Deploy what cannot work; how it failed."""
    TALLY.begin(kind)
    serving = app.engine.api.inspect(app.name)["Id"]
    problem = await app.fail("deploy", version="v2", **options)
    live = await app.check()
    assert app.engine.api.inspect(app.name)["Id"] == serving
    assert problem.code in (1, 3, 4), problem
    assert problem.code == 4 or f"r{live} v1 serves again" in problem.message, problem
    TALLY.survived(kind)
    return problem


# -- releases that are no good

SECOND = 1_000_000_000
BAD: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "exits at once": ({"command": ["false"]}, {}, "ended with exit code 1"),
    "cannot be started": ({"command": ["/no/such/program"]}, {}, "no such file"),
    "exits after 5 s": ({"command": ["sleep", "5"]}, {"bake": 20}, "while it was watched"),
    "never becomes healthy": (
        {"healthcheck": {"test": ["CMD", "false"], "interval": "200ms", "retries": 500}},
        {"timeout": 2},
        "was not ready within 2 s",
    ),
    "is unhealthy": (
        {"healthcheck": {"test": ["CMD", "false"], "interval": "200ms", "retries": 2}},
        {},
        "is unhealthy",
    ),
    "never answers its probe": ({}, {"exec": ["false"], "timeout": 2}, "was not ready within 2 s"),
    "becomes unhealthy while it is watched": (
        {
            "command": ["sh", "-c", "touch /tmp/ok; sleep 3; rm /tmp/ok; sleep 600"],
            "healthcheck": {"test": ["CMD", "test", "-e", "/tmp/ok"], "interval": "300ms", "retries": 1},
        },
        {"bake": 20},
        "became unhealthy while it was watched",
    ),
    "ignores SIGTERM, and is no good": (
        {
            "command": ["sh", "-c", "trap '' TERM; sleep 600"],
            "stop_signal": "SIGTERM",
            "stop_grace_period": "1s",
        },
        {"exec": ["false"], "timeout": 1},
        "was not ready within 1 s",
    ),
}


async def test_new_releases_that_are_no_good(engine: PrivateEngine, tmp_path: Path) -> None:
    turns = asyncio.Semaphore(8)

    async def one(number: int, what: str, order: str) -> None:
        run, ready, words = BAD[what]
        app = App(tmp_path, engine, f"bad-{number}-{order}", order)
        async with turns:
            await app.work("deploy", version="v1")
            app.configure(run=run, ready=ready)
            problem = await undone(app, f"new release {what}")
            assert words in problem.message, problem

    async with asyncio.TaskGroup() as group:
        for number, what in enumerate(BAD):
            for order in ORDERS:
                group.create_task(one(number, what, order))


@pytest.mark.parametrize("order", ORDERS)
async def test_an_old_release_that_ignores_sigterm(engine: PrivateEngine, tmp_path: Path, order: str) -> None:
    kind = "old release ignores SIGTERM"
    TALLY.begin(kind)
    stubborn = {"command": ["sleep", "600"], "stop_signal": "SIGTERM", "stop_grace_period": "1s"}
    app = App(tmp_path, engine, f"stubborn-{order}", order, run=stubborn)
    await app.work("deploy", version="v1")

    ended = await app.work("deploy", version="v2")

    assert await app.check() == 2
    assert ended.seconds > 1
    if order == "stop-first":
        assert ended.result.gap_seconds is not None
        assert 1 < ended.result.gap_seconds < ended.seconds
    TALLY.survived(kind)


async def test_somebody_else_failed_since_the_plan_was_made(engine: PrivateEngine, tmp_path: Path) -> None:
    """Nothing that stands on the engine tells of it, only the ledger."""
    app = App(tmp_path, engine, "between")
    await app.work("deploy", version="v1")
    request = app.request("deploy", version="v2")
    async with prepared(request, load(request.config)) as planned:
        app.configure(run={"command": ["false"]})
        await undone(app, "deploy fails while another waits")

        told: list[Event] = []
        ended = await perform(
            planned, op=request.op, name="deploy", app=app.name, engine=engine.host, tell=told.append
        )

    assert ended.ok, ended.error
    assert await app.check() == 3
    assert any(isinstance(event, Warned) and "have changed" in event.message for event in told)


# -- what it needs is taken


@pytest.fixture
def front(engine: PrivateEngine) -> Iterator[str]:
    engine.api.ask("POST", "/networks/create", {"Name": "front"})
    yield "front"
    engine.api.sweep()
    engine.api.ask("DELETE", "/networks/front")


def publishing(port: int) -> Mapping[str, Any]:
    return {
        "command": ["httpd", "-f", "-p", "8080", "-h", "/bin"],
        "networks": ["front"],
        "ports": [f"127.0.0.1:{port}:8080"],
    }


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/true", timeout=5) as answer:
        return bool(answer.status == 200)


async def test_a_port_that_is_taken(engine: PrivateEngine, front: str, tmp_path: Path) -> None:
    """By another container: refused before anything stops. By a program likewise."""
    first, second = free_port(), free_port()
    app = App(tmp_path, engine, "port", run=publishing(first), ready={"tcp": 8080})
    await app.work("deploy", version="v1")
    app.configure(run=publishing(second), ready={"tcp": 8080})

    with socket.socket() as taker:
        taker.bind(("127.0.0.1", second))
        taker.listen()
        problem = await undone(app, "port taken by a program")
        assert problem.code == 4
        assert f"port {second}/tcp" in problem.message
        assert "taken by a process" in problem.message
        assert answers(first)

    bindings = {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(second)}]}
    engine.api.run(
        name="taker",
        ExposedPorts={"8080/tcp": {}},
        HostConfig={"NetworkMode": front, "PortBindings": bindings},
    )
    problem = await undone(app, "port taken by a container")
    assert problem.code == 4
    assert "taker" in problem.message
    assert answers(first)

    engine.api.remove("taker")
    await app.work("deploy", version="v2")
    assert answers(second)


# -- the bytes do not come


class Narrows:
    """A way to a registry that is cut once so many bytes have come through."""

    def __init__(self, registry: Registry) -> None:
        self._to = registry.address.rpartition(":")[2]
        self._left: int | None = None
        self.address = ""
        self.cut = asyncio.Event()

    def cut_after(self, count: int) -> None:
        self._left = count

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Narrows]:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.address = "127.0.0.1:{1}".format(*self._server.sockets[0].getsockname())
        try:
            yield self
        finally:
            self._server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut.is_set():
            writer.transport.abort()
            return
        there, sent = await asyncio.open_connection("127.0.0.1", int(self._to))
        try:
            await asyncio.gather(self._copy(reader, sent), self._copy(there, writer, counted=True))
        except OSError:
            writer.transport.abort()
        finally:
            sent.close()
            writer.close()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool = False
    ) -> None:
        while chunk := await reader.read(1 << 14):
            if counted and self._left is not None:
                self._left -= len(chunk)
                if self._left < 0:
                    self.cut.set()
                    raise ConnectionResetError
            writer.write(chunk)
            await writer.drain()
        writer.close()


@contextlib.contextmanager
def engine_of_one_try() -> Iterator[PrivateEngine]:
    """An engine that tries only once to download a layer; by default it does so for a minute."""
    one = PrivateEngine()
    (one.folder / "config.json").write_text('{"max-download-attempts": 1}')
    with one:
        yield one


def push_large(engine: PrivateEngine, repository: str, version: str) -> None:
    """An image with 8 MB that do not get smaller; only the registry has it afterwards."""
    import_images(engine, version)
    api = engine.api
    fill = ["sh", "-c", "head -c 8000000 /dev/urandom > /filling"]
    container = api.run(*fill, Image=f"faulty:{version}")
    assert api.wait(container) == 0
    api.ask(
        "POST", f"/commit?container={container}&repo={repository}&tag={version}", {"Cmd": ["sleep", "600"]}
    )
    api.remove(container)
    said = api.push(f"{repository}:{version}")
    assert "error" not in said[-1], said[-1]


async def test_a_pull_that_is_cut(registry: Registry, tmp_path: Path) -> None:
    with engine_of_one_try() as engine:
        async with Narrows(registry).open() as way:
            repository = f"{way.address}/team/cut-{time.time_ns()}"
            for version in ("v1", "v2"):
                await asyncio.to_thread(push_large, engine, repository, version)
            app = App(tmp_path, engine, "cut", app={"image": repository})
            await app.work("deploy", version="v1")
            engine.api.untag(f"{repository}:v2")
            before = await app.releases()
            way.cut_after(3_000_000)
            kind = "pull cut"
            TALLY.begin(kind)

            problem = await app.fail("deploy", version="v2")

            assert way.cut.is_set()
            assert problem.code in (1, 3), problem
            assert await app.releases() == before, "nothing was changed"
            assert await app.check() == 1
            TALLY.survived(kind)
            way.cut.clear()
            way.cut_after(1 << 40)
            await app.work("deploy", version="v2")
            assert await app.check() == 2


# -- no room


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> Path:
    """Leave no byte."""
    path = disk / "filling"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(b"x")
    return path


async def test_a_disk_of_the_engine_that_gets_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bury_the_dead(monkeypatch)
    kind = "engine's disk full"
    with small_disk(tmp_path / "disk", 60) as disk:
        engine = PrivateEngine()
        (engine.folder / "data").symlink_to(disk)
        with engine:
            import_images(engine, "v1", "v2")
            app = App(tmp_path, engine, "full")
            await app.work("deploy", version="v1")
            before = await app.releases()

            TALLY.begin(kind)
            filling = fill(disk)
            problem = await app.fail("deploy", version="v2")
            assert "no space left" in problem.message
            assert app.awake() == ["full"]
            filling.unlink()
            assert (await app.releases())[0].standing == before[0].standing
            await app.recover()
            assert await app.check() == 1
            TALLY.survived(kind)

            for number in range(11):
                TALLY.begin(kind)
                started = app.start(
                    "deploy", Point(number, "before"), signal.SIGSTOP, version="v2", again=True
                )
                assert await started.frozen()
                filling = fill(disk)
                started.thaw()
                status = await started.end()
                filling.unlink()
                await app.recover()
                live = await app.check()
                assert status != KILLED
                assert status or (await app.releases())[0].entries[live].release.version == "v2"
                TALLY.survived(kind)


async def test_a_disk_of_the_journal_that_is_full(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before anything changes."""
    kind = "journal's disk full"
    app = App(tmp_path, engine, "unwritten")
    await app.work("deploy", version="v1")
    before = await app.releases()
    TALLY.begin(kind)
    with small_disk(tmp_path / "state", 1) as disk:
        fill(disk)
        monkeypatch.setenv("XDG_STATE_HOME", os.fspath(disk))
        assert await app.start("deploy", version="v2").end() == 1
        monkeypatch.delenv("XDG_STATE_HOME")
    assert await app.releases() == before
    assert await app.check() == 1
    TALLY.survived(kind)


# -- and what must not be lost along the way


async def test_an_app_on_the_machines_own_network_can_be_asked(engine: PrivateEngine, tmp_path: Path) -> None:
    port = free_port()
    serving = {"command": ["httpd", "-f", "-p", str(port), "-h", "/bin"], "network_mode": "host"}
    app = App(tmp_path, engine, "host", run=serving, ready={"http": f"{port}/true"})
    for version in ("v1", "v2"):
        await app.work("deploy", version=version)
        assert answers(port)
    assert await app.check() == 2


async def test_retention_leaves_an_image_that_has_a_name_and_was_never_pushed(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "only", app={"keep": 1})
    for version in ("v1", "v2", "v2"):
        await app.work("deploy", version=version, again=True)
    assert "only.r1" not in app.states()

    await app.work("deploy", version="v1")

    assert await app.check() == 4


async def test_what_a_removed_container_said_last_stays_in_the_journal(
    engine: PrivateEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = App(tmp_path, engine, "talker")
    await app.work("deploy", version="v1")
    said = "echo told and gone; exit 7"
    for number, (run, ready) in enumerate(
        (
            ({"command": ["sh", "-c", said]}, {}),
            ({"command": ["sh", "-c", f"sleep 1; {said}"], "restart": "no"}, {"bake": 20}),
        ),
        start=2,
    ):
        app.configure(run=run, ready=ready)
        deploying = app.start("deploy", version="v2")
        assert await deploying.end() == 1
        assert f"talker.r{number}" not in app.states()

        problem = deploying.problem()

        assert {"exit code 7", "told and gone"} <= set(problem.detail), problem
        assert "see its log" not in problem.hint
        shown = problem.hint.split("holdfast history --show ")[1].split()[0]
        assert dispatch(["history", "--show", shown]) == 0
        assert "told and gone" in capsys.readouterr().out
        releases, _ = await app.releases()  # what any other account reads as well
        outcome = releases.entries[number].outcome
        assert outcome is not None
        assert {"exit code 7", "told and gone"} <= set(outcome.said)
        assert await app.check() == 1, f"r{number}"
