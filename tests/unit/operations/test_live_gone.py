"""The container of the live release is gone: no earlier one goes into service without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import refused, run, work
from tui.errors import HoldfastError
from tui.model.release import Integrity, Soundness

if TYPE_CHECKING:
    from tests.support.memory_app import MemoryApp


def removed(web: MemoryApp, *numbers: int) -> None:
    """As by `docker rm -f`."""
    slots = {number: slot for number, slot in web.memory.standing.slots.items() if number not in numbers}
    web.memory.standing = web.memory.standing._replace(slots=slots)


async def test_recover_makes_the_live_release_anew_and_says_which(web: MemoryApp) -> None:
    await web.deployed("v1.3.0", "v1.4.0")
    removed(web, 2)
    done = await work(web.recover())
    assert done.plan.title == "Recover web: r2 v1.4.0 is made anew as r3, and serves"
    assert [step.title for step in done.plan.steps][1:3] == [
        "Record r3 in the ledger",
        "Create the container of r3",
    ]
    assert {step.id for step in done.plan.steps} <= set(done.states)
    assert done.ended.result.release == "r3"
    assert done.ended.result.facts == (("serves", "r3 v1.4.0 (r2 made anew)"),)
    assert web.serves(3)
    assert web.memory.entries[3].release.rollback_of == 2


async def test_so_it_is_where_nothing_else_was_kept(web: MemoryApp) -> None:
    await web.deployed("v1")
    removed(web, 1)
    await work(web.recover())
    assert web.serves(2)


async def test_a_release_that_somebody_rolled_back_from_is_none_to_recover(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    await work(web.rollback())
    removed(web, 3)
    await work(web.recover())
    assert web.serves(4)
    assert web.memory.entries[4].release.version == "v1"


@pytest.mark.parametrize("why", ["image", "record"])
async def test_where_that_cannot_be_the_next_good_one_is_named_and_what_is_skipped(
    web: MemoryApp, why: str
) -> None:
    await web.deployed("v1.3.0", "v1.4.0")
    entry = web.memory.entries[2]
    if why == "image":
        web.memory.images.discard("web@v1.4.0")
        local = entry.release._replace(digest="", reference="sha256:gone", image="sha256:gone")
        web.memory.entries[2] = entry._replace(release=local)
    else:
        broken = Integrity(Soundness.CHAIN_BROKEN, "it was changed")
        web.memory.entries[2] = entry._replace(integrity=broken)
    removed(web, 2)
    done = await work(web.recover())
    assert done.plan.title == "Recover web: r1 v1.3.0 is made anew as r3, and serves"
    skipped = "its image is gone" if why == "image" else "its record is not whole: it was changed"
    assert any(f"r2 v1.4.0 is skipped: {skipped}" in words for words in done.plan.warnings)
    assert any("r1 v1.3.0 is made anew" in words for words in done.warnings)
    assert web.serves(3)


async def test_where_nothing_can_be_made_anew_that_is_said(web: MemoryApp) -> None:
    await web.deployed("v1")
    entry = web.memory.entries[1]
    web.memory.images.clear()
    web.memory.entries[1] = entry._replace(release=entry.release._replace(digest="", reference="x"))
    removed(web, 1)
    problem = await refused(web.recover())
    assert problem.code == 4
    assert "r1 v1 is skipped: its image is gone" in problem.detail[0]


async def test_a_deploy_that_fails_then_goes_back_to_what_was_live_last(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    removed(web, 2)
    web.fail("v3")
    done = await run(web.deploy("v3"))
    assert ("way back", "r2 v2, made anew: nothing of this app serves now") in done.plan.facts
    assert "r2 v2 did not serve any more: made anew as r4, it serves" in done.error.message
    assert web.serves(4)
    assert web.memory.entries[4].release.version == "v2"


async def test_an_interrupted_deploy_is_undone_to_what_was_live_last(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    web.memory.lost_at = "start r3"
    await run(web.deploy("v3"))
    web.memory.lost_at = ""
    removed(web, 2)
    done = await work(web.recover())
    assert done.plan.title == "Recover web: r3 v3 is undone; r2 v2 is made anew as r4, and serves"
    assert web.serves(4)
    assert web.memory.entries[4].release.version == "v2"


async def test_one_that_is_kept_is_started_as_it_stands_only_with_a_word(web: MemoryApp) -> None:
    await web.deployed("v1", "v2")
    removed(web, 2)
    web.memory.fails["create r3"] = HoldfastError("no room")
    web.memory.fails["create r4"] = HoldfastError("no room")
    done = await run(web.recover())
    assert done.error.code == 1
    assert any("r1 v1 is started as it stands" in words for words in done.warnings)
    assert web.memory.standing.live == 1
