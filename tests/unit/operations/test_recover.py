"""Every way that a recovery can end, by the rules alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import refused, run, work
from tui.errors import HoldfastError
from tui.operations.verbs import recover

if TYPE_CHECKING:
    from tests.support.memory_app import MemoryApp


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grace period of a fifth of a second."""
    monkeypatch.setattr(recover, "GRACE", 0.1)
    monkeypatch.setattr(recover, "MARGIN", 0.1)
    monkeypatch.setattr(recover, "LOOK", 0.01)


async def interrupted(web: MemoryApp, step: str) -> None:
    """A deploy of v2 over v1 that stopped before this step."""
    await web.deployed("v1")
    web.memory.lost_at = step
    await run(web.deploy("v2"))
    web.memory.lost_at = ""


@pytest.mark.parametrize("step", ["create r2", "disarm r1", "stop r1", "retire r1", "promote r2", "start r2"])
async def test_what_does_not_run_yet_is_undone(web: MemoryApp, step: str) -> None:
    await interrupted(web, step)
    done = await work(web.recover())
    assert "r2 v2 is undone; r1 v1 serves" in done.plan.title
    assert done.ended.result.release == "r1"
    assert web.serves(1)
    assert web.memory.standing.records[2] is False


async def test_a_stop_that_the_engine_is_still_carrying_out_is_waited_for(web: MemoryApp) -> None:
    """Who was killed had asked for it: the former release runs on for its grace period, and ends."""
    await interrupted(web, "stop r1")

    async def end() -> None:
        await asyncio.sleep(0.05)
        slots = web.memory.standing.slots
        ended = slots[1]._replace(running=False)
        web.memory.standing = web.memory.standing._replace(slots={**slots, 1: ended})

    ending = asyncio.create_task(end())
    done = await work(web.recover())
    await ending
    assert any("r1 may be stopping" in warning for warning in done.warnings)
    assert web.serves(1)


async def test_a_stop_that_nobody_had_asked_for_is_waited_for_once(web: MemoryApp) -> None:
    await interrupted(web, "stop r1")
    done = await work(web.recover())
    assert any("r1 may be stopping" in warning for warning in done.warnings)
    assert web.serves(1)


@pytest.mark.parametrize("step", ["arm r2", "good r2"])
async def test_what_runs_is_finished(web: MemoryApp, step: str) -> None:
    await interrupted(web, step)
    done = await work(web.recover())
    assert "r2 v2 is finished, if it is ready" in done.plan.title
    assert done.ended.result.release == "r2"
    assert web.serves(2)


async def test_what_runs_and_is_not_ready_is_undone(web: MemoryApp) -> None:
    await interrupted(web, "arm r2")
    web.fail("v2")
    done = await work(web.recover())
    assert any("r2 cannot be finished" in warning for warning in done.warnings)
    assert "it burns" in done.output
    assert web.serves(1)


async def test_what_is_not_in_order_is_put_so(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    slot = web.memory.standing.slots[2]._replace(running=False)
    web.memory.standing = web.memory.standing._replace(slots={**web.memory.standing.slots, 2: slot})
    done = await work(web.recover())
    assert "what is not in order is put so" in done.plan.title
    assert web.serves(2)


async def test_a_live_release_that_cannot_be_started_is_made_anew(web: MemoryApp) -> None:
    await web.deployed("v1")
    slot = web.memory.standing.slots[1]._replace(running=False)
    web.memory.standing = web.memory.standing._replace(slots={1: slot})
    web.memory.fails["start r1"] = HoldfastError("its disk is gone")
    done = await work(web.recover())
    assert done.ended.result.release == "r2"
    assert web.serves(2)


async def test_it_fails_where_nothing_can_be_brought_back(web: MemoryApp) -> None:
    await interrupted(web, "start r2")
    web.fail("v1")
    done = await run(web.recover())
    assert done.error.code == 6
    assert web.memory.held == 0


async def test_a_lost_lease_stops_it(web: MemoryApp) -> None:
    await interrupted(web, "start r2")
    web.memory.lost_at = "remove r2"
    done = await run(web.recover())
    assert done.error.code == 6
    assert 2 in web.memory.standing.slots
    web.memory.lost_at = ""
    await work(web.recover())
    assert web.serves(1)


async def test_cancelled_it_goes_on_to_its_end(web: MemoryApp) -> None:
    """Half a recovery is what it was called for."""
    await interrupted(web, "start r2")
    planned = await web.recover()
    web.memory.pause = 0.05
    web.memory.busy.clear()
    done = await run(planned, cancel_at=web.memory.busy)
    assert done.error.code == 130
    assert web.serves(1)


async def test_where_nothing_was_interrupted_there_is_nothing_to_do(web: MemoryApp) -> None:
    await web.deployed("v1")
    problem = await refused(web.recover())
    assert problem.code == 0
    assert "there is nothing to recover" in problem.message


async def test_what_somebody_left_behind_is_enough(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.left = True
    done = await work(web.recover())
    assert "what was left behind is removed" in done.plan.title
    assert web.serves(1)
