"""Another key for a command: pressed on the screen, clashes said at once, kept beneath what files say."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.ui.test_operations import said
from tui.commands.table import BY_ID
from tui.screens.keys import KeysScreen, PressDialog
from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot


def kept(home: Path) -> dict[str, object]:
    path = home / "config" / "holdfast" / "settings.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


async def asked(robot: Robot, command: str) -> None:
    await robot.press("slash", *command, "enter", "enter")
    await robot.wait(lambda: isinstance(robot.app.screen, PressDialog))
    await robot.pilot.pause()


async def opened(robot: Robot) -> None:
    await robot.press("comma")
    await robot.wait_for("Settings")
    await robot.press("K")
    await robot.wait(lambda: isinstance(robot.app.screen, KeysScreen))
    await robot.pilot.pause()


async def test_a_key_is_pressed_works_at_once_and_is_taken_back(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await asked(robot, "pane.tags")
        await robot.press("f9")
        await robot.wait_for("F9, which nothing else is on")
        await robot.press("enter")
        await robot.wait_for("chosen here")
        assert kept(tmp_path) == {"keys": {"pane.tags": ["f9"]}}
        await robot.press("escape", "escape", "escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await robot.press("f9")
        assert robot.app.main.focus_on == "tags"
        await opened(robot)
        await robot.press("slash", *"pane.tags", "enter", "backspace")
        await robot.wait(lambda: kept(tmp_path) == {})
        assert robot.app.keymap.keys_of(BY_ID["pane.tags"]) == ("3",)


async def test_a_key_that_does_something_else_is_said_at_once_and_not_kept(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await asked(robot, "pane.tags")
        await robot.press("z")
        await robot.wait_for("are both on z")
        await robot.press("enter")
        await said(robot, "not kept")
        assert kept(tmp_path) == {}


async def test_keys_of_a_file_have_the_last_word(dashboard: Open, tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text('[keys]\n"pane.tags" = "f8"\n')
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await robot.press("slash", *"pane.tags", "enter", "enter")
        await said(robot, "has the last word on this one")
