"""What changes something: asked first, done, said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot


async def choose(robot: Robot, name: str, letter: str) -> None:
    await robot.select(name)
    await robot.press("X")
    await robot.wait(lambda: len(robot.app.screen_stack) == 2)
    await robot.press(letter)


async def test_stop_asks_names_the_engine_and_shows_the_docker_command(dashboard: Open) -> None:
    async with dashboard() as robot:
        await choose(robot, "fk00000", "t")
        await robot.wait_for("Stop fk00000?")
        assert robot.endpoint.url[:30] in robot.text()
        assert "$ docker stop fk00000" in robot.text()
        await robot.press("enter")  # the default is Cancel
        await robot.wait_gone("Stop fk00000?")
        assert "● running" in robot.row("fk00000")
        await choose(robot, "fk00000", "t")
        await robot.wait_for("Stop fk00000?")
        await robot.press("y")
        await robot.wait(lambda: "■ exited" in robot.row("fk00000"))
        await robot.wait_for("stopped fk00000")


async def test_pause_unpause_restart_kill_start(dashboard: Open) -> None:
    async with dashboard() as robot:
        for letter, said, expected in (
            ("p", "paused", "‖ paused"),
            ("u", "unpaused", "● running"),
            ("r", "restarted", "● running"),
            ("k", "killed", "■ exited 137"),
            ("s", "started", "● running"),
        ):
            await choose(robot, "fk00001", letter)
            if letter not in "us":
                await robot.wait_for("$ docker")
                await robot.press("y")
            await robot.wait_for(f"{said} fk00001")
            await robot.wait(lambda expected=expected: expected in robot.row("▌ fk00001"))


async def test_what_does_not_fit_says_why(dashboard: Open) -> None:
    async with dashboard() as robot:
        await choose(robot, "fk00000", "s")
        await robot.wait_for("fk00000 already running")
        await robot.press("escape")


async def test_rename_refuses_a_bad_name_and_takes_a_good_one(dashboard: Open) -> None:
    async with dashboard() as robot:
        await choose(robot, "fk00000", "n")
        await robot.wait_for("Rename fk00000 to")
        await robot.press("space", "x", "enter")
        await robot.wait_for("a name begins with")
        await robot.press("backspace", "backspace", "z", "enter")
        await robot.wait_for("fk00000z")


async def test_marked_containers_are_removed_together(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.do("list.mark_all")
        await robot.press("X", "d")
        await robot.wait_for("Remove 12 containers?")
        assert "running ones are killed first" in robot.text()
        await robot.press("y")
        await robot.wait(lambda: not robot.app.store.containers)
        await robot.wait_for("no containers on this engine")


async def test_a_tag_is_taken_off_and_the_image_stays(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await robot.press("3")
        tags = robot.app.main.tags
        tags.move_to(tags.ordering.index("registry:2.8.3") or 0)
        await robot.press("X", "d")
        await robot.wait_for("Untag registry:2.8.3?")
        await robot.press("y")
        await robot.wait(lambda: not tags.image_of("registry:2.8.3"))
        assert tags.image_of("registry:2")


async def test_an_image_in_use_is_not_half_removed(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await robot.press("2")
        images = robot.app.main.images
        used = next(image for image in robot.app.store.images.values() if "redis:7" in image.tags)
        images.move_to(images.ordering.index(used.id) or 0)
        await robot.press("X", "d")
        await robot.wait_for("is used by shop-cache-1")
        assert robot.app.store.images[used.id] == used


async def test_prune_lists_what_goes(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        before = sum(image.dangling for image in robot.app.store.images.values())
        assert before
        await robot.press("2", "X", "p")
        await robot.wait_for("dangling image")
        await robot.press("y")
        await robot.wait(lambda: not any(image.dangling for image in robot.app.store.images.values()))


@pytest.mark.parametrize("letter", ["t", "d", "n", "k"])
async def test_read_only_refuses_and_says_so(dashboard: Open, letter: str) -> None:
    async with dashboard(read_only=True) as robot:
        assert "READ-ONLY" in robot.lines()[0]
        await choose(robot, "fk00000", letter)
        await robot.wait_for("Holdfast was started with --read-only")
        assert len(robot.app.store.containers) == 12


async def test_an_engine_that_refuses_is_quoted(dashboard: Open) -> None:
    async with dashboard() as robot:
        key = next(id for id, c in robot.app.store.containers.items() if c.name == "fk00000")
        await robot.control(
            "fail", path=f"/containers/{key}/stop", status=500, message="out of luck", times=1
        )
        await choose(robot, "fk00000", "t")
        await robot.wait_for("Stop fk00000?")
        await robot.press("y")
        await robot.wait_for("out of luck")


async def test_a_long_question_keeps_its_facts_and_buttons_on_a_small_screen(dashboard: Open) -> None:
    async with dashboard(size=(60, 20)) as robot:
        await robot.do("list.mark_all")
        await robot.press("X", "d")
        wanted = ("Remove 12 containers?", "killed first", "unix:///tmp", "Cancel", "fk000")
        for size in ((60, 20), (80, 24), (60, 20)):
            await robot.pilot.resize_terminal(*size)
            for words in wanted:
                await robot.wait_for(words)
        await robot.press(*["down"] * 30)
        await robot.wait_for(robot.app.store.containers[robot.app.main.containers.selected()[-1]].name)
        await robot.press("escape")
        await robot.wait_gone("Remove 12")


async def test_an_engine_that_restarts_while_it_asks_does_it_all_the_same(dashboard: Open) -> None:
    async with dashboard() as robot:
        await choose(robot, "fk00000", "t")
        await robot.wait_for("Stop fk00000?")
        before = robot.app.session.watcher.engine
        await robot.control("cut")
        await robot.wait(lambda: robot.app.session.watcher.engine not in (before, None))
        await robot.press("y")
        await robot.wait_for("stopped fk00000")


async def test_a_menu_asks_again_whether_it_may_be_done_when_it_is_chosen(dashboard: Open) -> None:
    async with dashboard() as robot:
        store = robot.app.store
        await robot.select("fk00000")
        await robot.press("X")
        await robot.wait_for("Stop")
        stopped = next(one for one in store.containers.values() if one.name == "fk00000")
        store.put_containers([stopped._replace(state="exited")])
        await robot.press("t")
        await robot.wait_for("Stop: fk00000 not running")
        assert robot.app.screen is robot.app.main


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        ("t", "live release r3 of shop: nothing serves afterwards"),
        ("k", "live release r3 of shop: nothing serves afterwards, unless"),
        ("d", "live release r3 of shop: nothing serves afterwards"),
        ("p", "live release r3 of shop: nothing serves while it is paused"),
        ("r", "live release r3 of shop: nothing serves until it is up again"),
    ],
)
async def test_a_question_says_what_the_app_loses(dashboard: Open, letter: str, words: str) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(fakes.kept_containers(time.time()))
        await choose(robot, "shop", letter)
        await robot.wait_for(words)


async def test_removing_a_way_back_says_so_and_what_becomes_of_volumes(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        robot.app.store.put_containers(fakes.kept_containers(time.time()))
        await robot.wait_for("2 earlier releases")
        robot.app.main.containers.move_to(1)
        await robot.press("right")
        await choose(robot, "shop.r2", "d")
        await robot.wait_for("a way back of shop (r2)")
        assert "every volume stays, those without a name too" in robot.text()
