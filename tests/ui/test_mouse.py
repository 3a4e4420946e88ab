"""Everything can be reached by the mouse too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import MouseScrollDown

if TYPE_CHECKING:
    from tests.ui.conftest import Open


async def test_a_click_selects_and_a_click_on_a_heading_sorts(dashboard: Open) -> None:
    async with dashboard() as robot:
        pane = robot.app.main.containers
        await robot.pilot.click(pane, offset=(5, 5))
        assert pane.cursor == pane.ordering.key_at(3)
        column = next(place for place in pane.placed() if place.column.id == "image")
        await robot.pilot.click(pane, offset=(column.x + 1, 1))
        assert pane.sorted_by == "image"
        assert "IMAGE▾" in robot.text()


async def test_a_click_gives_a_pane_the_focus(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.pilot.click(robot.app.main.images, offset=(5, 3))
        await robot.wait(lambda: robot.app.main.focus_on == "images")


async def test_a_double_click_opens_the_log(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.pilot.click(robot.app.main.containers, offset=(5, 4), times=2)
        await robot.wait(lambda: robot.app.main.focus_on == "log")


async def test_the_wheel_scrolls_the_rows_and_leaves_the_cursor(dashboard: Open) -> None:
    async with dashboard(containers=100, running=1.0) as robot:
        pane = robot.app.main.containers
        cursor = pane.cursor
        await robot.pilot._post_mouse_events([MouseScrollDown], pane, offset=(5, 5), button=0)
        await robot.pilot.pause()
        assert pane.top == 3
        assert pane.cursor == cursor


async def test_the_footer_and_the_tabs_can_be_clicked(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        await robot.pilot.click(robot.app.main.tabs, offset=(12, 0))
        await robot.wait(lambda: robot.app.main.focus_on == "images")
        await robot.pilot.click(robot.app.main.footer, offset=(3, 0))
        await robot.wait_for("Help")
