"""An engine by ssh: an sshd on the loopback, so that no network is measured."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import tomli_w

from tests.bench.run import spread
from tests.bench.table import Result, at_most
from tests.support.sshd import Sshd
from tui.engine.client import Engine

if TYPE_CHECKING:
    from tests.bench.engines import RealEngine
    from tests.bench.run import Run
    from tui.engine.endpoint import Endpoint

STREAMS = 40
CONTAINERS = 10
EVENT_SECONDS = 5.0


def measure(run: Run) -> list[Result]:
    real = run.engines.real()
    real.fill(CONTAINERS, 5)
    with tempfile.TemporaryDirectory() as folder, Sshd(Path(folder)) as sshd:
        endpoint = sshd.endpoint(f"unix://{real.path}")
        rows = [_first_row(run, endpoint) for _ in range(run.either(10, 3))]
        measured = asyncio.run(_measured(real, endpoint, run.either(20, 5)))
    first = spread(rows)
    note = f"worst {first.worst:.0f} ms; the login by ssh is in it"
    return [Result("first row by ssh", first.median, unit="ms", goals=(at_most(1500),), note=note), *measured]


def _first_row(run: Run, endpoint: Endpoint) -> float | None:
    """Seconds from the start of the dashboard to a container, with a tunnel that has to be made."""
    home = run.home / "ssh"
    config = home / run.ours.name / "config" / "holdfast"
    config.mkdir(parents=True, exist_ok=True)
    table = {"host": endpoint.url, "ssh_options": [*endpoint.ssh_options]}
    (config / "config.toml").write_text(tomli_w.dumps({"engines": {"far": table}}))
    program = replace(run.ours, command=(*run.ours.command, "--context", "far"))
    terminal = program.start("/none", home)
    try:
        at = program.first_row(terminal)
        return at and at - terminal.started
    finally:
        terminal.end()


async def _measured(real: RealEngine, endpoint: Endpoint, times: int) -> list[Result]:
    alone, beside, pings, events = [], [], [], []
    for _ in range(times):
        began = time.monotonic()
        await (await Engine.connect(endpoint)).close()
        alone.append(time.monotonic() - began)
    async with await Engine.connect(endpoint) as engine, AsyncExitStack() as streams:
        for number in range(times):
            began = time.monotonic()
            await (await Engine.connect(endpoint)).close()
            beside.append(time.monotonic() - began)
            began = time.monotonic()
            await engine.ping(5)
            pings.append(time.monotonic() - began)
            events.append(await _event(real, engine, f"by-ssh-{number}"))
        began = time.monotonic()
        await asyncio.gather(*(streams.enter_async_context(engine.events()) for _ in range(STREAMS)))
        opened = time.monotonic() - began
    return [
        Result("connecting by ssh, with its login", spread(alone).median, unit="ms", goals=(at_most(600),)),
        Result("connecting by ssh, tunnel there", spread(beside).median, unit="ms", goals=(at_most(20),)),
        Result("a request by ssh", spread(pings).median, unit="ms", goals=(at_most(5),)),
        Result("call of the engine to its event, by ssh", spread(events).median, unit="ms"),
        Result(f"{STREAMS} streams opened over one tunnel", 1000 * opened, unit="ms", goals=(at_most(500),)),
    ]


async def _event(real: RealEngine, engine: Engine, name: str) -> float | None:
    """Seconds from asking the engine straight to create a container to its event by ssh."""
    async with engine.events() as events, aclosing(events) as heard:
        began = time.monotonic()
        asked = asyncio.create_task(asyncio.to_thread(real.create, name))
        try:
            async with asyncio.timeout(EVENT_SECONDS):
                async for event in heard:
                    if event.action == "create":
                        return time.monotonic() - began
        except TimeoutError:
            return None
        finally:
            await asked
            real.remove(name)
    return None
