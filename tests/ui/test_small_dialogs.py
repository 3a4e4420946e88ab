"""Dialogs on the smallest usual screen: what does not fit is scrolled, and said to be there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets import OptionList

from tests.ui import fakes
from tui.model.operation import Plan, PlanStep
from tui.screens.confirm import ConfirmDialog, Question
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.plans import PlanDialog

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot

LONG = "payment-reconciliation-worker-for-the-northern-region-eu-0001"[:60]
BACK = "way back  r5 v1.5.0, at every step"


def long_plan() -> Plan:
    plan = fakes.deploy_plan()
    return plan._replace(
        steps=tuple(PlanStep(f"s{number}", f"Step of plan {number}") for number in range(40))
    )


def whole(robot: Robot) -> bool:
    """Whether the dialog's whole frame is on the screen."""
    return "╭─" in robot.text() and "╰─" in robot.text()


@pytest.mark.parametrize("typed", ["", "web"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 16)])
async def test_a_long_plan_says_that_there_is_more(
    dashboard: Open, size: tuple[int, int], typed: str
) -> None:
    async def planned() -> Plan:
        return long_plan()

    async with dashboard(size=size) as robot:
        robot.app.push_screen(PlanDialog("Deploy web", planned, typed=typed))
        await robot.wait_for("more below")
        seen = set()
        while "more below" in robot.text():
            for words in ("Cancel", "Deploy", BACK, "↑ ↓ scroll"):
                assert words in robot.text()
            assert whole(robot)
            [more] = [line for line in robot.lines() if "more below" in line]
            seen.add(more)
            await robot.press("down", "down")
            await robot.wait(lambda more=more: more not in robot.lines())  # type: ignore[misc]
        assert len(seen) > 5
        assert "$ docker stop web" in robot.text() or "docker run" in robot.text()
        for words in ("Cancel", "Deploy", BACK, "above"):
            assert words in robot.text()


@pytest.mark.parametrize("steps", range(4, 14))
async def test_lines_that_are_wrapped_push_no_button_off_the_screen(dashboard: Open, steps: int) -> None:
    """Those of the plan and the way back are longer than the screen is wide: the fit itself wraps them."""
    back = "none: nothing of this app serves now; a failure leaves it so, whatever it was"
    plan = fakes.deploy_plan()._replace(
        steps=tuple(PlanStep(f"s{number}", f"Step of plan {number}") for number in range(steps)),
        facts=(("engine", "unix:///tmp/a-folder-of-an-engine/docker.sock"), ("way back", back)),
        warnings=("local only: without a registry no other engine can have these bytes",),
        equal=f"docker run -d --name hello ... sha256:{'9' * 64}",
    )

    async def planned() -> Plan:
        await asyncio.sleep(0.3)
        return plan

    async with dashboard(size=(80, 24)) as robot:
        robot.app.push_screen(PlanDialog("Deploy web", planned))
        await robot.wait_for("way back")
        await robot.pilot.pause()
        await robot.wait(
            lambda: whole(robot) and "Cancel" in robot.text() and "whatever it was" in robot.text()
        )


async def test_a_plan_that_fits_says_nothing_of_more(dashboard: Open) -> None:
    async def planned() -> Plan:
        return fakes.push_plan()

    async with dashboard(size=(80, 24)) as robot:
        robot.app.push_screen(PlanDialog("Push web", planned))
        await robot.wait_for("3. Read the digest back")
        await robot.wait_for("docker push")
        assert "more below" not in robot.text()
        await robot.pilot.resize_terminal(80, 14)
        await robot.wait_for("more below")
        await robot.pilot.resize_terminal(120, 40)
        await robot.wait_gone("more below")


async def test_a_question_about_many_things_says_that_there_are_more(dashboard: Open) -> None:
    names = tuple(f"{LONG}-{number}" for number in range(12))
    question = Question(
        "Remove 12 containers?", names, ("host build-1", "nothing brings them back"), "docker rm", "Remove"
    )
    async with dashboard(size=(80, 14)) as robot:
        robot.app.push_screen(ConfirmDialog(question))
        await robot.wait_for("more below")
        assert whole(robot)
        for words in ("Cancel", "Remove", "nothing brings them back"):
            assert words in robot.text()
        await robot.press("pagedown", "pagedown", "pagedown")
        await robot.wait_for("docker rm")
        await robot.wait_for("above")


@pytest.mark.parametrize("size", [(80, 24), (80, 12), (120, 40)])
@pytest.mark.parametrize("name", ["web", LONG])
@pytest.mark.parametrize("shared", [True, False])
async def test_the_cursor_of_a_long_menu_is_always_visible(
    dashboard: Open, name: str, size: tuple[int, int], shared: bool
) -> None:
    reason = f"the deploy of {name} r6 v1.6.0 was interrupted: X c in the apps finishes or undoes it"
    choices = [
        Choice(f"c{number}", "", f"Choice {number:02}", reason + "." * (number % 2 * (not shared)))
        for number in range(14)
    ]
    async with dashboard(size=size) as robot:
        robot.app.push_screen(MenuDialog(f"{name} and 3 more", choices))
        await robot.wait_for("Choice 00")
        for key in ("down", "up"):
            for _ in range(13):
                await robot.press(key)
                chosen = f"Choice {robot.app.screen.query_one(OptionList).highlighted:02}"
                await robot.wait_for(chosen)
                assert whole(robot)
        await robot.pilot.resize_terminal(80, 16)
        await robot.wait(lambda: whole(robot))
        await robot.wait_for("Choice 00")


@pytest.mark.parametrize("size", [(200, 50), (80, 24), (30, 8)])
async def test_what_is_said_to_be_below_is_below_at_any_size(dashboard: Open, size: tuple[int, int]) -> None:
    async def planned() -> Plan:
        return fakes.deploy_plan()

    async with dashboard(size=(60, 16)) as robot:
        robot.app.push_screen(PlanDialog("Deploy web", planned))
        await robot.wait_for("more below")
        for other in ((30, 8), size):
            await robot.pilot.resize_terminal(*other)
            await robot.wait(lambda: "  Deploy" in robot.text() and "Cancel (Esc)" in robot.text(), 5)
        await robot.wait(lambda: ("more below" in robot.text()) == (size[0] < 200), 5)


async def test_one_reason_for_all_stands_once_above_them(dashboard: Open) -> None:
    choices = [Choice(word, word[0], word, "read-only: it was started so") for word in ("Stop", "Kill")]
    async with dashboard(size=(80, 24)) as robot:
        robot.app.push_screen(MenuDialog("web", choices))
        await robot.wait_for("Kill")
        assert robot.text().count("read-only: it was started so") == 1
        await robot.press("S")
        await robot.wait_for("Stop: read-only")


async def test_a_toast_hides_nothing_of_a_dialog(dashboard: Open) -> None:
    choices = [Choice(f"c{number}", "", f"Choice {number:02} {'x' * 50}") for number in range(14)]
    async with dashboard(size=(80, 24)) as robot:
        robot.app.push_screen(MenuDialog("web", choices))
        await robot.wait_for("Choice 13")
        robot.app.notify("something happened", timeout=20)
        await robot.pilot.pause(0.2)
        assert all(f"Choice {number:02} {'x' * 50}" in robot.text() for number in range(14))


async def test_what_is_cut_in_a_menu_says_so(dashboard: Open) -> None:
    async with dashboard(size=(60, 20)) as robot:
        robot.app.push_screen(MenuDialog("web", [Choice("a", "", "long " * 30), Choice("b", "", "short")]))
        await robot.wait_for("short")
        assert "…" in robot.row("long long")
