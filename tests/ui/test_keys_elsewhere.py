"""Keys of one pane in another: they act where that makes sense, else say where they work."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import said
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot


async def open_log(robot: Robot, name: str) -> str:
    """The ID of the container; the cursor of the list is on another one by then."""
    await robot.select(name)
    await robot.press("l")
    await robot.wait(lambda: robot.app.main.log_pane.subject == name)
    id = robot.app.main.log_pane.container_id
    assert id is not None
    robot.app.main.containers.move_to(0)
    await robot.pilot.pause()
    assert robot.app.main.focus_on == "log"
    return id


async def test_in_a_log_its_container_is_inspected_and_its_lines_are_copied(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot, "fk00002")
        await robot.press("i")
        await robot.wait_for("fk00002 · details")
        await robot.press("escape")
        await robot.wait_gone("fk00002 · details")
        await robot.press("y")
        await said(robot, "lines of the screen; also in")
        assert robot.app.main.focus_on == "log"


async def test_in_a_log_the_menu_is_of_its_container(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot, "fk00002")
        await robot.press("X")
        await robot.wait_for("Kill (SIGKILL, at once)")
        await robot.press("t")
        await robot.wait_for("$ docker stop fk00002")
        await robot.press("y")
        await robot.wait_for("stopped fk00002")
        await robot.wait(lambda: "■ exited" in robot.row("fk00002"))


async def test_in_a_log_the_shell_is_its_containers(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    async def shell(engine: object, id: str, *_: int) -> int:
        opened.append(id)
        return 0

    monkeypatch.setattr("tui.controllers.shell.shell", shell)
    monkeypatch.setattr("tui.app.Holdfast.cannot_lend", "")
    monkeypatch.setattr("tui.app.Holdfast.lent_terminal", lambda _: nullcontext())
    async with dashboard() as robot:
        id = await open_log(robot, "fk00002")
        await robot.press("x")
        await robot.wait(lambda: opened == [id])


async def test_in_the_log_of_a_container_that_is_gone_they_say_so(dashboard: Open) -> None:
    async with dashboard() as robot:
        id = await open_log(robot, "fk00002")
        assert await robot.ask("DELETE", f"/containers/{id}?force=1") == 204
        await robot.wait(lambda: id not in robot.app.store.containers)
        for key in "xiXY":
            robot.app.clear_notifications()
            await robot.press(key)
            await said(robot, "the container of this log is not there any more")
            assert robot.app.screen is robot.app.main


async def test_what_a_log_has_not_says_where_it_works(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot, "fk00002")
        await robot.press("o")
        await said(robot, "o is not bound here: in the containers pane it is: Sort by the next column")


async def test_in_an_operation_the_menu_is_of_its_app(dashboard: Open) -> None:
    now = 1_700_000_000.0
    settings = Settings(apps={name: fakes.app(name) for name in ("api", "web")})
    async with dashboard(settings=settings) as robot:
        main = robot.app.main
        main.show_operation(fakes.build_done(now, 60.0), focus=True)
        await robot.press("X")
        await robot.wait(lambda: len(robot.app.screen_stack) == 2)
        await robot.wait_for("Recover an interrupted deploy")
        assert "web" in robot.row("web")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is main)
        await robot.press("y")
        await said(robot, f"copied {fakes.IMAGE}")
        await robot.press("x")
        await said(robot, "x is not bound here: in the containers pane it is: Open a shell in the container")
        main.show_operation(fakes.build_done(now, 60.0, name="other"), focus=True)
        await robot.press("X")
        await said(robot, "other is no app of this configuration")


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
@pytest.mark.parametrize("opened", ["slash", "colon", "comma", "question_mark", "X"])
async def test_quit_at_once_is_everywhere(dashboard: Open, opened: str, key: str) -> None:
    async with dashboard() as robot:
        await robot.press(opened)
        await robot.pilot.pause()
        await robot.press(key)
        await robot.wait(lambda: robot.app._exit)
