"""A real engine by ssh over a long, thin line: 150 ms there and back, 1 Mbit/s."""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import tomli_w

from tests.bench.keys import ANSWER_LIMIT, RUN_OF_KEYS
from tests.bench.run import pause, spread
from tests.bench.table import NEVER, Result, at_most
from tests.support.busybox import IMAGE
from tests.support.slow_line import ROUND_TRIP, slow_line
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineError
from tui.engine.transports import kept, transport_for
from tui.errors import NothingToDo
from tui.model.app import AppSpec, ReadySpec, RunSpec
from tui.model.policy import Policy
from tui.operations.deploying.sources import FromVersion
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.running.runner import perform
from tui.operations.verbs import deploy, rollback
from tui.store.store import LinkState, Store, Topic
from tui.sync.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.bench.engines import RealEngine
    from tests.bench.run import Run
    from tui.model.event import Event
    from tui.operations.running.runner import Planned

CONTAINERS, STREAMS = 20, 40
PATIENCE = 30.0
APP = AppSpec(
    "line",
    "bench-line",
    "holdfast.toml",
    run=RunSpec(command=("/bin/sleep", "100000"), network_mode="none"),
    ready=ReadySpec(stable=0.05, bake=0.0),
    drain_seconds=0.0,
)
ANY = Policy(require_tests=False)


def measure(run: Run) -> list[Result]:
    real = run.engines.real()
    real.fill(CONTAINERS, 5)
    with tempfile.TemporaryDirectory() as folder, slow_line(Path(folder)) as line, _home(Path(folder)):
        run.remarks.add(f"line: {1000 * ROUND_TRIP:g} ms there and back, 1 Mbit/s, by {line.how}")
        endpoint = line.endpoint(f"unix://{real.path}")
        asyncio.run(_released(real, ("v1", "v2")))
        measured = asyncio.run(_measured(real, endpoint, run.either(5, 3)))
        presses = run.either(48, 12)
        far = _keys(run, real, {"host": endpoint.url, "ssh_options": [*endpoint.ssh_options]}, presses)
        near = _keys(run, real, {"host": f"unix://{real.path}"}, presses)
    keys = Result(
        "down key over the line, while much happens",
        far,
        unit="ms",
        goals=(at_most(round(max(1.5 * near, near + 3), 1)),),
        note=f"{near:.1f} ms on the engine's own socket: the goal is as fast as there",
    )
    return [*measured, keys]


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """What this account keeps of releases is kept there meanwhile."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    try:
        yield
    finally:
        del os.environ["XDG_STATE_HOME"]
        if before is not None:
            os.environ["XDG_STATE_HOME"] = before


async def _planned(engine: Engine, version: str) -> Planned:
    source = FromVersion(engine, APP, ANY, version, version)
    return await deploy.plan(Standalone(engine), APP, version, source)


async def _released(real: RealEngine, versions: tuple[str, ...]) -> None:
    """Two releases of an app, made straight on the engine, and a version to come."""
    async with await Engine.connect(Endpoint(f"unix://{real.path}", "the bench")) as engine:
        image = await engine.images.config(IMAGE)
        for version in (*versions, "v3"):
            await engine.images.tag(image.id, APP.image, version)
        for version in versions:
            try:
                planned = await _planned(engine, version)
            except NothingToDo:  # it is there from before
                continue
            ended = await perform(
                planned, op=version, name="deploy", app=APP.name, engine="", tell=lambda _: None
            )
            if ended.error is not None:
                raise OSError(ended.error.message)


async def _measured(real: RealEngine, endpoint: Endpoint, times: int) -> list[Result]:
    tunnels = [await _timed(lambda: _tunnel(endpoint)) for _ in range(times)]
    async with kept(endpoint):
        await _tunnel(endpoint)
        rows = [await _first_row(endpoint) for _ in range(times)]
        plans = [await _timed(lambda: _plan(endpoint)) for _ in range(times)]
        backs = [await _timed(lambda: _way_back(endpoint)) for _ in range(times)]
        failed, opened = await _streams(real, endpoint)
    return [
        Result("over the line: the tunnel is up", 1000 * median(tunnels), unit="ms"),
        _trips("over the line: first row after it", [row for row, _ in rows], 4),
        _trips("over the line: all rows after it", [live for _, live in rows]),
        _trips("over the line: the plan of a deploy", plans, 6),
        _trips("over the line: the plan of a roll back", backs),
        Result(
            f"over the line: of {STREAMS} streams failed",
            failed,
            goals=(at_most(0),),
            note=f"all were open after {1000 * opened:.0f} ms",
        ),
    ]


def _trips(measure: str, seconds: list[float], most: int | None = None) -> Result:
    """In round trips, with what the bytes need on the line counted too."""
    middle = median(seconds)
    goals = (at_most(most),) if most is not None else ()
    return Result(
        f"{measure}, in round trips", middle / ROUND_TRIP, goals=goals, note=f"{1000 * middle:.0f} ms"
    )


async def _timed(one: Callable[[], Awaitable[None]]) -> float:
    began = time.monotonic()
    await one()
    return time.monotonic() - began


async def _tunnel(endpoint: Endpoint) -> None:
    way = transport_for(endpoint)
    await way.ready()
    await way.close()


async def _plan(endpoint: Endpoint) -> None:
    async with await Engine.connect(endpoint) as engine:
        await _planned(engine, "v3")


async def _way_back(endpoint: Endpoint) -> None:
    async with await Engine.connect(endpoint) as engine:
        await rollback.plan(Standalone(engine), APP, "back", 1)


async def _first_row(endpoint: Endpoint) -> tuple[float, float]:
    """Seconds until a container is known, and until all are, as the dashboard comes to know them."""
    store = Store()
    row, live = asyncio.Event(), asyncio.Event()
    store.subscribe(Topic.CONTAINERS, lambda _: row.set())
    store.subscribe(Topic.LINK, lambda _: live.set() if store.link.state is LinkState.LIVE else None)
    began = time.monotonic()
    watcher = asyncio.create_task(Watcher(store, lambda: Engine.connect(endpoint), endpoint.url).run())
    try:
        async with asyncio.timeout(PATIENCE):
            await row.wait()
            first = time.monotonic() - began
            await live.wait()
            return first, time.monotonic() - began
    except TimeoutError:
        return NEVER, NEVER
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])


async def _streams(real: RealEngine, endpoint: Endpoint) -> tuple[int, float]:
    """How many streams of events did not tell of one, and the seconds until all were open."""
    async with await Engine.connect(endpoint) as engine, AsyncExitStack() as stack:
        began = time.monotonic()
        opening = (stack.enter_async_context(engine.events()) for _ in range(STREAMS))
        streams = await asyncio.gather(*opening, return_exceptions=True)
        opened = time.monotonic() - began
        heard = [asyncio.create_task(_hears(one)) for one in streams if not isinstance(one, BaseException)]
        await asyncio.to_thread(real.create, "streamed")
        done, late = await asyncio.wait(heard, timeout=PATIENCE)
        for one in late:
            one.cancel()
        await asyncio.to_thread(real.remove, "streamed")
        return STREAMS - sum(one.result() for one in done), opened


async def _hears(events: AsyncIterator[Event]) -> bool:
    try:
        async for _ in events:
            return True
    except EngineError:
        pass
    return False


def _keys(run: Run, real: RealEngine, engine: dict[str, object], presses: int) -> float:
    """The median of milliseconds from a key to another row being selected, while containers come and go."""
    name = "far" if "ssh_options" in engine else "near"
    home = run.home / f"line-{name}"
    config = home / run.ours.name / "config" / "holdfast"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(tomli_w.dumps({"engines": {name: engine}}))
    program = replace(run.ours, command=(*run.ours.command, "--context", name))
    took: list[float | None] = []
    terminal = program.start("/none", home)
    try:
        program.first_row(terminal)
        terminal.watch(3)
        with _busy(real):
            for number in range(presses):
                moved = program.selects_another(terminal)
                typed = terminal.press("j" if (number // RUN_OF_KEYS) % 2 == 0 else "k")
                shown = terminal.until(moved, ANSWER_LIMIT)
                took.append(shown - typed if shown and shown > typed else None)
                pause(terminal, 0.1, 0.25)
    finally:
        terminal.end()
    return spread(took).median


@contextmanager
def _busy(real: RealEngine) -> Iterator[None]:
    """Meanwhile a container comes and goes all the time."""
    over = threading.Event()

    def busy() -> None:
        while not over.wait(0.1):
            real.create("zz-busy")
            real.remove("zz-busy")

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
