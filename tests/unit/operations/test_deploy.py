"""Every way that a deploy can end, by the rules alone: nothing runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_app import NOT_READY, MemoryApp
from tests.support.verbs import refused, run, work
from tui.cli import status
from tui.errors import HoldfastError
from tui.journal.writer import JournalFailed
from tui.model.operation import DONE, SKIPPED, UNDONE, Ended, StepChanged, Warned
from tui.model.retention import Going
from tui.model.step import NETWORKS
from tui.operations.running.runner import perform
from tui.presentation.lines import plain

if TYPE_CHECKING:
    from tui.model.operation import Event, Plan


def steps(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


async def test_the_first_release_serves(web: MemoryApp) -> None:
    done = await work(web.deploy("v1"))
    assert done.ended.result.release == "r1"
    assert done.ended.result.image == "web@v1"
    assert web.serves(1)
    assert steps(done.plan) == ["lease", *web.memory.made]
    assert dict(done.plan.facts)["way back"].startswith("none")


async def test_the_next_one_takes_its_place_and_the_former_is_kept(web: MemoryApp) -> None:
    await web.deployed("v1")
    done = await work(web.deploy("v2"))
    assert web.serves(2)
    assert web.memory.standing.kept == [1]
    assert done.plan.title == "Deploy web v2 as r2"
    assert dict(done.plan.facts)["way back"] == "r1 v1, at every step"
    assert done.ended.result.gap_seconds is not None
    outcome = web.memory.entries[2].outcome
    assert outcome is not None
    assert (outcome.good, outcome.container) == (True, "id2")
    assert outcome.gap_seconds == done.ended.result.gap_seconds


async def test_where_both_can_serve_the_new_one_is_ready_before_the_old_one_stops(web: MemoryApp) -> None:
    web.app = web.app._replace(order="start-first")
    await web.deployed("v1", "v2")
    made = web.memory.made
    assert web.serves(2)
    assert made.index("gate r2") < made.index("drain r1") < made.index("stop r1")


async def test_what_is_only_in_the_registry_is_pulled_first(web: MemoryApp) -> None:
    done = await work(web.deploy("v1", local=False))
    assert web.serves(1)
    assert steps(done.plan)[:2] == ["lease", "pull"]
    assert web.memory.made[0] == "pull"


async def test_a_pull_that_fails_changes_nothing(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.fails["pull"] = HoldfastError("the registry is gone")
    done = await run(web.deploy("v2", local=False))
    assert done.error.message == "the registry is gone"
    assert [*web.memory.entries] == [1]
    assert web.serves(1)


async def test_another_image_than_was_judged_is_pulled_and_not_started(web: MemoryApp) -> None:
    await web.deployed("v1")
    done = await run(web.deploy("v2", local=False, config="sha256:" + "a" * 64))
    assert done.error.code == 4
    assert "and not the one that was judged (aaaaaaaaaaaa): nothing of it was started" in done.error.message
    assert done.error.hint.startswith("find out who made this index; holdfast deploy web --digest sha256:")
    assert [*web.memory.entries] == [1], "nothing is recorded"
    assert web.memory.made[-1] == "pull"
    assert web.serves(1)


async def test_another_image_than_was_judged_is_refused_at_once_where_it_is_here(web: MemoryApp) -> None:
    problem = await refused(web.deploy("v1", config="sha256:" + "a" * 64))
    assert problem.code == 4
    assert "not the one that was judged" in problem.message
    assert web.memory.made == []


async def test_the_image_that_was_judged_is_started_by_whatever_id_its_store_gives(web: MemoryApp) -> None:
    done = await work(web.deploy("v1", local=False, config="web@v1"))
    assert done.ended.result.image == "web@v1"
    assert web.serves(1)


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
async def test_a_gate_that_fails_brings_the_former_release_back(web: MemoryApp, order: str) -> None:
    web.app = web.app._replace(order=order)
    await web.deployed("v1")
    web.fail("v2")
    done = await run(web.deploy("v2"))
    assert done.error.code == 1
    assert done.error.message == f"{NOT_READY.message}; r1 v1 serves again"
    assert done.error.serves == "r1 v1"
    assert done.error.detail == ("it burns",)
    assert done.states["undo"] == UNDONE
    assert web.serves(1)
    assert 2 not in web.memory.standing.slots
    outcome = web.memory.entries[2].outcome
    assert outcome is not None
    assert (outcome.good, outcome.message, outcome.said) == (False, NOT_READY.message, ("it burns",))


async def test_where_nothing_served_before_nothing_does_then(web: MemoryApp) -> None:
    web.fail("v1")
    done = await run(web.deploy("v1"))
    assert done.error.message.endswith("nothing was in service, and nothing is")
    assert done.error.serves == ""
    assert web.memory.standing.slots == {}
    assert web.memory.standing.records == {1: False}


@pytest.mark.parametrize("step", ["create", "promote", "start", "arm", "bake"])
async def test_whatever_step_fails_the_former_release_serves(web: MemoryApp, step: str) -> None:
    await web.deployed("v1")
    web.memory.fails[f"{step} r2"] = HoldfastError("no room")
    done = await run(web.deploy("v2"))
    assert done.error.message == "no room; r1 v1 serves again"
    assert web.serves(1)
    assert web.memory.standing.records[2] is False


async def test_a_record_that_cannot_be_written_leaves_nothing(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.fails["record r2"] = HoldfastError("the ledger is full")
    done = await run(web.deploy("v2"))
    assert "the ledger is full" in done.error.message
    assert [*web.memory.entries] == [1]
    assert web.serves(1)


async def test_a_former_release_that_does_not_serve_any_more_is_made_anew(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.fail("v2")
    web.memory.fails["start r1"] = HoldfastError("its disk is gone")
    done = await run(web.deploy("v2"))
    assert "made anew as r3, it serves" in done.error.message
    assert done.error.serves == "r3 v1"
    assert web.serves(3)
    assert web.memory.entries[3].release.rollback_of == 1


async def test_one_that_was_changed_by_hand_is_made_anew_and_not_started(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.fail("v2")
    web.memory.changed[1] = ("environment",)
    done = await run(web.deploy("v2"))
    assert done.error.serves == "r3 v1"
    assert "start r1" not in web.memory.made[web.memory.made.index("gate r2") :]
    assert web.serves(3)


async def test_where_nothing_can_be_brought_back_somebody_has_to_look(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.fail("v1")
    web.fail("v2")
    done = await run(web.deploy("v2"))
    assert done.error.code == 6
    assert "bringing the former release back failed" in done.error.message
    # It was started all the same, and nothing is open: a recovery would have nothing to do.
    assert web.memory.standing.slots[1].running
    assert done.error.hint == "holdfast status web shows how it stands, docker logs web what it says"
    assert web.memory.held == 0


async def test_what_is_to_be_done_is_what_status_says_of_the_same_state(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    web.fail("v1")
    web.fail("v2")
    web.fail("v3")
    web.memory.fails["start r2"] = HoldfastError("its disk is gone")
    done = await run(web.deploy("v3"))
    assert done.error.code == 6
    found = await web.memory.read("web")
    found = found._replace(releases=found.releases._replace(ways=await web.memory.ways_back(found)))
    first = plain(next(status.notes(status.AppStatus("web", "memory://", True, found))))
    assert first == f"web: the live release does not run; {done.error.hint}"
    assert done.error.hint.startswith("docker start web, or holdfast rollback web")


async def test_cancelled_at_its_gate_it_is_undone(web: MemoryApp) -> None:
    await web.deployed("v1")
    begun = web.memory.begun["gate r2"] = asyncio.Event()
    done = await run(web.deploy("v2"), cancel_at=begun)
    assert done.error.code == 130
    assert done.error.message == "cancelled; r1 v1 serves"
    assert done.error.serves == "r1 v1"
    assert web.serves(1)


async def test_a_lost_lease_stops_it_where_it_is(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.lost_at = "start r2"
    done = await run(web.deploy("v2"))
    assert done.error.code == 6
    assert "the lease of web was lost" in done.error.message
    assert web.memory.made[-1] == "promote r2"
    assert web.memory.standing.open == [2]
    assert web.memory.held == 0


async def test_what_is_interrupted_has_to_be_recovered_first(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.lost_at = "start r2"
    await run(web.deploy("v2"))
    problem = await refused(web.deploy("v3"))
    assert problem.code == 4
    assert "(r2) was interrupted" in problem.message
    assert problem.hint == "holdfast recover web"


async def test_what_changed_since_the_plan_is_followed(web: MemoryApp) -> None:
    await web.deployed("v1")
    planned = await web.deploy("v3")
    await web.deployed("v2")

    done = await work(planned)
    assert done.ended.result.release == "r3"
    assert any("have changed since the plan" in warning for warning in done.warnings)
    assert web.serves(3)


async def test_what_is_not_kept_goes_and_its_image(web: MemoryApp) -> None:
    web.app = web.app._replace(keep=1)
    await web.deployed("v1", "v2")
    web.memory.going = [Going("web@v1", "web@v1", "of r1", last=True)]
    done = await work(web.deploy("v3"))
    assert steps(done.plan)[-2:] == ["prune", "web@v1"]
    assert web.serves(3)
    assert web.memory.standing.kept == [2]
    assert web.memory.removed == ["web@v1"]


async def test_an_image_that_somebody_needs_by_now_stays(web: MemoryApp) -> None:
    web.memory.going = [Going("web@v0", "web@v0", "of r0", last=True)]
    planned = await web.deploy("v1")
    web.memory.going = []

    done = await work(planned)
    assert done.states["web@v0"] == SKIPPED
    assert web.memory.removed == []


async def test_what_cannot_be_removed_is_said_and_is_no_failure(web: MemoryApp) -> None:
    web.app = web.app._replace(keep=1)
    await web.deployed("v1", "v2")
    web.memory.fails["remove r1"] = HoldfastError("it is in use")
    done = await work(web.deploy("v3"))
    assert web.serves(3)
    assert any("what is not kept could not be removed: it is in use" in one for one in done.warnings)


async def test_the_lease_names_every_step_while_it_is_made(web: MemoryApp) -> None:
    """Also those that only look: a bake lasts longer than all others."""
    await web.deployed("v1")
    web.memory.told.clear()
    await web.deployed("v2")
    kinds = ["create", "disarm", "stop", "retire", "promote", "start", "gate", "arm", "bake", "good"]
    told = [*dict.fromkeys(step.partition(" ")[0] for step in web.memory.told)]
    assert [step for step in told if step in kinds] == kinds


async def test_a_plan_names_what_it_creates_and_nothing_where_all_is_there(web: MemoryApp) -> None:
    done = await web.deployed("v1")
    assert NETWORKS not in {step.id for step in done.plan.steps}
    web.memory.absent = ["network front"]
    done = await web.deployed("v2")
    assert [step.title for step in done.plan.steps if step.id == NETWORKS] == ["Create network front"]
    assert done.states[NETWORKS] == "done"


@pytest.mark.parametrize(
    ("before", "after", "state"), [(["volume a"], [], "skipped"), ([], ["volume a"], "done")]
)
async def test_what_was_created_or_removed_since_the_plan_counts(
    web: MemoryApp, before: list[str], after: list[str], state: str
) -> None:
    web.memory.absent = [*before]
    planned = await web.deploy("v1")
    web.memory.absent = [*after]
    done = await work(planned)
    assert done.states[NETWORKS] == state
    assert web.serves(1)


async def test_where_the_live_one_does_not_run_there_is_no_gap_and_nothing_to_stop(web: MemoryApp) -> None:
    await web.deployed("v1")
    slot = web.memory.standing.slots[1]._replace(running=False, armed=False)
    web.memory.standing = web.memory.standing._replace(slots={1: slot})
    done = await web.deployed("v2")
    assert dict(done.plan.facts)["gap"] == "none: nothing serves now"
    assert done.plan.equal.startswith("docker rename web web.r1 && docker run")


async def test_a_journal_that_fails_once_it_is_on_record_as_good_makes_no_failure(web: MemoryApp) -> None:
    await web.deployed("v1")
    told: list[Event] = []
    full = False

    def tell(event: Event) -> None:
        nonlocal full
        told.append(event)
        full = full or (isinstance(event, StepChanged) and (event.step, event.state) == ("good r2", DONE))
        if full and not isinstance(event, Ended):
            raise JournalFailed("the journal cannot be written: No space left on device")

    planned = await web.deploy("v2")
    ended = await perform(planned, op="op", name="deploy", app="web", engine="memory://", tell=tell)
    assert full
    assert ended.ok
    assert ended.result.release == "r2"
    assert web.serves(2)
    assert "No space left" in [event.message for event in told if isinstance(event, Warned)][-1]
