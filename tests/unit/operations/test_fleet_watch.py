"""What has been switched is watched as a deploy alone watches it; a watch that is cut short is no success."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_fleet import MemoryFleet
from tests.support.verbs import Run, run, work
from tui.engine.container.inspected import inspected
from tui.operations.fleets import waves

if TYPE_CHECKING:
    from tests.support.memory_app import MemoryApp
    from tests.support.orchestrator import Memory
    from tui.operations.looking.releases import Deployed

SWITCHED, LATER = "2026-11-28T10:00:00Z", "2026-11-28T10:00:09Z"


def three(web: MemoryApp) -> MemoryFleet:
    return MemoryFleet(web.app, 3, bake=0.3)


def states(done: Run) -> dict[str, str]:
    return {one.engine: one.state for one in done.ended.result.engines}


def goes_on(memory: Memory, *later: dict[str, object]) -> asyncio.Event:
    """How r2's container is from one look to the next; the event is set with the last of them."""
    read, ahead, last = memory.read, [{}, *later], asyncio.Event()

    async def looked(app: str) -> Deployed:
        found = await read(app)
        if found.standing.live != 2 or memory.held:
            return found
        said = ahead.pop(0) if len(ahead) > 1 else ahead[0]
        if len(ahead) == 1:
            last.set()
        state = {"Status": "running", "StartedAt": SWITCHED, "FinishedAt": SWITCHED, "ExitCode": 3} | said
        container = inspected(
            {
                "Id": "id2",
                "Name": "/web",
                "Image": "sha256:v2",
                "Created": SWITCHED,
                "Config": {},
                "HostConfig": {},
                "RestartCount": state.pop("RestartCount", 0),
                "State": state,
            }
        )
        return found._replace(containers={2: container})

    memory.read = looked  # type: ignore[assignment,method-assign]
    return last


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (
            {"RestartCount": 1, "StartedAt": LATER},
            "r2 was started again while it was watched",
        ),
        ({"StartedAt": LATER}, "r2 was started again while it was watched"),
        ({"Status": "restarting"}, "r2 ended with exit code 3 while it was watched"),
        ({"Health": {"Status": "unhealthy"}}, "r2 became unhealthy while it was watched"),
    ],
)
@pytest.mark.parametrize("engine", ["edge-1", "edge-3"])
async def test_what_falls_over_after_its_wave_is_not_good(
    web: MemoryApp, engine: str, later: dict[str, object], said: str
) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    goes_on(fleet.apps[engine].memory, later)
    done = await run(fleet.deploy("v2"))
    assert not done.ended.ok
    assert fleet.serving()[engine] == "v1"
    assert states(done)[engine] == "undone"
    assert said in done.error.message


async def test_it_is_caught_also_where_it_fell_over_before_the_first_look(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    again = {"RestartCount": 1, "StartedAt": LATER}
    goes_on(fleet.apps["edge-1"].memory, again, again)
    fleet.apps["edge-1"].memory.pause = 0.0
    done = await run(fleet.deploy("v2"))
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v1")
    assert states(done) == {"edge-1": "undone", "edge-2": "behind", "edge-3": "behind"}


async def test_what_goes_on_serving_is_good(web: MemoryApp) -> None:
    fleet = three(web)
    await fleet.deployed("v1")
    for app in fleet.apps.values():
        goes_on(app.memory, {})
    await work(fleet.deploy("v2"))
    assert fleet.serving() == dict.fromkeys(fleet.apps, "v2")


async def test_cancelled_in_the_last_watch_what_was_not_watched_to_the_end_goes_back(
    web: MemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "LOOK_SECONDS", 0.05)
    fleet = MemoryFleet(web.app, 3, bake=0.5)
    await fleet.deployed("v1")
    done = await run(fleet.deploy("v2"), cancel_at=goes_on(fleet.apps["edge-3"].memory, {}, {}))
    assert done.error.code == 130
    assert fleet.serving() == {"edge-1": "v2", "edge-2": "v1", "edge-3": "v1"}
    assert states(done) == {"edge-1": "done", "edge-2": "undone", "edge-3": "undone"}
    assert done.ended.result.engines[2].message == "cancelled: the watch was cut short"
    assert done.ended.result.engines[2].after == "r3 v1"
    assert done.error.message == "cancelled: what was under way is undone; v2 of web is on 1 of 3 engines"
    assert "holdfast deploy web --only behind finishes it" in done.error.hint
    assert done.states["watch 1"] == "done"
    assert done.states["watch 2"] == "failed"


async def test_a_first_deploy_that_is_cancelled_in_its_watch_stays_and_is_no_success(web: MemoryApp) -> None:
    fleet = MemoryFleet(web.app, 1, bake=0.5)
    memory = fleet.apps["edge-1"].memory
    live = asyncio.Event()
    read = memory.read

    async def looked(app: str) -> Deployed:
        found = await read(app)
        if found.standing.live and not memory.held:
            live.set()
        return found

    memory.read = looked  # type: ignore[assignment,method-assign]
    done = await run(fleet.deploy("v1"), cancel_at=live)
    assert done.error.code == 130
    assert fleet.serving() == {"edge-1": "v1"}
    assert "cancelled: the watch was cut short, and v1 of web is on 1 of 1 engines" in done.error.message
    assert done.ended.result.engines[0].message.endswith("nothing served before, so it stays")


async def test_cancelled_in_a_later_wave_it_says_that_the_fleet_is_mixed(web: MemoryApp) -> None:
    fleet = MemoryFleet(web.app, 3)
    await fleet.deployed("v1")
    at = fleet.apps["edge-2"].memory.begun["gate r2"] = asyncio.Event()
    done = await run(fleet.deploy("v2"), cancel_at=at)
    assert done.error.code == 130
    assert fleet.serving()["edge-1"] == "v2"
    assert fleet.serving()["edge-2"] == "v1"
    assert "v2 of web is on " in done.error.message
    assert done.error.hint == (
        "holdfast deploy web --only behind finishes it, holdfast rollback web goes back everywhere"
    )
