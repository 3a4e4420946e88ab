"""A key that means something in another pane says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ui.conftest import Open


async def test_keys_of_the_containers_say_in_the_log_where_they_work(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("5")
        for key, title in (("x", "Open a"), ("i", "Inspect"), ("o", "Sort")):
            await robot.press(key)
            await robot.wait_for(f"{key} is not bound here: in the containers pane")
            await robot.wait_for(title)
