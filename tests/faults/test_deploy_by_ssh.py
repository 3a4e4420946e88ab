"""The connection by ssh is lost under a deploy, at every step of it."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import TALLY, Point, bury_the_dead, import_images
from tests.faults.over_ssh import RemoteApp
from tests.support.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.deploying import Started
    from tests.support.private_engine import PrivateEngine

pytestmark = pytest.mark.timeout(400)

STEPS = {"stop-first": 11, "start-first": 12}
CHANGES = {"stop-first": 9, "start-first": 9}
ATTENTION = 6


@pytest.fixture
def engine(private_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateEngine]:
    bury_the_dead(monkeypatch)
    import_images(private_engine, "v1", "v2")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path, "MaxStartups 100") as sshd:
        yield sshd


async def frozen(app: RemoteApp, point: Point, patience: float = 40.0) -> Started:
    """A deploy of v2 after v1, frozen at a point."""
    await app.work("deploy", version="v1")
    started = app.begin("deploy", point, patience, version="v2")
    assert await started.frozen(), started.problem()
    return started


@pytest.mark.parametrize(("when", "counts"), [("before", STEPS), ("within", CHANGES)])
async def test_cut_at_each_step_it_goes_on(
    engine: PrivateEngine, sshd: Sshd, tmp_path: Path, when: str, counts: dict[str, int]
) -> None:
    """All of them at once: each app's deploy stands at another step when the connections are cut."""
    kind = f"deploy by ssh, cut {when} a step"
    cases = [(order, number) for order, count in counts.items() for number in range(count)]
    turns = asyncio.Semaphore(4)

    async def begin(order: str, number: int) -> tuple[RemoteApp, Started]:
        async with turns:
            app = RemoteApp(tmp_path, engine, sshd, f"{when}-{order}-{number}", order)
            TALLY.begin(kind)
            return app, await frozen(app, Point(number, when))

    begun = await asyncio.gather(*itertools.starmap(begin, cases))
    sshd.cut()
    for _, operation in begun:
        operation.thaw()
    for app, operation in begun:
        status = await operation.end()
        problem = operation.problem() if status else None
        live = await app.check()
        # Forty at once can make an engine too slow for one of them: then that one is undone, and says so.
        undone = status == 1 and live == 1 and problem is not None and problem.serves == "r1 v1"
        assert (status, live) == (0, 2) or undone, (app.name, problem)
        TALLY.survived(kind)


async def test_a_host_that_is_away_for_a_while_is_waited_for(
    engine: PrivateEngine, sshd: Sshd, tmp_path: Path
) -> None:
    app = RemoteApp(tmp_path, engine, sshd, "away", "stop-first")
    started = await frozen(app, Point(6, "within"))
    sshd.stop()
    started.thaw()
    await asyncio.sleep(6)
    sshd.start()
    assert await started.end() == 0, started.problem()
    assert await app.check() == 2


async def test_a_connection_that_freezes_is_given_up(
    engine: PrivateEngine, sshd: Sshd, tmp_path: Path
) -> None:
    app = RemoteApp(tmp_path, engine, sshd, "freezing", "stop-first")
    started = await frozen(app, Point(8, "before"))
    with sshd.frozen():
        started.thaw()
        assert await started.end() == 0, started.problem()
    assert await app.check() == 2


@pytest.mark.parametrize("number", [2, 5, 8])
async def test_a_host_that_stays_away_leaves_what_recover_mends(
    engine: PrivateEngine, sshd: Sshd, tmp_path: Path, number: int
) -> None:
    app = RemoteApp(tmp_path, engine, sshd, f"gone-{number}", "stop-first")
    started = await frozen(app, Point(number, "before"), patience=2.0)
    sshd.stop()
    started.thaw()
    assert await started.end() == ATTENTION
    assert "recover" in started.problem().hint
    await app.recover()
    assert await app.check() in (1, 2)


async def test_a_host_with_another_key_is_not_talked_to(
    engine: PrivateEngine, sshd: Sshd, tmp_path: Path
) -> None:
    app = RemoteApp(tmp_path, engine, sshd, "another", "stop-first")
    started = await frozen(app, Point(5, "before"))
    sshd.stop()
    sshd.change_key()
    sshd.start()
    started.thaw()
    assert await started.end() == ATTENTION
    assert "another one than is known" in started.problem().message
    await app.recover()
    assert await app.check() in (1, 2)
