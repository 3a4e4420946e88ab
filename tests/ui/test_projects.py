"""Compose projects on the main screen: groups that fold, and what is done to a whole one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.ui import fakes
from tests.ui.test_releases import Engine, engine
from tui.model.container import Container
from tui.model.labels import COMPOSE_DEPENDS, COMPOSE_ONEOFF, COMPOSE_PROJECT, COMPOSE_SERVICE
from tui.model.policy import EngineSettings
from tui.presentation.grouping import GROUP
from tui.settings.schema import ContainerSettings, Settings

if TYPE_CHECKING:
    import pytest

    from tests.ui.conftest import Open, Robot
    from tui.operations.by_hand.bulk import Done

__all__ = ["engine"]

HEADING = GROUP + "shop"


def container(service: str, needs: str = "", state: str = "running", **more: str) -> Container:
    labels = {COMPOSE_PROJECT: "shop", COMPOSE_SERVICE: service, COMPOSE_DEPENDS: needs, **more}
    now = time.time()
    return Container(
        service.ljust(64, "0"), f"shop-{service}-1", "shop:1", "sha256:a", "", now, state, since=now,
        exact=True, labels=labels,
    )  # fmt: skip


SHOP = [container("web", "db:service_healthy:true"), container("db"), container("old", state="exited")]


async def stand_on_heading(robot: Robot) -> None:
    pane = robot.app.main.containers
    await robot.press("4")
    await robot.wait(lambda: pane.ordering.index(HEADING) is not None)
    pane.move_to(pane.ordering.index(HEADING) or 0)
    await robot.pilot.pause()


def names(robot: Robot) -> list[str]:
    store = robot.app.store.containers
    return [store[key].name if key in store else key for key in robot.app.main.containers.ordering.keys()]


async def test_a_project_folds_and_the_cursor_begins_on_a_container(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(SHOP)
        await robot.wait_for("▾ shop  2 of 3 running")
        assert names(robot) == [HEADING, "shop-db-1", "shop-web-1", "shop-old-1"]
        await stand_on_heading(robot)
        await robot.press("left")
        await robot.wait_for("▸ shop  2 of 3 running")
        assert names(robot) == [HEADING]
        await robot.press("enter")
        await robot.wait_for("shop-web-1")
        await robot.press("down", "left")  # from a row of it, too
        await robot.wait_gone("shop-web-1")
        await robot.press("slash", *"web", "enter")  # what matches is to be seen
        await robot.wait_for("shop-web-1")
        assert names(robot) == ["shop-web-1"]


async def test_by_an_order_that_compares_there_are_no_groups(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(SHOP)
        await robot.wait_for("▾ shop")
        robot.app.main.containers.sort_by("memory")
        await robot.wait_gone("▾ shop")
        robot.app.main.containers.sort_by("name")
        await robot.wait_for("▾ shop")


async def test_groups_can_be_done_without(dashboard: Open) -> None:
    settings = Settings(containers=ContainerSettings(projects=False))
    async with dashboard(containers=0, settings=settings) as robot:
        robot.app.store.put_containers(SHOP)
        await robot.wait_for("shop-web-1")
        assert HEADING not in names(robot)


async def test_what_is_done_to_a_project_names_all_and_goes_in_its_order(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def each(found: list[tuple[str, str]], _: object) -> list[Done]:
        done.extend([name for _, name in found])
        done.append("then")
        return []

    monkeypatch.setattr("tui.operations.by_hand.containers.each", each)
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers([*SHOP, container("run", state="exited", **{COMPOSE_ONEOFF: "True"})])
        await stand_on_heading(robot)
        await robot.press("X")
        await robot.wait_for("shop: 3 containers")
        await robot.press("t")
        await robot.wait_for("Stop the project shop?")
        text = robot.text()
        assert "docker stop shop-web-1 shop-db-1" in text
        assert "what needs others goes first" in text
        assert "1 ones are left alone" in text
        await robot.press("y")
        await robot.wait(lambda: done)
        assert done == ["shop-web-1", "then", "shop-db-1", "then"]
        done.clear()
        robot.app.store.put_containers([one._replace(state="exited") for one in SHOP])
        await stand_on_heading(robot)
        await robot.do("container.start")
        await robot.wait(lambda: len(done) == 5)  # what was run once is not run again
        assert done.index("shop-db-1") < done.index("then") < done.index("shop-web-1")


async def test_a_protected_engine_asks_for_the_name_of_the_project(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.session.is_protected", lambda engines, ref: engines["prod"].protected)
    settings = Settings(engines={"prod": EngineSettings("", protected=True)})
    async with dashboard(containers=0, settings=settings) as robot:
        robot.app.store.put_containers(SHOP)
        await stand_on_heading(robot)
        await robot.do("container.restart")
        await robot.wait_for("This engine is protected: type shop to go on")


async def test_a_live_release_in_a_project_is_said_to_be_one(dashboard: Open, engine: Engine) -> None:
    """An adopted container keeps the labels that it was made with."""
    live = container("web")._replace(id="a" * 64, name="web")
    engine.has(fakes.releases(time.time(), live.id))
    async with dashboard(containers=0, settings=Settings(apps={"web": fakes.app("web")})) as robot:
        robot.app.store.put_containers([live, container("db")])
        await robot.wait(lambda: "web" in robot.app.store.releases)
        await stand_on_heading(robot)
        await robot.do("container.stop")
        await robot.wait_for("live release r5 of web: nothing serves afterwards")


async def test_inspecting_a_whole_project_says_why_not(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(SHOP)
        await stand_on_heading(robot)
        await robot.press("i")
        await robot.wait_for("select one container")


async def test_marking_a_heading_marks_its_containers(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers([*SHOP, container("x")._replace(name="other", labels={})])
        await stand_on_heading(robot)
        await robot.press("space")
        pane = robot.app.main.containers
        assert len(pane.marked()) == 3
        assert robot.app.main.situation().project == ""
        await robot.press("space")
        assert pane.marked() == []
