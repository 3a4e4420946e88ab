"""Every way that a pruning can end, by the rules alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.verbs import refused, run, work
from tui.engine.errors import Conflict, NotFound
from tui.model.operation import DONE, FAILED
from tui.model.retention import Going
from tui.model.sizes import disk_size

if TYPE_CHECKING:
    from tests.support.memory_app import MemoryApp

OLD = Going("web@v1", "web@v1", "of r1", last=True)
NAME = Going("web:v1", "web@v1", "of r1", last=False)


async def four(web: MemoryApp) -> None:
    """Four releases, of which the last and one before it are to be kept from now on."""
    await web.deployed("v1", "v2", "v3", "v4")
    web.app = web.app._replace(keep=1)


async def test_what_retention_does_not_keep_goes(web: MemoryApp) -> None:
    await four(web)
    web.memory.going = [NAME, OLD]
    done = await work(web.prune())
    assert [step.title for step in done.plan.steps] == [
        "Remove r2 v2",
        "Remove r1 v1",
        "Remove the name web:v1 (of r1); the image stays",
        f"Remove web@v1 (of r1), {disk_size(0)}",
    ]
    assert dict(done.plan.facts)["stay"] == "r3 v3"
    assert [*web.memory.standing.slots] == [3, 4]
    assert web.memory.removed == ["web:v1", "web@v1"]
    assert [*web.memory.entries] == [1, 2, 3, 4]
    assert web.serves(4)


async def test_what_somebody_needs_by_now_stays(web: MemoryApp) -> None:
    await four(web)
    web.memory.going = [OLD]
    planned = await web.prune()
    web.memory.going = []
    await work(planned)
    assert web.memory.removed == []


async def test_an_image_that_cannot_be_removed_keeps_nothing_else_from_going(web: MemoryApp) -> None:
    await four(web)
    web.memory.going = [NAME, OLD]
    web.memory.fails["removing web:v1"] = Conflict(409, "it is in use")
    done = await work(web.prune())
    assert done.states["web:v1"] == FAILED
    assert any("web:v1 could not be removed" in warning for warning in done.warnings)
    assert web.memory.removed == ["web@v1"]


async def test_what_is_gone_already_is_done(web: MemoryApp) -> None:
    await four(web)
    web.memory.going = [OLD]
    web.memory.fails["removing web@v1"] = NotFound(404, "no such image")
    done = await work(web.prune())
    assert done.states["web@v1"] == DONE
    assert done.warnings == []


async def test_a_lost_lease_stops_it(web: MemoryApp) -> None:
    await four(web)
    web.memory.going = [OLD]
    web.memory.lost_at = "remove r1"
    done = await run(web.prune())
    assert done.error.code == 6
    assert [*web.memory.standing.slots] == [1, 3, 4]
    assert web.memory.removed == []
    assert web.memory.held == 0


async def test_cancelled_it_ends_what_it_has_begun_and_no_more(web: MemoryApp) -> None:
    await four(web)
    planned = await web.prune()
    web.memory.pause = 0.05
    web.memory.busy.clear()
    done = await run(planned, cancel_at=web.memory.busy)
    assert done.error.code == 130
    assert [*web.memory.standing.slots] == [1, 3, 4]
    assert web.serves(4)


async def test_where_all_is_kept_there_is_nothing_to_do(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    problem = await refused(web.prune())
    assert problem.code == 0
    assert "nothing to prune" in problem.message
