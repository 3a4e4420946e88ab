"""On the screen, too, keys are named as [keys] of the configuration binds them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import said
from tui.commands.keymap import spoken
from tui.commands.table import TABLE
from tui.settings.schema import ContainerSettings, Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open

OTHER = {command.id: (f"f{100 + number}",) for number, command in enumerate(TABLE)}
SETTINGS = Settings(
    keys=OTHER, apps={"web": fakes.app("web")}, containers=ContainerSettings(show_stopped=False)
)


def key(id: str) -> str:
    return spoken(OTHER[id][0])


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_titles_tabs_and_an_empty_list_say_the_bound_keys(
    dashboard: Open, size: tuple[int, int]
) -> None:
    async with dashboard(containers=0, settings=SETTINGS, size=size) as robot:
        await robot.wait_for(f"nothing runs; {key('container.stopped')} shows stopped ones")
        for pane in ("Apps", "Images", "Tags", "Containers", "Log"):
            assert f"{key('pane.' + pane.lower())} {pane}" in robot.text()
        build = fakes.build_running(time.time())
        robot.app.store.put_operations([build])
        robot.app.main.show_operation(build, focus=True)
        await robot.wait_for(f"{key('pane.log')} web build")
        await robot.do("log.first")
        await robot.wait_for(f"paused, {key('log.follow')} follows")


async def test_hints_say_the_bound_keys(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        await robot.press("s")
        await said(robot, f"s is bound to nothing: {key('container.menu')} in the containers")
        await robot.press("K")
        await said(robot, f"K is not bound here; {key('view.help')} shows the keys")
        robot.app.workspaces.current.operations.look("web", opened=True)
        await said(robot, f"nothing was done with web yet: {key('app.build')} builds it")
        robot.app.store.put_operations([fakes.build_running(time.time())])
        await robot.do("app.build")
        await said(robot, f"web is being built: {key('operation.cancel')} cancels")


async def test_a_key_that_hints_and_is_bound_elsewhere_says_where(dashboard: Open) -> None:
    settings = Settings(keys={"tag.refresh": ("s",)})
    async with dashboard(settings=settings) as robot:
        await robot.press("s")
        await said(robot, "s is not bound here: in the tags pane it is: Ask the registries again")
        assert "bound to nothing" not in robot.text()


async def test_an_interrupted_deploy_says_the_bound_keys(dashboard: Open) -> None:
    async with dashboard(containers=0, settings=SETTINGS) as robot:
        robot.app.store.put_releases("web", fakes.interrupted(time.time(), "5" * 64))
        await said(robot, "was interrupted:")
        await said(robot, f"{key('pane.apps')} goes to the apps")
        await said(robot, f"{key('app.recover')} finishes or undoes it")
