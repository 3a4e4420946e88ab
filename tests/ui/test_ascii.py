"""With `ascii = true` nothing on any screen is beyond ASCII; `colour` says how many colours there are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from rich.color import ColorSystem

from tests.ui import fakes
from tests.ui.test_bursts import OPENINGS, burst, to_the_main_screen
from tests.ui.test_operations import Processes, processes
from tests.ui.test_releases import LIVE, Engine, container, engine
from tui.settings.load import load
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot

__all__ = ["engine", "processes"]

SETTINGS = Settings(ascii=True, apps={name: fakes.app(name) for name in ("api", "web")})


def beyond(robot: Robot) -> list[str]:
    """Lines with anything beyond ASCII."""
    return [line for line in robot.lines() if not line.isascii()]


async def seen(robot: Robot, where: str) -> None:
    for _ in range(4):
        await robot.pilot.pause(0.05)
        assert beyond(robot) == [], where


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_on_any_screen_is_beyond_ascii(
    dashboard: Open, engine: Engine, processes: Processes, size: tuple[int, int]
) -> None:
    engine.has(fakes.releases(time.time(), LIVE))
    async with dashboard(settings=SETTINGS, size=size, containers=None) as robot:
        robot.app.store.put_containers([*robot.app.store.containers.values(), container()])
        robot.app.store.put_operations([fakes.build_running(time.time()), fakes.deploy_failed(time.time())])
        robot.app.exit = lambda *_, **__: None  # type: ignore[method-assign]
        await seen(robot, "main")
        for name, keys in {**OPENINGS, "columns": "4 vertical_line", "a failed one": "1 down 5"}.items():
            burst(robot, keys.split())
            await seen(robot, name)
            robot.app.notify("läuft → gut", markup=False)
            await seen(robot, f"{name}, with a notice")
            await to_the_main_screen(robot)


async def test_it_is_turned_on_and_off_while_it_is_open(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        assert beyond(robot)
        (tmp_path / "holdfast.toml").write_text("ascii = true\n")
        await robot.do("view.reload")
        await robot.wait(lambda: not beyond(robot))
        assert "* live" in robot.lines()[0]
        (tmp_path / "holdfast.toml").write_text("")
        await robot.do("view.reload")
        await robot.wait(lambda: beyond(robot))


async def test_colours_are_as_many_as_are_wanted_and_no_color_wins(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def colours(robot: Robot) -> set[str]:
        strips = robot.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        return {one.name for style in styles for one in (style.color, style.bgcolor) if one is not None}

    (tmp_path / "holdfast.toml").write_text('colour = "16"\n')
    async with dashboard(settings=load()) as robot:
        assert robot.app.console._color_system is ColorSystem.STANDARD
        (tmp_path / "holdfast.toml").write_text('colour = "256"\n')
        await robot.do("view.reload")
        await robot.wait(lambda: robot.app.console._color_system is ColorSystem.EIGHT_BIT)
        (tmp_path / "holdfast.toml").write_text('colour = "none"\n')
        await robot.do("view.reload")
        await robot.wait(lambda: colours(robot) <= {"default"})
        monkeypatch.setenv("NO_COLOR", "1")
        (tmp_path / "holdfast.toml").write_text('colour = "truecolor"\n')
        await robot.do("view.reload")
        await robot.pilot.pause(0.2)
        assert colours(robot) <= {"default"}
