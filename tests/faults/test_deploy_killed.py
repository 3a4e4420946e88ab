"""kill -9 of an operation before and after each of its steps: the service and the way back survive."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import KILLED, TALLY, App, Point, bury_the_dead, import_images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine

ORDERS = ("stop-first", "start-first")
MOMENTS = ("before", "after")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def engine(private_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateEngine]:
    bury_the_dead(monkeypatch)
    import_images(private_engine, "v1", "v2")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


async def killed_everywhere(
    app: App, moment: str, verb: str, *, first: int = 0, end: int = 0, version: str = "", live: str = ""
) -> None:
    """Kill it at each of its steps from the `first` on, until it comes to its own end.

    live   the version that serves whenever it begins: a recovery may have finished the one before
    """
    kind = f"{verb} {app.order}, killed{' while it undoes' if end else ''}"
    for number in itertools.count(first):
        if live and app.version() != live:
            await app.work("deploy", version=live)
        TALLY.begin(kind)
        status = await app.start(verb, Point(number, moment), version=version).end()
        await app.recover()
        await app.check()
        TALLY.survived(kind)
        if status == end:
            assert number > first
            return
        assert status == KILLED


async def everywhere(engine: PrivateEngine, folder: Path, verb: str, version: str = "") -> None:
    """On four apps at once: both orders, before and after each step."""

    async def one(order: str, moment: str) -> None:
        app = App(folder, engine, f"{verb}-{order}-{moment}", order)
        await app.work("deploy", version="v1")
        await app.work("deploy", version="v2")
        await killed_everywhere(app, moment, verb, version=version, live="v2")

    async with asyncio.TaskGroup() as cases:
        for order, moment in itertools.product(ORDERS, MOMENTS):
            cases.create_task(one(order, moment))


async def test_at_each_step_of_a_deploy(engine: PrivateEngine, tmp_path: Path) -> None:
    await everywhere(engine, tmp_path, "deploy", version="v1")


async def test_at_each_step_of_a_roll_back(engine: PrivateEngine, tmp_path: Path) -> None:
    await everywhere(engine, tmp_path, "rollback")


async def test_at_each_step_of_undoing_what_failed(engine: PrivateEngine, tmp_path: Path) -> None:
    """The new release ends at once: what comes after its gate is the way back."""

    async def one(order: str, gate: int, moment: str) -> None:
        app = App(tmp_path, engine, f"undo-{order}-{moment}", order)
        await app.work("deploy", version="v1")
        app.configure(run={"command": ["false"]})
        await killed_everywhere(app, moment, "deploy", first=gate + 1, end=1, version="v2")

    async with asyncio.TaskGroup() as cases:
        for (order, gate), moment in itertools.product(zip(ORDERS, (7, 3), strict=True), MOMENTS):
            cases.create_task(one(order, gate, moment))


async def test_at_each_step_of_the_very_first_deploy(engine: PrivateEngine, tmp_path: Path) -> None:
    """There is no way back: nothing is left, or the new release serves."""
    kind = "first deploy, killed"

    async def one(number: int) -> None:
        TALLY.begin(kind)
        app = App(tmp_path, engine, f"first-{number}")
        status = await app.start("deploy", Point(number, "before"), version="v1").end()
        await app.recover()
        releases, notes = await app.releases()
        assert (status, notes, releases.standing.open) == (KILLED, [], [])
        if releases.standing.live is None:
            assert app.states() == {}
        else:
            assert await app.check() == 1
        TALLY.survived(kind)
        await app.work("deploy", version="v1", again=True)
        await app.check()

    async with asyncio.TaskGroup() as cases:
        for number in range(8):
            cases.create_task(one(number))


async def test_a_recovery_that_is_killed_can_be_recovered(engine: PrivateEngine, tmp_path: Path) -> None:
    kind = "recover, killed"

    async def one(number: int) -> None:
        app = App(tmp_path, engine, f"recover-{number}")
        await app.work("deploy", version="v1")
        assert await app.start("deploy", Point(6, "before"), version="v2").end() == KILLED
        TALLY.begin(kind)
        recovering = app.start("recover", Point(number, "before"), dead=True)
        assert await recovering.end() == KILLED
        await app.recover()
        assert await app.check() == 1
        TALLY.survived(kind)

    async with asyncio.TaskGroup() as cases:
        for number in range(7):
            cases.create_task(one(number))
