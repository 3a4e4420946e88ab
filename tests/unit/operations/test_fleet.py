"""A deploy to several engines and its way back, by the rules alone: nothing runs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_app import NOT_READY
from tests.support.memory_fleet import MemoryFleet
from tests.support.verbs import refused, run, work
from tui.engine.errors import ConnectionFailed
from tui.errors import HoldfastError, NothingToDo
from tui.journal.writer import JournalFailed
from tui.model.fleet import ALL, EngineState, OnFailure, Share, Unreachable
from tui.model.operation import Ended, Paused, Started, StepChanged
from tui.operations.running.runner import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.memory_app import MemoryApp
    from tests.support.verbs import Run
    from tui.model.operation import Event

AWAY = ConnectionFailed("nothing listens there")


def three(web: MemoryApp, **rules: object) -> MemoryFleet:
    return MemoryFleet(web.app, 3, **rules)


def states(done: Run) -> dict[str, str]:
    return {one.engine: one.state for one in done.ended.result.engines}


async def test_all_engines_get_it_in_waves(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    done = await work(fleet.deploy("v2"))
    assert fleet.serving() == {"edge-1": "v2", "edge-2": "v2", "edge-3": "v2"}
    assert [one.before for one in done.ended.result.engines] == ["r1 v1"] * 3
    assert [one.after for one in done.ended.result.engines] == ["r2 v2"] * 3
    assert done.plan.title == "Deploy web v2 to edge (3 engines)"
    waves = [(name, text.partition(",")[0]) for name, text in done.plan.facts if name.startswith("wave")]
    assert waves == [
        ("wave 1", "edge-1: r1 v1 -> v2"),
        ("wave 2", "edge-2: r1 v1 -> v2"),
        ("wave 2", "edge-3: r1 v1 -> v2"),
    ]


async def test_every_record_tells_of_the_whole_fleet(web: MemoryApp) -> None:
    fleet = three(web)
    await work(fleet.deploy("v1"))
    for app in fleet.apps.values():
        release = app.memory.entries[1].release
        assert (release.fleet, release.engines) == ("op", ("edge-1", "edge-2", "edge-3"))


async def test_a_broken_version_stops_at_the_first_engine_and_all_keep_the_former(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1", "v2")
    for app in fleet.apps.values():
        app.fail("v3")
    done = await run(fleet.deploy("v3"))
    assert done.error.code == 1
    assert "v3 of web is on 0 of 3 engines: edge-1 undone" in done.error.message
    assert done.error.hint == "every engine serves what it served before"
    assert states(done) == {"edge-1": "undone", "edge-2": "behind", "edge-3": "behind"}
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v2")
    assert [*fleet.apps["edge-2"].memory.entries] == [1, 2], "nothing was begun there"
    again = await run(fleet.deploy("v3"))
    assert any(
        said.startswith("edge-1: these bytes have failed before, as r3 v3: ") for said in again.plan.warnings
    )


async def test_what_somebody_rolled_back_from_is_said_to_be_so(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1", "v2")
    assert (await work(fleet.rollback())).plan.warnings == ()
    said = "these bytes were in service before, as r2 v2, and somebody rolled back from them"
    assert said in (await run(fleet.deploy("v2"))).plan.warnings


async def test_it_goes_back_everywhere_at_once(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    await work(fleet.deploy("v2"))
    done = await work(fleet.rollback())
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert done.plan.title == "Roll web back to v1 on edge (3 engines)"
    assert {name for name, _ in done.plan.facts if name.startswith(("wave", "at once"))} == {"at once"}


async def test_everything_is_pulled_before_anything_is_switched(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    fleet.apps["edge-3"].memory.fails["pull"] = HoldfastError("its disk is full")
    done = await run(fleet.deploy("v2"))
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert states(done) == {"edge-1": "behind", "edge-2": "behind", "edge-3": "undone"}
    assert all([*app.memory.entries] == [1] for app in fleet.apps.values())
    assert "edge-3 undone (its disk is full)" in done.error.message


async def test_what_one_refuses_is_refused_on_all_with_its_name(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    memory = fleet.apps["edge-2"].memory

    async def leased(app: str) -> object:
        raise HoldfastError("somebody deploys there", "wait")

    memory.read_undisturbed = leased  # type: ignore[assignment,method-assign]
    problem = await refused(fleet.deploy("v2"))
    assert problem.message == "edge-2: somebody deploys there"
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")


async def test_who_has_it_already_is_left_alone(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    await work(fleet.apps["edge-2"].deploy("v2"))

    class Live:
        def __init__(self, other: object) -> None:
            self.other = other

        async def find(self, read: object) -> object:
            raise NothingToDo("r2 v2 of web is live already", digest="sha256:v2")

    parts = fleet._parts("v2", local=False)
    parts[1]._source = lambda: Live(None)  # type: ignore[assignment,return-value]
    from tui.operations.fleets import deploy

    done = await work(deploy.plan(fleet.app, fleet.fleet, "op", "v2", parts, {}))
    assert states(done) == {"edge-1": "done", "edge-2": "live already", "edge-3": "done"}
    assert [*fleet.apps["edge-2"].memory.entries] == [1, 2]
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v2")


async def test_other_bytes_on_one_engine_are_refused(web: MemoryApp) -> None:
    fleet = three(web)
    parts = fleet._parts("v2", local=True)
    other = fleet._parts("v3", local=True)
    from tui.operations.fleets import deploy

    problem = await refused(deploy.plan(fleet.app, fleet.fleet, "op", "v2", [*parts[:2], other[2]], {}))
    assert problem.code == 4
    assert problem.message.startswith("edge-3: it names other bytes on edge-3")


async def test_one_that_does_not_answer_stops_it_before_anything_is_changed(web: MemoryApp) -> None:
    fleet = three(web)
    fleet.away = {"edge-2": AWAY}
    problem = await refused(fleet.deploy("v1"))
    assert problem.code == 3
    assert problem.message == "edge-2 does not answer: nothing listens there"
    assert 'on_unreachable = "skip" in [fleets.edge]' in problem.hint


async def test_or_is_left_behind_and_finished_later(web: MemoryApp) -> None:
    fleet = three(web, on_unreachable=Unreachable.SKIP)
    fleet.away = {"edge-2": AWAY}
    done = await run(fleet.deploy("v1"))
    assert done.error.code == 6
    assert "edge-2 behind (nothing listens there)" in done.error.message
    assert "--only behind" in done.error.hint
    assert fleet.serving() == {"edge-1": "v1", "edge-2": "", "edge-3": "v1"}


async def test_the_way_back_waits_for_nobody(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1", "v2")
    fleet.away = {"edge-2": AWAY}
    done = await run(fleet.rollback())
    assert done.error.code == 6
    assert fleet.serving() == {"edge-1": "v1", "edge-2": "v2", "edge-3": "v1"}
    fleet.away = {}
    again = await work(fleet.rollback("v1"))
    assert states(again) == {"edge-1": "live already", "edge-2": "done", "edge-3": "live already"}
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")


async def test_a_version_that_can_be_gone_back_to_is_named_once(web: MemoryApp) -> None:
    fleet = three(web)
    for version in ("v1", "v2", "v1", "v2", "v3"):
        await fleet.deployed(version)
    problem = await refused(fleet.rollback("v9"))
    assert problem.detail[0] == "edge-1: serves r5 v3, can go back to v2, v1"


async def test_a_roll_back_goes_on_where_one_engine_fails(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1", "v2")
    fleet.apps["edge-1"].fail("v1")
    done = await run(fleet.rollback())
    assert done.error.code == 6
    assert fleet.serving() == {"edge-1": "v2", "edge-2": "v1", "edge-3": "v1"}
    assert states(done)["edge-1"] == EngineState.UNDONE


@pytest.mark.parametrize(
    ("rule", "serve"),
    [
        (OnFailure.STOP, {"edge-1": "v2", "edge-2": "v2", "edge-3": "v1", "edge-4": "v1"}),
        (OnFailure.BACK, {"edge-1": "v2", "edge-2": "v1", "edge-3": "v1", "edge-4": "v1"}),
        (OnFailure.ALL_BACK, {"edge-1": "v1", "edge-2": "v1", "edge-3": "v1", "edge-4": "v1"}),
    ],
)
async def test_what_becomes_of_the_others_when_one_fails(
    web: MemoryApp, rule: OnFailure, serve: dict[str, str]
) -> None:
    fleet = MemoryFleet(web.app, 4, waves=(Share(1), Share(3), ALL), on_failure=rule)
    await fleet.deployed("v1")
    fleet.apps["edge-3"].fail("v2")
    fleet.apps["edge-3"].memory.pause = 0.01  # so that edge-2 is done when it fails
    done = await run(fleet.deploy("v2"))
    assert fleet.serving() == serve
    assert done.error.code == (1 if rule is OnFailure.ALL_BACK else 6)


async def test_so_many_may_fail(web: MemoryApp) -> None:
    fleet = three(web, max_failures=1)
    await fleet.deployed("v1")
    fleet.apps["edge-1"].fail("v2")
    done = await run(fleet.deploy("v2"))
    assert fleet.serving() == {"edge-1": "v1", "edge-2": "v2", "edge-3": "v2"}
    assert done.error.code == 6


async def test_the_sick_come_first(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    memory = fleet.apps["edge-3"].memory
    slot = memory.standing.slots[1]._replace(running=False)
    memory.standing = memory.standing._replace(slots={1: slot})
    planned = await fleet.deploy("v2")
    first = next(text for name, text in planned.plan.facts if name == "wave 1")
    assert first.startswith("edge-3:")


async def test_one_that_gets_sick_after_its_wave_goes_back(web: MemoryApp) -> None:
    fleet = three(web, bake=0.2)
    await fleet.deployed("v1")
    first = fleet.apps["edge-1"].memory
    read = first.read

    async def sick(app: str) -> object:
        found = await read(app)
        live = found.standing.live
        if live == 2:
            slot = found.standing.slots[2]._replace(running=False)
            slots = {**found.standing.slots, 2: slot}
            releases = found.releases._replace(standing=found.standing._replace(slots=slots))
            return found._replace(releases=releases)
        return found

    first.read = sick  # type: ignore[assignment,method-assign]
    done = await run(fleet.deploy("v2"))
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert states(done) == {"edge-1": "undone", "edge-2": "behind", "edge-3": "behind"}
    assert "did not stay well" in done.error.message


async def test_cancelling_undoes_what_is_under_way_and_begins_nothing_else(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    at = fleet.apps["edge-1"].memory.begun["gate r2"] = asyncio.Event()
    done = await run(fleet.deploy("v2"), cancel_at=at)
    assert done.error.code == 130
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert all(app.memory.held == 0 for app in fleet.apps.values())
    assert states(done) == {"edge-1": "undone", "edge-2": "behind", "edge-3": "behind"}


async def test_paused_no_other_engine_begins_until_it_goes_on(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    first = fleet.apps["edge-1"].memory
    first.pause = 0.02
    task = asyncio.ensure_future(run(fleet.deploy("v2")))
    while 2 not in first.entries:
        await asyncio.sleep(0.005)
    os.kill(os.getpid(), signal.SIGUSR1)
    while fleet.serving()["edge-1"] != "v2" or first.held:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert fleet.serving() == {"edge-1": "v2", "edge-2": "v1", "edge-3": "v1"}
    os.kill(os.getpid(), signal.SIGUSR1)
    done = await task
    assert done.ended.ok
    assert any(words.startswith("paused") for words in done.warnings)
    assert [event.paused for event in done.told if isinstance(event, Paused)] == [True, False]
    took = {one.engine: one.seconds for one in done.ended.result.engines}
    assert took["edge-2"] < 0.1, "waiting for its turn is no part of it"


STEPS = (
    "pull",
    "record r2",
    "create r2",
    "stop r1",
    "retire r1",
    "promote r2",
    "start r2",
    "gate r2",
    "bake r2",
)


@pytest.mark.parametrize("seed", range(200))
async def test_every_engine_ends_as_reported(web: MemoryApp, seed: int) -> None:
    dice = random.Random(seed)
    fleet = MemoryFleet(
        web.app,
        12,
        waves=(Share(1), Share(25, percent=True), ALL),
        parallel=dice.choice([0, 1, 3]),
        max_failures=dice.choice([0, 1, 2]),
        on_failure=dice.choice([*OnFailure]),
        on_unreachable=dice.choice([*Unreachable]),
    )
    await fleet.deployed("v1")
    for name in dice.sample([*fleet.apps], 2):
        memory = fleet.apps[name].memory
        error = dice.choice([NOT_READY, ConnectionFailed("the line is cut"), HoldfastError("refused")])
        memory.fails[dice.choice(STEPS)] = error
    done = await run(fleet.deploy("v2"))
    serving = fleet.serving()
    assert {one.engine for one in done.ended.result.engines} == {*fleet.apps}
    for outcome in done.ended.result.engines:
        app = fleet.apps[outcome.engine]
        assert app.memory.held == 0
        if outcome.state == EngineState.BROKEN:
            continue  # said to want attention: `recover` is for it
        assert outcome.after.partition(" ")[2] == serving[outcome.engine], outcome
        live = app.memory.standing.live
        assert live is not None
        assert app.serves(live)
    assert done.ended.ok == all(version == "v2" for version in serving.values())


async def test_one_after_the_other_where_the_fleet_says_so(web: MemoryApp) -> None:
    fleet = MemoryFleet(web.app, 4, waves=(ALL,), parallel=1)
    await fleet.deployed("v1")
    fleet.apps["edge-2"].fail("v2")
    done = await run(fleet.deploy("v2"))
    assert states(done) == {"edge-1": "done", "edge-2": "undone", "edge-3": "behind", "edge-4": "behind"}
    assert fleet.serving() == {"edge-1": "v2", "edge-2": "v1", "edge-3": "v1", "edge-4": "v1"}


async def test_what_was_killed_half_way_is_recovered_on_every_engine(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    for name in ("edge-1", "edge-3"):  # as somebody who was killed leaves them
        memory = fleet.apps[name].memory
        at = memory.begun["gate r2"] = asyncio.Event()
        task = asyncio.ensure_future(run(fleet.apps[name].deploy("v2")))
        await asyncio.wait_for(at.wait(), 5)
        entries, standing = dict(memory.entries), memory.standing
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        memory.entries, memory.standing, memory.held = entries, standing, 0
        memory.begun.clear()
    assert await refused(fleet.deploy("v2")) is not None
    done = await work(fleet.recover())
    assert states(done) == {"edge-1": "done", "edge-2": "live already", "edge-3": "done"}
    assert {one.after for one in done.ended.result.engines} <= {"r1 v1", "r2 v2"}
    for app in fleet.apps.values():
        live = app.memory.standing.live
        assert live is not None
        assert app.serves(live)
    with pytest.raises(NothingToDo):
        await fleet.recover()


async def test_an_engine_that_ends_as_nobody_foresaw_is_not_forgotten_and_stops_the_others(
    web: MemoryApp,
) -> None:
    fleet = three(web)
    await fleet.deployed("v1")

    async def mistake(*_: object) -> object:
        raise KeyError("nobody foresaw this")

    fleet.apps["edge-1"].memory.create_declared = mistake  # type: ignore[method-assign]
    fleet.apps["edge-1"].memory.absent = ["network web"]
    done = await run(fleet.deploy("v2"))
    assert done.error.code == 6
    assert states(done) == {"edge-1": "needs attention", "edge-2": "behind", "edge-3": "behind"}
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")


async def full(fleet: MemoryFleet, at: Callable[[Event], bool]) -> tuple[Ended, list[Event]]:
    """A deploy of v2 whose journal takes nothing more, but how it ended, from the first such event on."""
    planned, told, is_full = await fleet.deploy("v2"), [], False

    def tell(event: Event) -> None:
        nonlocal is_full
        is_full = is_full or at(event)
        if is_full and not isinstance(event, Ended):
            raise JournalFailed("the journal cannot be written: no space left")
        told.append(event)

    ended = await perform(planned, op="op", name="deploy", app="web", engine="memory://", tell=tell)
    return ended, told


async def test_a_journal_that_is_full_from_the_first_is_no_success(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    ended, _ = await full(fleet, lambda event: not isinstance(event, Started))
    assert not ended.ok
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert all(app.memory.held == 0 for app in fleet.apps.values())


async def test_a_journal_that_gets_full_after_the_first_engine_lets_no_other_one_begin(
    web: MemoryApp,
) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    ended, _ = await full(
        fleet, lambda event: isinstance(event, StepChanged) and event.step == "edge-1/good r2"
    )
    assert not ended.ok
    assert fleet.serving()["edge-2"] == fleet.serving()["edge-3"] == "v1"
    assert [*fleet.apps["edge-3"].memory.entries] == [1], "nothing was begun there"


async def test_cancelling_while_a_sick_one_goes_back_begins_no_further_wave(web: MemoryApp) -> None:
    fleet = three(web, bake=0.2, max_failures=1)
    await fleet.deployed("v1")
    first = fleet.apps["edge-1"].memory
    read = first.read

    async def sick(app: str) -> object:
        found = await read(app)
        if found.standing.live == 2:
            slot = found.standing.slots[2]._replace(running=False)
            slots = {**found.standing.slots, 2: slot}
            releases = found.releases._replace(standing=found.standing._replace(slots=slots))
            return found._replace(releases=releases)
        return found

    first.read = sick  # type: ignore[assignment,method-assign]
    going_back = asyncio.Event()
    begin = first._begin

    async def begins(id: str) -> None:
        if id.startswith("create r3"):
            going_back.set()
            await asyncio.sleep(0.05)
        await begin(id)

    first._begin = begins  # type: ignore[method-assign]
    done = await run(fleet.deploy("v2"), cancel_at=going_back)
    assert done.error.code == 130
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert states(done)["edge-2"] == states(done)["edge-3"] == "behind"
