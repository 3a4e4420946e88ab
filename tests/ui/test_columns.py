"""Which panes and columns there are, and how large: chosen on the screen, seen at once, kept."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from tests.ui.test_operations import said
from tui.presentation.first_screen import first_screen
from tui.screens.columns import ColumnsDialog
from tui.screens.resources import ResourcesScreen
from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot


def kept(home: Path) -> dict[str, object]:
    path = home / "config" / "holdfast" / "settings.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


async def opened(robot: Robot) -> None:
    await robot.press("vertical_line")
    await robot.wait(lambda: isinstance(robot.app.screen, ColumnsDialog))
    await robot.pilot.pause()


async def test_columns_are_marked_moved_and_widened_while_the_list_shows_it(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load(), containers=None) as robot:
        main = robot.app.main
        await opened(robot)
        await robot.press("down", "down", "space")
        await robot.wait(lambda: "IMAGE" not in robot.row("STATE"))
        await robot.press("up", "K", "plus", "plus", "enter")
        await robot.wait(lambda: robot.app.screen is main)
        row = robot.row("STATE")
        assert row.index("STATE") < row.index("NAME")
        [state, name, *_] = main.containers.wanted
        assert state.startswith("state:") and name == "name"
        await robot.wait(lambda: kept(tmp_path))
        assert kept(tmp_path) == {"columns": {"containers": [*main.containers.wanted]}}
        await opened(robot)
        await robot.press("backspace")
        await robot.wait(lambda: kept(tmp_path) == {})
        assert robot.row("STATE").index("NAME") < robot.row("STATE").index("STATE")


async def test_escape_brings_the_columns_back(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load(), containers=None) as robot:
        before = robot.row("STATE")
        await opened(robot)
        await robot.press("down", "space")
        await robot.wait(lambda: not robot.row("STATE▾"))
        await robot.press("escape")
        await robot.wait(lambda: robot.row("STATE") == before)
        assert kept(tmp_path) == {}


async def test_columns_of_the_volumes_are_chosen_there(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load(), containers=None) as robot:
        await robot.press("6")
        await robot.wait(lambda: isinstance(robot.app.screen, ResourcesScreen))
        await robot.wait_for("DRIVER")
        await opened(robot)
        await robot.press("end", "k", "space", "enter")
        await robot.wait(lambda: isinstance(robot.app.screen, ResourcesScreen))
        await robot.wait(lambda: not robot.row("DRIVER"))
        assert "driver" not in str(kept(tmp_path))


async def test_what_a_file_says_of_columns_has_the_last_word(dashboard: Open, tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text('[columns]\ncontainers = ["state", "name:30"]\n')
    async with dashboard(settings=load(), containers=None) as robot:
        row = robot.row("STATE")
        assert row.index("STATE") < row.index("NAME")
        assert "IMAGE" not in row.split("│")[-1]
        await robot.press("vertical_line")
        await said(robot, "which has the last word")


async def test_panes_and_their_sizes_at_once_and_in_the_first_paint(dashboard: Open, tmp_path: Path) -> None:
    path = tmp_path / "holdfast.toml"
    path.write_text('[view]\npanes = ["containers", "log", "tags"]\nleft = 50\n')
    async with dashboard(settings=load()) as robot:
        assert "Images" not in robot.text() and "3 Tags" in robot.text()
        assert robot.app.main.tags.size.width == 60
        settings, store = robot.app.session.settings, robot.app.store
        first = first_screen(
            120, 40, (), store.link, robot.app.keymap, 0.0, settings=settings.containers, apps={},
            view=settings.view, columns=settings.columns,
        )  # fmt: skip
        painted = ["".join(text for text, _ in line) for line in first]
        assert "Images" not in "".join(painted)
        assert painted[1].index("4 Containers") == robot.lines()[1].index("4 Containers")
        await robot.press("2")
        await robot.wait_for("2 Images")
        await robot.press("tab")
        await robot.wait(lambda: robot.app.main.focus_on == "tags")
        assert "Images" not in robot.text()
        await robot.press("tab", "tab", "tab")
        assert robot.app.main.focus_on == "tags"
        path.write_text('[view]\npanes = ["images"]\nlog = 50\n')
        await robot.do("view.reload")
        await robot.wait_for("2 Images")
        await robot.press("escape")
        assert robot.app.main.focus_on == "images"
        assert robot.app.main.images.size.width == 120


async def test_an_app_stays_readable_by_fewer_columns(dashboard: Open, tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text(
        '[columns]\napps = ["last", "app"]\ncontainers = ["cpu"]\n[apps.web]\nimage = "a/web"\n'
    )
    async with dashboard(settings=load(), containers=None) as robot:
        row = robot.row("LAST DONE")
        assert row.index("LAST DONE") < row.index("APP")
        assert "CPU" in robot.text() and "STATE" not in robot.text()
