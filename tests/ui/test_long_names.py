"""A name as long as engines allow hides no reason in a menu, on the smallest usual screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tui.commands.command import Scope
from tui.commands.table import menu_of
from tui.model.container import Container
from tui.screens.dialogs import MenuDialog
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

NAME = "payment-reconciliation-worker-for-the-northern-region-eu-0001"[:60]
WEB = fakes.app(NAME, built=False)._replace(image=NAME)
LIVE = "5" * 64


def words(robot: Robot) -> str:
    """What stands in the open menu, without blanks: a name may be broken anywhere."""
    inner = [line.split("│", 1)[1].rpartition("│")[0] for line in robot.lines() if line.count("│") > 1]
    return "".join("".join(inner).split())


def reasons(robot: Robot, pane: Scope) -> list[str]:
    situation = robot.app.main.situation()
    found = [robot.app.keymap.unavailable(command, situation) for command in menu_of(pane)]
    return ["".join(reason.split()) for reason in found if reason]


async def seen(robot: Robot, pane: Scope) -> None:
    """Every reason stands in the open menu, whole."""
    expected = reasons(robot, pane)
    assert expected
    await robot.press("X")
    await robot.wait(lambda: isinstance(robot.app.screen, MenuDialog))
    await robot.pilot.pause()
    shown = words(robot)
    rest = [reason for reason in expected if reason not in shown]
    await robot.press("end")  # a menu that is longer than the screen goes along with the cursor
    await robot.wait(lambda: all(reason in words(robot) for reason in rest), 10)
    await robot.press("escape")
    await robot.wait(lambda: robot.app.screen is robot.app.main)


@pytest.mark.parametrize("state", ["running", "exited", "paused"])
async def test_the_menu_of_a_container(dashboard: Open, state: str) -> None:
    async with dashboard(containers=0, size=(80, 24)) as robot:
        one = Container("7" * 64, NAME, "web:1", "sha256:a", "", time.time(), state)
        robot.app.store.put_containers([one])
        await robot.wait(lambda: robot.app.main.situation().containers)
        await seen(robot, Scope.CONTAINERS)


@pytest.mark.parametrize(("width", "length"), [(120, 24), (160, 38), (200, 38)])
async def test_an_app_is_named_whole_while_another_column_has_blanks(
    dashboard: Open, width: int, length: int
) -> None:
    name = NAME[:length]
    settings = Settings(apps={name: fakes.app(name, built=False)})
    async with dashboard(containers=0, settings=settings, size=(width, 40)) as robot:
        await robot.wait(lambda: robot.app.main.apps.ordering.keys())
        await robot.wait_for(f"  {name} ")


async def test_a_container_is_named_whole_on_a_wide_screen(dashboard: Open) -> None:
    async with dashboard(containers=0, size=(240, 40)) as robot:
        await robot.press("z")
        await robot.wait(lambda: robot.app.main.containers.size.width == 240)
        robot.app.store.put_containers(
            [Container("7" * 64, NAME[:55], "web:1", "sha256:a", "", 0.0, "running")]
        )
        await robot.wait_for(f" {NAME[:55]} ")
