"""An operation that is frozen, taken over, and thawed: it changes nothing any more, and says so."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.deploying import TALLY, App, Point, import_images, lease_times
from tui.ledger.lease_state import Times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.deploying import Started
    from tests.support.private_engine import PrivateEngine

TIMES = Times(renew=2.0, dead=16.0)
LOST = 6
LEASED = 5

STEPS = {"stop-first": 11, "start-first": 12}
CHANGES = {"stop-first": 9, "start-first": 9}
"""How many of them change something; the others are the gate, the bake and the drain."""

BESIDE_THE_RECORD = (1, 2)
"""Steps that are made while the record is being written."""

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def engine(private_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateEngine]:
    lease_times(monkeypatch, TIMES)
    import_images(private_engine, "v1", "v2", "v3")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


def cases() -> list[tuple[str, Point]]:
    return [
        (order, Point(number, moment))
        for moment, counts in (("before", STEPS), ("within", CHANGES))
        for order, count in counts.items()
        for number in range(count)
    ]


async def snapshot(app: App) -> Any:
    """Everything of it that can be changed."""
    api = app.engine.api
    releases, _ = await app.releases()
    found = [api.inspect(name) for name in app.states()]
    return (
        releases.entries,
        {
            one["Id"]: (one["Name"], one["State"], one["HostConfig"]["RestartPolicy"], one["RestartCount"])
            for one in found
        },
    )


async def frozen(app: App, point: Point) -> Started:
    """A deploy that is frozen at a point."""
    await app.work("deploy", version="v1")
    started = app.start("deploy", point, signal.SIGSTOP, TIMES, version="v2")
    assert await started.frozen(), started.problem()
    return started


async def one(app: App, point: Point, turns: asyncio.Semaphore) -> None:
    kind = f"deploy {app.order}, frozen {point.when} a step and taken over"
    TALLY.begin(kind)
    async with turns:
        started = await frozen(app, point)
    await asyncio.sleep(TIMES.dead)
    async with turns:
        await app.recover()
        if point.number % 2:
            await app.work("deploy", version="v3")
        live = await app.check()
        before = await snapshot(app)
        started.thaw()
        assert await started.end() == LOST
        assert "lost" in started.problem().message
        if point.when == "within" or point.number in BESIDE_THE_RECORD:  # a call was on its way
            await app.recover()
        else:
            assert await snapshot(app) == before
        assert await app.check() == live
    TALLY.survived(kind)


async def test_at_each_step(engine: PrivateEngine, tmp_path: Path) -> None:
    turns = asyncio.Semaphore(4)
    async with asyncio.TaskGroup() as group:
        for order, point in cases():
            app = App(tmp_path, engine, f"{order}-{point.when}-{point.number}", order)
            group.create_task(one(app, point, turns))


async def test_while_it_may_be_alive_nobody_takes_it_over(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "alive")
    started = await frozen(app, Point(4, "before"))
    for verb, options in (("recover", {}), ("rollback", {}), ("deploy", {"version": "v3"})):
        problem = await app.fail(verb, **options)
        assert problem.code in (LEASED, 4)
        assert verb != "recover" or "is being changed by" in problem.message
    started.thaw()
    assert await started.end() == 0
    assert await app.check() == 2
