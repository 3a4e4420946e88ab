"""What the dashboard tells around its screen: a title while something runs, a bell and a notice then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes
from tui.model.notice import ENDINGS
from tui.model.operation import DONE, RUNNING, Ended, Failure, PlanStep, Started, StepChanged
from tui.settings.load import load
from tui.settings.schema import NotifySettings, Settings
from tui.store.operation import Operation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot

__all__ = ["processes"]


class Told:
    """What is written around the screen: what stands there, and what was told once."""

    def __init__(self) -> None:
        self.around: list[str] = []
        self.sequences: list[str] = []

    @property
    def title(self) -> str:
        shown = self.around[-1] if self.around else ""
        return shown.removeprefix("\x1b]2;").removesuffix("\x07")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    found = Told()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("tui.app.Holdfast.show_around", lambda _, shown, leave: found.around.append(shown))
    monkeypatch.setattr("tui.app.Holdfast.tell_terminal", lambda _, text: found.sequences.append(text))
    return found


def begin(robot: Robot, app: str = "web", ago: float = 60.0) -> Operation:
    """Something that runs since a minute, as it would come from its journal."""
    steps = (PlanStep("pull", "Pull"), PlanStep("switch", "Switch"), PlanStep("gate", "Gate"))
    started = Started(time.time() - ago, f"op-{app}", "deploy", app, "e", "anna", "h", 7, steps)
    operation = Operation(started)
    operation.complete = True
    robot.app.store.put_operations([operation])
    return operation


def end(robot: Robot, operation: Operation, *, ok: bool = True, seconds: float = 60.0, code: int = 1) -> None:
    error = None if ok else Failure(code, "it \x1b]0;broke\x07")
    operation.feed([Ended(time.time(), ok, seconds, error=error)])
    robot.app.store.put_operations([operation])


WANTED = Settings(notify=NotifySettings(bell=True, terminal="osc9"))


async def test_the_title_follows_what_runs_and_is_where_one_is_then(dashboard: Open, told: Told) -> None:
    async with dashboard() as robot:
        await robot.wait(lambda: told.title.startswith("holdfast: "))
        operation = begin(robot)
        await robot.wait(lambda: told.title.startswith("deploy web 0/3 - holdfast: "))
        operation.feed([StepChanged(2.0, "pull", DONE), StepChanged(2.0, "switch", RUNNING)])
        await robot.wait(lambda: told.title.startswith("deploy web 1/3"))
        end(robot, operation)
        await robot.wait(lambda: told.title.startswith("holdfast: "))


async def test_a_long_end_rings_and_is_said(dashboard: Open, told: Told) -> None:
    async with dashboard(settings=WANTED) as robot:
        end(robot, begin(robot), ok=False)
        bell, notice = told.sequences
        assert bell == "\x07"
        assert notice.startswith("\x1b]9;holdfast: web deploy failed: it ^[]0;broke^G")
        assert notice.count("\x1b") == 1


async def test_a_short_one_or_one_that_nobody_saw_run_is_not(dashboard: Open, told: Told) -> None:
    async with dashboard(settings=WANTED) as robot:
        end(robot, begin(robot), seconds=3)
        end(robot, Operation(begin(robot, "other").started._replace(op="old")))
        end(robot, begin(robot, "api"), ok=False, code=130)  # whoever has cancelled it knows
        assert told.sequences == []
        told_of = WANTED._replace(notify=WANTED.notify._replace(on=ENDINGS))
        robot.app.take(told_of)
        end(robot, begin(robot, "db"), ok=False, code=130)
        assert len(told.sequences) == 2


async def test_an_interrupted_one_is_a_failed_one(dashboard: Open, told: Told) -> None:
    async with dashboard(settings=WANTED) as robot:
        operation = begin(robot)
        operation.alive = False
        robot.app.store.put_operations([operation])
        assert "was interrupted" in told.sequences[-1]


async def test_nothing_is_told_that_nobody_has_asked_for(dashboard: Open, told: Told) -> None:
    async with dashboard() as robot:
        end(robot, begin(robot))
        assert told.sequences == []


async def test_the_screen_turns_the_title_off_at_once(dashboard: Open, told: Told, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await robot.wait(lambda: told.title)
        await robot.press("comma", "slash", *"Terminal's title", "enter", "enter")
        await robot.wait(lambda: told.around[-1] == "")
        await robot.press("backspace")
        await robot.wait(lambda: told.title)


async def test_endings_are_written_with_commas(dashboard: Open, told: Told, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await robot.press("comma", "slash", *"endings", "enter", "enter")
        await robot.wait_for("failed, done")
        await robot.press(*", never", "enter")
        await robot.wait_for("it takes some of")
        await robot.press(*["backspace"] * 7, *", cancelled", "enter")
        await robot.wait(lambda: set(robot.app.session.settings.notify.on) == set(ENDINGS))
        assert set(load().notify.on) == set(ENDINGS)


async def test_a_real_operation_is_followed(dashboard: Open, told: Told, processes: Processes) -> None:
    apps = {"web": fakes.app("web")}
    async with dashboard(settings=Settings(apps=apps)) as robot:
        await robot.do("app.build")
        await robot.wait(lambda: "build web 0/2" in told.title)
        await robot.wait(lambda: processes.last.op in processes.journals)
        first, second = fakes.BUILD
        processes.write(StepChanged(2.0, first.id, DONE), StepChanged(2.0, second.id, RUNNING))
        await robot.wait(lambda: "build web 1/2" in told.title)
        processes.write(StepChanged(3.0, second.id, DONE))
        await robot.wait(lambda: "build web 2/2" in told.title)
