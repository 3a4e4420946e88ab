"""The screen of volumes, networks and events, on the demo's own engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.table import BY_ID
from tui.panes.resources import EventsList, NetworksList, VolumesList
from tui.screens.resources import ResourcesScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

NAMELESS = "ab" * 32


async def opened(robot: Robot, key: str) -> ResourcesScreen:
    await robot.press(key)
    await robot.wait(lambda: isinstance(robot.app.screen, ResourcesScreen))
    screen = robot.app.screen
    assert isinstance(screen, ResourcesScreen)
    return screen


async def made(robot: Robot, path: str, body: object) -> None:
    status = await robot.ask("POST", path, body)
    assert status == 201, status


async def menu(robot: Robot, letter: str) -> None:
    """Choose from the menu once it is there."""
    depth = len(robot.app.screen_stack)
    await robot.press("X")
    await robot.wait(lambda: len(robot.app.screen_stack) > depth)
    await robot.press(letter)


async def chosen(robot: Robot, rows: VolumesList | NetworksList, name: str) -> None:
    """Put the cursor on a row by its name."""

    def called() -> list[str]:
        keys = rows.ordering.keys()
        return [rows.network(key).name for key in keys] if isinstance(rows, NetworksList) else [*keys]

    await robot.wait(lambda: name in called())
    rows.move_to(called().index(name))
    await robot.pilot.pause()


async def test_volumes_say_who_has_them(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await opened(robot, "6")
        await robot.wait_for("shop_database")
        assert "shop-db-1" in robot.row("shop_database")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)


async def test_a_volume_that_is_made_elsewhere_appears_and_goes_again(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await opened(robot, "6")
        await robot.wait_for("Volumes  4")
        await made(robot, "/volumes/create", {"Name": "fresh"})
        await robot.wait_for("fresh")
        assert "nobody" in robot.row("fresh")
        assert await robot.ask("DELETE", "/volumes/fresh") == 204
        await robot.wait_gone("fresh")


async def test_a_volume_in_use_is_not_removed_and_an_unused_one_is_asked_for_first(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "6")
        await made(robot, "/volumes/create", {"Name": "spare"})
        rows = screen.query_one(VolumesList)
        await chosen(robot, rows, "shop_database")
        await menu(robot, "d")
        await robot.wait_for("shop_database is used by shop-db-1: remove the")
        await chosen(robot, rows, "spare")
        await menu(robot, "d")
        await robot.wait_for("Remove spare?")
        assert "what is in them is lost" in robot.text()
        assert "$ docker volume rm spare" in robot.text()
        await robot.press("enter")  # the default is Cancel
        await robot.wait_gone("Remove spare?")
        assert "spare" in rows.follower.volumes
        await menu(robot, "d")
        await robot.wait_for("Remove spare?")
        await robot.press("y")
        await robot.wait(lambda: "spare" not in rows.follower.volumes)
        assert "shop_database" in rows.follower.volumes


async def test_pruning_takes_only_volumes_without_a_name_that_nobody_has(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "6")
        carried = {"Name": "cd" * 32, "Labels": {"io.holdfast.app": "web", "io.holdfast.volume": "/data"}}
        for body in ({"Name": NAMELESS}, {"Name": "named"}, carried):
            await made(robot, "/volumes/create", body)
        rows = screen.query_one(VolumesList)
        await robot.wait(lambda: "cd" * 32 in rows.follower.volumes)
        await menu(robot, "p")
        await robot.wait_for(f"Prune {NAMELESS[:20]}")
        await robot.press("y")
        await robot.wait(lambda: NAMELESS not in rows.follower.volumes)
        await menu(robot, "p")
        await robot.wait_for("nothing to prune")
        assert {"named", "cd" * 32, "shop_database"} <= rows.follower.volumes.keys()


async def test_networks_that_every_engine_has_stay(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "7")
        rows = screen.query_one(NetworksList)
        await chosen(robot, rows, "host")
        await robot.press("X")
        await robot.wait_for("every engine has it")
        await robot.press("escape")
        await chosen(robot, rows, "shop_default")
        assert "shop-api-1" in robot.row("shop_default")


async def test_nothing_is_changed_read_only(dashboard: Open) -> None:
    async with dashboard(containers=None, read_only=True) as robot:
        screen = await opened(robot, "6")
        await made(robot, "/volumes/create", {"Name": NAMELESS})
        rows = screen.query_one(VolumesList)
        await robot.wait(lambda: NAMELESS in rows.follower.volumes)
        await robot.press("X")
        await robot.wait_for("read-only")
        await robot.press("p")
        await robot.press("escape")
        await robot.pilot.pause(0.3)
        assert NAMELESS in rows.follower.volumes


async def test_events_come_live_and_are_filtered(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "8")
        await made(robot, "/volumes/create", {"Name": "heard"})
        await robot.wait_for("heard")
        await robot.press("slash", *"heard", "enter")
        rows = screen.query_one(EventsList)
        await robot.wait(lambda: len(rows.ordering) == 1)
        await robot.press("enter")
        await robot.wait_for("volume heard")
        assert "create" in robot.text()
        await robot.press("escape", "escape", "escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)


async def test_tab_turns_the_page_and_other_keys_say_where_they_are(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await opened(robot, "6")
        await robot.press("tab")
        await robot.wait_for("[networks]")
        await robot.press("tab")
        await robot.wait_for("[events]")
        await robot.press("6")
        await robot.wait_for("[volumes]")
        await robot.press("B")
        await robot.wait_for("not among the volumes; Esc goes back")


async def test_inspecting_shows_who_has_it(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "6")
        rows = screen.query_one(VolumesList)
        await chosen(robot, rows, "shop_database")
        await robot.press("i")
        await robot.wait_for("Mount point")
        await robot.press("tab")
        await robot.wait_for("shop-db-1")
        assert "running" in robot.row("shop-db-1")


async def test_an_engine_that_goes_is_said_and_its_lists_stay(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        screen = await opened(robot, "6")
        rows = screen.query_one(VolumesList)
        await robot.wait_for("Volumes  4")
        await robot.control("cut")
        await robot.wait(lambda: bool(rows.follower.error))
        assert "shop_database" in robot.text()
        assert "✗" in robot.row("Volumes  4")


async def test_what_the_screen_opened_ends_with_it(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        for _ in range(3):
            await opened(robot, "6")
            await robot.press("escape")
            await robot.wait(lambda: robot.app.screen is robot.app.main)
        await asyncio.sleep(0)
        assert not [worker for worker in robot.app.workers if worker.name == "resources"]


def test_keys_of_the_table_reach_the_screen() -> None:
    assert BY_ID["view.volumes"].keys == ("6",)
    assert BY_ID["view.networks"].keys == ("7",)
