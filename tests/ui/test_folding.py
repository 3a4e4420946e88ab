"""What Holdfast keeps beside a container is folded under it, and unfolded by a key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.ui import fakes

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

FOLDED = "shop: 2 earlier releases, its lease"


def names(robot: Robot) -> list[str]:
    """What the rows of the containers begin with, from the top."""
    pane = robot.app.main.containers
    store = robot.app.store.containers
    return [store[key].name if key in store else key[1:] for key in pane.ordering.keys()]


async def test_earlier_releases_leases_and_the_ledger_are_folded(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        store = robot.app.store
        store.put_containers(fakes.kept_containers(time.time()))
        await robot.wait_for(f"▸ {FOLDED}")
        assert names(robot) == ["shop", "shop", "debug", "the ledger"]
        assert "shop.r2" not in robot.text() and "the ledger of the releases" in robot.text()
        pane = robot.app.main.containers
        pane.move_to(1)
        await robot.press("right")
        await robot.wait_for(f"▾ {FOLDED}")
        assert names(robot) == ["shop", "shop", "shop.lease", "shop.r1", "shop.r2", "debug", "the ledger"]
        await robot.press("down", "left")
        await robot.wait_for(f"▸ {FOLDED}")
        await robot.press("enter")
        await robot.wait_for("shop.r2")
        await robot.press("enter")
        await robot.wait_gone("shop.r2")


async def test_a_fold_goes_with_its_app_and_is_nothing_that_could_be_removed(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        store = robot.app.store
        found = fakes.kept_containers(time.time())
        other = found[0]._replace(id="9" * 64, name="other", labels={}, created=time.time())
        store.put_containers([*found, other])
        await robot.wait_for(FOLDED)
        assert names(robot)[:3] == ["other", "shop", "shop"]
        store.put_containers([found[0]._replace(health="unhealthy")])
        await robot.wait(lambda: names(robot)[:3] == ["shop", "shop", "other"])
        robot.app.main.containers.move_to(1)
        assert robot.app.main.situation().containers == ()
        await robot.do("list.mark_all")
        assert len(robot.app.main.containers.marked()) == 3
        store.remove_containers([one.id for one in found[1:4]])
        await robot.wait_gone("earlier release")


async def test_a_filter_finds_what_is_folded(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(fakes.kept_containers(time.time()))
        await robot.wait_for(FOLDED)
        await robot.press("slash", *"shop.r", "enter")
        await robot.wait_for("shop.r2")
        assert names(robot) == ["shop.r1", "shop.r2"]
