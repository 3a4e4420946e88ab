"""The engine is killed under a deploy, at every step of it, and started again."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import TALLY, App, Point, bury_the_dead, import_images

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine

pytestmark = pytest.mark.timeout(400)

STEPS = {"stop-first": 11, "start-first": 12}


@pytest.fixture
def engine(own_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> PrivateEngine:
    bury_the_dead(monkeypatch)
    import_images(own_engine, "v1", "v2")
    return own_engine


async def in_turns(apps: Sequence[App], verb: str, version: str = "") -> None:
    turns = asyncio.Semaphore(4)

    async def one(app: App) -> None:
        async with turns:
            await app.work(verb, version=version)

    async with asyncio.TaskGroup() as group:
        for app in apps:
            group.create_task(one(app))


async def restarted(engine: PrivateEngine, apps: Sequence[App]) -> None:
    """Start it again: it wakes nothing but what may serve; then every app is recovered."""
    engine.start()
    for app in apps:
        releases, _ = await app.releases()
        awake = [slot for slot in releases.standing.slots.values() if slot.running]
        assert len(awake) <= 1
        assert all(slot.armed and slot.name == app.name for slot in awake), awake
    turns = asyncio.Semaphore(4)

    async def one(app: App) -> None:
        async with turns:
            await app.recover()
            await app.check()

    async with asyncio.TaskGroup() as group:
        for app in apps:
            group.create_task(one(app))


async def test_at_each_step(engine: PrivateEngine, tmp_path: Path) -> None:
    """All of them at once: each app's deploy stands at another step when the engine dies."""
    kind = "deploy, engine killed before a step"
    cases = {
        App(tmp_path, engine, f"{order}-{number}", order): Point(number, "before")
        for order, count in STEPS.items()
        for number in range(count)
    }
    await in_turns([*cases], "deploy", "v1")
    operations = [app.start("deploy", point, signal.SIGSTOP, version="v2") for app, point in cases.items()]
    for operation in operations:
        TALLY.begin(kind)
        assert await operation.frozen()

    engine.kill()
    for operation in operations:
        operation.thaw()
    for operation in operations:
        assert await operation.end() != 0
    await restarted(engine, [*cases])
    for _ in cases:
        TALLY.survived(kind)


@pytest.mark.parametrize(("verb", "moments"), [("deploy", (0.5, 1.1)), ("rollback", (0.8,))])
async def test_at_any_moment(
    engine: PrivateEngine, tmp_path: Path, verb: str, moments: tuple[float, ...]
) -> None:
    """Also while it does what it was asked for."""
    kind = f"{verb}, engine killed at any moment"
    # Names of this engine alone: what was deployed on another is remembered, and its v1 has other bytes.
    apps = [App(tmp_path, engine, f"{verb}-{order}-{at}", order) for at in range(3) for order in STEPS]
    await in_turns(apps, "deploy", "v1")
    await in_turns(apps, "deploy", "v2")
    for seconds in moments:
        options = {"version": "v1", "again": True} if verb == "deploy" else {}
        operations = [app.start(verb, **options) for app in apps]
        for _ in apps:
            TALLY.begin(kind)
        await asyncio.sleep(seconds)
        engine.kill()
        for operation in operations:
            await operation.end()
        await restarted(engine, apps)
        for _ in apps:
            TALLY.survived(kind)
