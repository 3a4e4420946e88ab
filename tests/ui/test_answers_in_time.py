"""A key answers a question from the first moment at which it could be read, and never before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from tests.ui import fakes
from tui.screens.confirm import ConfirmDialog, Question
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.plans import PlanDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.conftest import Open, Robot
    from tui.app import Holdfast
    from tui.model.operation import Plan

ASKED = "Stop the build?"


class Watched:
    """When frames were begun, and whether each held a text."""

    def __init__(self, robot: Robot, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.frames: list[tuple[float, bool]] = []
        app: Holdfast = robot.app
        display = app._display

        def displayed(screen: Any, renderable: Any) -> None:
            display(screen, renderable)
            if renderable is not None:
                self.frames.append((app._framed, text in robot.text()))

        monkeypatch.setattr(app, "_display", displayed)

    @property
    def first(self) -> float:
        return next(begun for begun, held in self.frames if held)


async def planned() -> Plan:
    await asyncio.sleep(0.1)
    return fakes.deploy_plan()


@pytest.mark.parametrize("menu_before", [False, True], ids=["alone", "after a menu"])
@pytest.mark.parametrize(
    ("opened", "text"),
    [
        (lambda: PlanDialog("Deploy web", planned), "Take the lease of web"),
        (lambda: ConfirmDialog(Question(ASKED, (), (), "", "Stop it")), ASKED),
    ],
    ids=["plan", "question"],
)
async def test_the_first_frame_that_holds_the_question_counts(
    dashboard: Open,
    monkeypatch: pytest.MonkeyPatch,
    opened: Callable[[], Any],
    text: str,
    menu_before: bool,
) -> None:
    async with dashboard() as robot:
        watched = Watched(robot, text, monkeypatch)
        dialog = opened()
        answers: list[object] = []

        async def keep_drawing() -> None:
            while True:  # as a log does beneath
                robot.app.screen.refresh()
                robot.app.screen._compositor_refresh()
                await asyncio.sleep(0.002)

        drawing = asyncio.create_task(keep_drawing())
        try:
            if menu_before:
                menu = MenuDialog("Menu", [Choice("it", "i", "Do it")])
                robot.app.push_screen(menu, lambda _: robot.app.push_screen(dialog, answers.append) and None)
                await robot.wait_for("Do it")
                await robot.press("i")
            else:
                robot.app.push_screen(dialog, answers.append)
            await robot.wait(lambda: sum(held for _, held in watched.frames) > 10)
            first = watched.first
            for moment, counts in ((first - 0.001, False), (first, True)):
                key = events.Key("y", "y")
                key.time = moment
                await robot.app.on_event(key)
                await robot.pilot.pause()
                assert bool(answers) is counts
        finally:
            drawing.cancel()
