"""The screen of settings: what holds, who says so, and another value at once."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

from tui.screens.settings import SettingsScreen
from tui.settings.load import load
from tui.settings.save import save_choice

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ui.conftest import Open, Robot


async def opened(robot: Robot) -> SettingsScreen:
    await robot.press("comma")
    await robot.wait(lambda: isinstance(robot.app.screen, SettingsScreen))
    screen = robot.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


async def go(robot: Robot, title: str) -> None:
    await robot.press("slash", *title, "enter")
    await robot.wait(lambda: robot.row(f"▌ {title}"))


def written(folder: Path) -> dict[str, object]:
    path = folder / "config" / "holdfast" / "settings.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}


def own(folder: Path, text: str) -> Path:
    path = folder / "config" / "holdfast" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


async def test_a_flag_is_turned_at_once_and_kept_and_taken_back(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Log: wrap")
        assert "no" in robot.row("▌ Log: wrap") and "default" in robot.row("▌ Log: wrap")
        await robot.press("enter")
        await robot.wait(lambda: "chosen here" in robot.row("▌ Log: wrap"))
        assert written(tmp_path) == {"log": {"wrap": True}}
        assert robot.app.session.settings.log.wrap
        await robot.press("backspace")
        await robot.wait(lambda: "default" in robot.row("▌ Log: wrap"))
        assert written(tmp_path) == {}


async def test_a_number_that_cannot_be_is_refused_and_a_good_one_taken(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Log: lines kept")
        await robot.press("enter")
        await robot.wait_for("lines kept in memory")
        await robot.press(*["backspace"] * 6, "7", "enter")
        await robot.wait_for("it takes a whole number from 1000")
        await robot.press("0", "0", "0", "enter")
        await robot.wait(lambda: "7000" in robot.row("▌ Log: lines kept"))
        assert written(tmp_path) == {"log": {"lines": 7000}}


async def test_what_is_written_by_hand_has_the_last_word_and_says_where(
    dashboard: Open, tmp_path: Path
) -> None:
    path = own(tmp_path, "# mine\n[log]\ntail = 9\n\nwrap = true\n")
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Log: wrap")
        assert robot.row("▌ Log: wrap").endswith("config.toml:5")
        await robot.press("enter")
        await robot.wait_for("has the last word")
        assert robot.app.session.settings.log.wrap
        assert written(tmp_path) == {}
        assert path.read_text().startswith("# mine")


async def test_what_a_file_overrules_is_said_once_and_can_be_forgotten(
    dashboard: Open, tmp_path: Path
) -> None:
    own(tmp_path, "[log]\nwrap = true\n")
    save_choice("log.wrap", False)
    async with dashboard(settings=load()) as robot:
        await robot.wait_for("overrules")
        await robot.do("view.reload")
        await robot.wait_for("configuration read again")
        assert "which overrules" not in robot.text()
        await opened(robot)
        await go(robot, "Log: wrap")
        await robot.press("backspace")
        await robot.wait_for("the choice is forgotten")
        await robot.wait(lambda: written(tmp_path) == {})
        assert "which overrules" not in robot.text()
        assert robot.app.session.settings.log.wrap


async def test_policy_is_no_matter_of_taste(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Policy: scans")
        await robot.press("enter")
        await robot.wait_for("is written by hand")
        assert written(tmp_path) == {}
    # ... and settings.toml is not obeyed where somebody has put it there all the same
    path = tmp_path / "config" / "holdfast" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[policy]\nrequire_tests = false\n")
    assert load().policy.require_tests


async def test_keys_of_another_program_work_at_once(dashboard: Open) -> None:
    async with dashboard(settings=load(), containers=None) as robot:
        await opened(robot)
        await go(robot, "Keys")
        await robot.press("enter")
        await robot.wait_for("lazydocker")
        await robot.press("down", "enter")
        await robot.wait(lambda: "k9s" in robot.row("▌ Keys"))
        await robot.press("escape", "escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await robot.select("shop-db-1")
        await robot.press("4", "d")
        await robot.wait_for("Environment")  # k9s: d describes


async def test_a_theme_is_seen_while_it_is_chosen_and_escape_brings_the_old_one_back(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await robot.press("enter")
        await robot.wait_for("gruvbox")
        await robot.press("down")
        await robot.wait(lambda: robot.app.shelf.current.name != "holdfast-dark")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.shelf.current.name == "holdfast-dark")
        assert written(tmp_path) == {}


async def test_a_full_disk_is_said_and_nothing_is_changed(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tui.settings.save.write_whole", full)
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Log: wrap")
        await robot.press("enter")
        await robot.wait_for("could not be saved")
        assert not robot.app.session.settings.log.wrap
        assert written(tmp_path) == {}


async def test_of_a_read_only_home_the_file_is_named_and_what_to_do(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str, *_: object) -> None:
        raise OSError(30, "Read-only file system", f"{os.path.dirname(path)}/.new-xyz")

    monkeypatch.setattr("tui.settings.save.write_whole", refused)
    async with dashboard(settings=load()) as robot:
        await opened(robot)
        await go(robot, "Log: wrap")
        await robot.press("enter")
        await robot.wait_for("could not be saved")
        said = " ".join(one.message for one in robot.app._notifications)
        assert "settings.toml: cannot be written: Read-only file system" in said
        assert "XDG_CONFIG_HOME names another" in said
        assert ".new-" not in said
        assert "Errno" not in said


async def test_it_fits_a_small_screen(dashboard: Open) -> None:
    async with dashboard(settings=load(), size=(60, 20)) as robot:
        await opened(robot)
        assert "Theme" in robot.text()
        assert "Esc back" in robot.lines()[-1]
