"""Builds are folded under the images and tags of their app, and unfolded by a key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tui.model.container import Container
from tui.model.image import Image
from tui.model.remote import RemoteTag, RemoteTags
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot
    from tui.panes.images import ImagesPane
    from tui.panes.tags import TagsPane

WEB = fakes.app("web")
SETTINGS = Settings(apps={"web": WEB})
OTHER = "registry.example.com/shop/other"


def image(letter: str, age: float, *tags: str) -> Image:
    return Image("sha256:" + letter * 64, tags, (), time.time() - age, 1000)


def images() -> list[Image]:
    web = WEB.repository
    return [
        image("a", 10, f"{web}:build-3"),
        image("b", 20, f"{web}:build-2", f"{web}:v2"),
        image("c", 30, f"{web}:build-1", f"{web}:latest", f"{web}:v1"),
        image("d", 40, "postgres:16"),
        image("e", 50, f"{OTHER}:build-9"),
    ]


def shown(pane: ImagesPane | TagsPane) -> list[str]:
    """The rows from the top; of a fold, what it says."""
    return [pane.whole(key) or key.removeprefix(f"{WEB.repository}:") for key in pane.ordering.keys()]


async def filled(robot: Robot) -> None:
    robot.app.store.set_images(images())
    await robot.wait_for("web: 1 build")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_builds_of_an_app_are_one_row_among_the_images(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(containers=0, settings=SETTINGS, size=size) as robot:
        await robot.press("2")
        await filled(robot)
        pane = robot.app.main.images
        long = [letter * 64 for letter in "abcde"]
        a, b, c, d, e = (f"sha256:{id}" for id in long)
        assert shown(pane) == [b, "▸ web: 1 build", c, d, f"▸ {OTHER}: 1 build"]
        pane.move_to(1)
        assert robot.app.main.situation().images == ()
        await robot.press("right")
        await robot.wait_for("▾ web: 1 build")
        assert shown(pane)[:3] == [b, "▾ web: 1 build", a]
        await robot.press("down", "left")
        await robot.wait_for("▸ web: 1 build")
        await robot.press("enter")
        await robot.wait(lambda: a in shown(pane))
        await robot.press("enter")
        await robot.wait(lambda: a not in shown(pane))
        await robot.do("list.mark_all")
        assert len(pane.marked()) == 3
        assert e not in shown(pane)


async def test_a_build_of_which_something_is_made_stands_for_itself(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await filled(robot)
        pane = robot.app.main.images
        a = "sha256:" + "a" * 64
        trial = Container("7" * 64, "trial", "web:build-3", a, "", time.time(), "running")
        robot.app.store.put_containers([trial])
        await robot.wait_gone("web: 1 build")
        assert a in shown(pane)
        robot.app.store.remove_containers([trial.id])
        await robot.wait_for("web: 1 build")
        assert a not in shown(pane)


async def test_tags_of_builds_are_one_row_beneath_the_newest_version(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await robot.press("3")
        await filled(robot)
        pane = robot.app.main.tags
        assert shown(pane) == ["v2", "▸ web: 3 builds", "latest", "v1", "postgres:16", f"▸ {OTHER}: 1 build"]
        pane.move_to(1)
        assert robot.app.main.situation().tags == ()
        await robot.press("right")
        await robot.wait_for("▾ web: 3 builds")
        assert shown(pane)[2:5] == ["build-3", "build-2", "build-1"]
        await robot.press("left")
        await robot.wait_for("▸ web: 3 builds")
        await robot.press("o")
        await robot.wait_for("by tag")
        assert shown(pane)[:4] == ["postgres:16", "latest", "v1", "▸ web: 3 builds"]


async def test_a_version_is_joined_to_no_build(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS, size=(200, 60)) as robot:
        await filled(robot)
        row = robot.row("web:v2")
        assert "bbbbbbbbbbbb" in row
        assert not set("┌│└") & set(row.partition("web:v2")[0])
        assert "┌" in robot.row("web:latest").partition("web")[0]
        assert "└" in robot.row("web:v1 ").partition("web")[0]


async def test_a_filter_finds_builds(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await filled(robot)
        await robot.press("3", "slash", *"build-", "enter")
        await robot.wait_for("web:build-2")
        assert shown(robot.app.main.tags) == ["build-3", "build-2", "build-1", f"{OTHER}:build-9"]
        await robot.press("2", "slash", *"build-3", "enter")
        await robot.wait(lambda: shown(robot.app.main.images) == ["sha256:" + "a" * 64])


async def test_builds_that_only_the_registry_has_are_folded_too(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await filled(robot)
        tags = {"build-7": RemoteTag("sha256:" + "1" * 64), "v7": RemoteTag("sha256:" + "1" * 64)}
        robot.app.store.put_remote(RemoteTags(WEB.repository, time.time(), tags))
        await robot.wait_for("web: 4 builds")
        assert "v7" in shown(robot.app.main.tags)


async def test_builds_come_and_go(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await filled(robot)
        store, pane = robot.app.store, robot.app.main.images
        a, b, c, d, e = images()
        newest = image("9", 1, f"{WEB.repository}:v3", f"{WEB.repository}:build-4")
        other = image("8", 0, f"{WEB.repository}:build-5")
        store.set_images([other, newest, a, b, c, d, e])
        await robot.wait_for("web: 2 builds")
        assert shown(pane)[:2] == [newest.id, "▸ web: 2 builds"]
        store.set_images([a, b, c, d, e])
        await robot.wait(lambda: shown(pane)[:2] == [b.id, "▸ web: 1 build"])
        store.set_images([b, c, d, e])
        await robot.wait(lambda: shown(pane) == [b.id, c.id, d.id, f"▸ {OTHER}: 1 build"])
        store.set_images([a, d, e])
        await robot.wait(lambda: shown(pane) == [d.id, f"▸ {OTHER}: 1 build", "▸ web: 1 build"])


async def test_ages_of_images_and_tags_go_on_by_themselves(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.set_images([image("d", 57.5, "postgres:16")])
        await robot.wait_for("57s")
        await robot.press("2")
        await robot.wait(lambda: robot.row("postgres").count("1m") or robot.text().count(" 1m ") >= 2, 6)
