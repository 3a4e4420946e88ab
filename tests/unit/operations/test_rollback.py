"""Every way that a roll back can end, by the rules alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import refused, run, work
from tui.model.release import Integrity, Soundness
from tui.operations.deploying.from_release import NoSuchRelease, number_of_version

if TYPE_CHECKING:
    from tests.support.memory_app import MemoryApp


async def test_it_goes_to_the_release_before(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    done = await work(web.rollback())
    assert done.plan.title == "Roll web back to r1 v1 as r3"
    assert done.plan.verb == "Roll back"
    assert dict(done.plan.facts)["changes version"] == "v2 -> v1"
    assert web.serves(3)
    release = web.memory.entries[3].release
    assert (release.version, release.rollback_of, release.previous) == ("v1", 1, 2)


async def test_the_plan_has_what_is_on_record_of_the_release_it_goes_to(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    entry, facts = (
        web.memory.entries[1],
        {"signature key": "ci", "signature by": "bob", "commit": "0f3c2a91b7de"},
    )
    web.memory.entries[1] = entry._replace(release=entry.release._replace(evidence=facts))
    done = await work(web.rollback())
    told = dict(done.plan.facts)
    assert (told["signature"], told["commit"]) == ("key ci, by bob", "0f3c2a91b7de")
    assert not {"scan", "push", "deploy"} & told.keys()


async def test_it_goes_to_the_release_that_is_named(web: MemoryApp) -> None:
    await web.deployed("v1", "v2", "v3")
    await work(web.rollback(1))
    assert web.serves(4)
    assert web.memory.entries[4].release.version == "v1"


async def test_the_live_one_is_made_anew(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.memory.changed[1] = ("environment",)
    done = await work(web.rollback(1))
    assert done.plan.title == "Make web r1 v1 anew as r2"
    assert dict(done.plan.facts)["changes"] == "nothing: the bytes and the configuration are the same"
    assert "the container of r1 is not as recorded: environment" in done.plan.warnings
    assert web.serves(2)


async def test_a_gate_that_fails_brings_back_what_served(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    web.fail("v1")
    done = await run(web.rollback())
    assert done.error.serves == "r2 v2"
    assert web.serves(2)


async def test_cancelled_it_is_undone(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    begun = web.memory.begun["gate r3"] = asyncio.Event()
    done = await run(web.rollback(), cancel_at=begun)
    assert done.error.message == "cancelled; r2 v2 serves"
    assert web.serves(2)


async def test_a_lost_lease_stops_it_where_it_is(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    web.memory.lost_at = "stop r2"
    done = await run(web.rollback())
    assert done.error.code == 6
    assert web.memory.standing.slots[2].running
    assert web.memory.standing.open == [3]


async def test_without_an_earlier_release_there_is_no_way_back(web: MemoryApp) -> None:
    await web.deployed("v1")
    problem = await refused(web.rollback())
    assert problem.code == 4
    assert "no earlier release" in problem.message


async def test_a_release_that_there_is_not_is_refused(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    problem = await refused(web.rollback(7))
    assert problem.code == 2  # as a version that there is not
    assert problem.message == "web has no release r7"
    assert problem.hint == "good ones: r2, r1"


async def test_one_that_never_passed_its_gate_is_refused(web: MemoryApp) -> None:
    await web.deployed("v1")
    web.fail("v2")
    await run(web.deploy("v2"))
    problem = await refused(web.rollback(2))
    assert problem.message == "r2 never passed its gate: it is no way back"


async def test_one_whose_image_is_gone_is_pulled_again(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    entry = web.memory.entries[1]
    web.memory.images = {"web@v2"}
    digest = f"registry:5000/web@sha256:{'a' * 64}"
    web.memory.entries[1] = entry._replace(release=entry.release._replace(reference=digest))
    done = await work(web.rollback(1))
    assert done.plan.steps[1].id == "pull"
    assert web.serves(3)


async def test_one_that_is_not_to_be_trusted_has_to_be_forced_and_typed(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    broken = Integrity(Soundness.CHAIN_BROKEN, "its record was changed")
    web.memory.entries[1] = web.memory.entries[1]._replace(integrity=broken)
    problem = await refused(web.rollback(1))
    assert problem.code == 4
    assert "--to r1 --force goes there all the same" in problem.hint
    done = await work(web.rollback(1, force=True))
    assert done.plan.typed == "web"
    assert any("its record was changed" in warning for warning in done.plan.warnings)
    assert web.serves(3)


async def test_what_is_passed_over_is_said(web: MemoryApp) -> None:
    await web.deployed("v1", "v2", "v3")
    web.memory.changed[2] = ("environment",)
    done = await work(web.rollback())
    assert done.plan.title == "Roll web back to r1 v1 as r4"
    assert any("r2 v2 is passed over" in warning for warning in done.plan.warnings)


async def test_a_version_is_named_instead_of_a_number(web: MemoryApp) -> None:
    await web.deployed("v1", "v2", "v1", "v3")
    assert await number_of_version(web.memory, web.app, "v1") == 3
    assert await number_of_version(web.memory, web.app, "sha256:v2") == 2
    assert await number_of_version(web.memory, web.app, "v3") == 4, "the live one is made anew"
    with pytest.raises(NoSuchRelease) as refused:
        await number_of_version(web.memory, web.app, "v9")
    assert refused.value.hint == "good ones: v3, v1, v2"
