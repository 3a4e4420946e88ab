"""Screens of their own: what is typed fast after / is in the line; a key that stands for nothing says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key

from tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from tests.ui.conftest import Open

SCREENS = {
    "settings": ("comma",),
    "keys": ("comma", "K"),
    "engines": ("c",),
    "details": ("4", "i"),
    "volumes": ("6",),
    "events": ("8",),
}


@pytest.mark.parametrize("opening", SCREENS.values(), ids=SCREENS)
async def test_a_burst_is_in_the_line(dashboard: Open, opening: tuple[str, ...]) -> None:
    async with dashboard() as robot:
        await robot.press(*opening)
        await robot.pilot.pause()
        robot.app.post_message(Key("slash", "/"))
        for letter in "bell":
            robot.app.post_message(Key(letter, letter))
        await robot.wait(lambda: robot.app.screen.query_one(LineInput).value == "bell")
        robot.app.post_message(Key("x", "x"))
        robot.app.post_message(Key("enter", "\r"))
        await robot.wait(lambda: robot.app.screen.query_one(LineInput).value == "bellx")
        await robot.wait(lambda: not robot.app.screen.query_one(LineInput).display)


@pytest.mark.parametrize("opening", SCREENS.values(), ids=SCREENS)
async def test_a_key_that_stands_for_nothing_says_so(dashboard: Open, opening: tuple[str, ...]) -> None:
    async with dashboard() as robot:
        await robot.press(*opening)
        await robot.pilot.pause()
        robot.app.clear_notifications()
        await robot.press("Z")
        await robot.wait_for("Z is not bound here")
