"""A container of somebody else bears an app's name: what can be done about it is offered, or said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.ui.test_operations import Processes, processes, said
from tests.ui.test_releases import SETTINGS, Engine, container, engine
from tui.model.releases import Releases
from tui.model.standing import Standing

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

__all__ = ["engine", "processes"]


async def taken(robot: Robot, engine: Engine) -> None:
    """Somebody else's container has the name of the app web."""
    stranger = container()
    engine.has(Releases(Standing("web"), foreign=stranger.id, at=time.time()))
    robot.app.store.put_containers([stranger])
    await robot.wait_for("! not ours")


async def test_what_would_replace_it_says_how_it_is_adopted(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await taken(robot, engine)
        await robot.press("1", "D")
        await said(
            robot, "the container web is there and was not made by Holdfast: X a in the containers adopts it"
        )
        assert processes.asked == []


async def test_recover_says_why_not(dashboard: Open, engine: Engine, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await taken(robot, engine)
        await robot.press("1", "X")
        await robot.wait_for("Recover an interrupted deploy")
        await robot.press("c")
        why = "the container web is there and was not made by Holdfast: rename or adopt it first"
        await robot.wait_for(f"Recover an interrupted deploy: {why}")
        assert processes.asked == []


async def test_adopting_is_what_the_containers_menu_offers(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await taken(robot, engine)
        await robot.press("4")
        await robot.select("web")
        await robot.press("X")
        await robot.wait_for("Adopt: make an app of it, as it stands")
        assert "as it stands  │" in robot.row("Adopt: make an app")  # and no reason behind it
        await robot.press("a")
        await robot.wait_for("Adopt web as the app")
        await robot.press("enter")
        await robot.wait(lambda: processes.asked)
        assert (processes.last.verb, processes.last.app) == ("adopt", "web")
