"""The configuration is read again in place: what is new shows, and where one was stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes
from tests.ui.test_releases import LIVE, Engine, engine
from tui.commands.table import BY_ID
from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ui.conftest import Open, Robot

__all__ = ["engine", "processes"]

COMING = re.compile(r", [\d,]+ new below| +[\d,]+ lines?")


def write(path: Path, *apps: str, more: str = "") -> None:
    text = "".join(f'[apps.{app}]\nimage = "shop/{app}"\n[apps.{app}.build]\ncontext = "."\n' for app in apps)
    (path / "holdfast.toml").write_text(more + text)


async def reload(robot: Robot, seen: str) -> None:
    await robot.do("view.reload")
    await robot.wait_for(seen)
    await robot.pilot.pause()


async def test_pane_cursor_filter_marks_and_order_stay(dashboard: Open, tmp_path: Path) -> None:
    write(tmp_path, "api", "web")
    async with dashboard(settings=load()) as robot:
        main = robot.app.main
        await robot.select("fk00003")
        await robot.do("list.mark")
        await robot.do("list.sort")
        await robot.press("z")
        main.containers.set_filter("fk")
        await robot.pilot.pause()
        cursor, order = main.containers.cursor, main.containers.sorted_by
        app, engine = robot.app, robot.app.session.engine
        write(tmp_path, "api", "mail", "web")
        await robot.do("view.reload")
        await robot.wait(lambda: "mail" in app.store.apps)
        await robot.pilot.pause()
        assert (main.containers.cursor, main.containers.sorted_by) == (cursor, order)
        assert main.containers.filter_text == "fk"
        assert len(main.containers.marks) == 1
        assert main.panes.zoomed
        assert app.session.engine is engine, "the connection is the same"
        await robot.press("1", "z")
        await robot.wait_for("mail")


async def test_keys_are_bound_as_they_are_configured_by_then(dashboard: Open, tmp_path: Path) -> None:
    write(tmp_path, "web")
    async with dashboard(settings=load()) as robot:
        write(tmp_path, "web", more='[keys]\n"pane.tags" = "T"\n"app.test" = []\n')
        await reload(robot, "T Tags")
        await robot.press("T")
        assert robot.app.main.focus_on == "tags"
        assert robot.app.keymap.hint(BY_ID["pane.tags"]) == "T"


async def test_an_open_operation_and_the_place_of_a_log_stay(
    dashboard: Open, processes: Processes, tmp_path: Path
) -> None:
    write(tmp_path, "api", "web")
    async with dashboard(settings=load()) as robot:
        await robot.select("fk00002")
        await robot.press("l")
        await robot.wait_for("fk00002 boot line 1")
        await robot.press("k", "k", "k")
        await robot.wait_for("paused")
        output = robot.app.main.log_pane.output
        write(tmp_path, "api", "mail", "web")
        await robot.do("view.reload")
        await robot.wait(lambda: "mail" in robot.app.store.apps)
        assert robot.app.main.log_pane.output is output
        await robot.wait_for("paused")

        await robot.press("1", "B")
        await robot.wait(lambda: processes.journals)
        shown = robot.app.main.shown_operation
        assert shown is not None
        write(tmp_path, "api", "web")
        await robot.do("view.reload")
        await robot.wait(lambda: "mail" not in robot.app.store.apps)
        assert robot.app.main.shown_operation is not None
        assert robot.app.main.shown_operation.id == shown.id
        processes.end()
        await robot.wait_for("done")


async def test_a_file_in_error_is_said_and_changes_nothing(dashboard: Open, tmp_path: Path) -> None:
    write(tmp_path, "web")
    async with dashboard(settings=load()) as robot:
        (tmp_path / "holdfast.toml").write_text("[apps.web")
        await reload(robot, "Not read")
        assert [*robot.app.store.apps] == ["web"]
        await robot.press("3")
        assert robot.app.main.focus_on == "tags"


async def test_what_is_known_of_an_app_that_is_gone_goes_with_it(dashboard: Open, tmp_path: Path) -> None:
    write(tmp_path, "api", "web")
    async with dashboard(settings=load()) as robot:
        await robot.wait(lambda: "web" in robot.app.store.releases)
        robot.app.store.put_releases("web", fakes.releases(0.0, "5" * 64))
        await robot.press("1")
        write(tmp_path, "api")
        await robot.do("view.reload")
        await robot.wait(lambda: "web" not in robot.app.store.apps)
        await robot.pilot.pause()
        assert "web" not in robot.app.store.releases
        assert [*robot.app.main.apps.ordering.keys()] == ["api"]


async def test_the_header_has_the_colour_of_the_engine_as_it_is_configured_by_then(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    def patch(robot: Robot) -> str:
        """The colour behind the two cells that follow the name."""
        header = robot.app.screen._compositor.render_strips()[0]
        [name, after] = [*header.crop(0, 12).divide([10, 12])]
        assert name.text == " Holdfast "
        return after._segments[0].style.bgcolor.name if not after.text.strip() else ""

    write(tmp_path)
    async with dashboard(settings=load()) as robot:
        assert "unix://" in robot.lines()[0]
        assert patch(robot) == ""
        write(tmp_path, more=f'[engines."{robot.endpoint.url}"]\ncolour = "#d08770"\n')
        await robot.do("view.reload")
        await robot.wait(lambda: patch(robot) == "#d08770")
        assert "unix://" in robot.lines()[0], "what is written there stays"
        write(tmp_path, more='[engines."unix:///another.sock"]\ncolour = "#d08770"\n')
        await robot.do("view.reload")
        await robot.wait(lambda: patch(robot) == "")


async def test_a_file_that_is_mended_is_said_to_be_read_and_its_warning_goes(
    dashboard: Open, tmp_path: Path
) -> None:
    write(tmp_path, "web", more='[keys]\n"nonsense.cmd" = "T"\n')
    async with dashboard(settings=load()) as robot:
        await robot.wait_for("there is no such command")
        write(tmp_path, "web")
        await reload(robot, "configuration read again")
        await robot.wait_gone("there is no such command", 3)


async def test_the_cursor_on_a_release_the_filter_and_what_is_unfolded_stay(
    dashboard: Open, engine: Engine, tmp_path: Path
) -> None:
    write(tmp_path, "api", "web")
    engine.has(fakes.releases(0.0, LIVE))
    async with dashboard(settings=load()) as robot:
        await robot.wait(lambda: robot.app.store.releases.get("web"))
        apps = robot.app.main.apps
        await robot.press("1", "slash", *"we", "enter", "right", "down", "down")
        cursor = apps.cursor
        assert cursor is not None and apps.release == 4
        write(tmp_path, "api", "mail", "web", more='theme = "nord"\n')
        await robot.do("view.reload")
        await robot.wait(lambda: "mail" in robot.app.store.apps)
        await robot.pilot.pause()
        assert (apps.cursor, apps.filter_text, apps.is_unfolded("web")) == (cursor, "we", True)
        assert robot.app.shelf.current.name == "nord"
        write(tmp_path, "api", "mail")
        await robot.do("view.reload")
        await robot.wait(lambda: "web" not in robot.app.store.apps)
        assert apps.cursor is None
        await robot.press("escape")
        await robot.wait_for("mail")


def _of_the_log(robot: Robot) -> list[str]:
    """What stands in the log, but for how many lines have come meanwhile."""
    return [" ".join(COMING.sub("", line[45:]).split()) for line in robot.lines()[-12:-1]]


async def test_filters_and_cursors_of_the_other_lists_and_the_search_in_a_log_stay(
    dashboard: Open, tmp_path: Path
) -> None:
    write(tmp_path, "web")
    async with dashboard(settings=load(), containers=None) as robot:
        main = robot.app.main
        cursors = {}
        for key, pane in (("2", main.images), ("3", main.tags)):
            await robot.press(key, "slash", *"n", "enter", "down", "down")
            cursors[pane] = pane.cursor
        await robot.press("4", "l")
        await robot.wait(lambda: main.log_pane.output is not None and len(main.log_pane.output) > 5)
        await robot.press("slash", *"e", "enter")
        await robot.pilot.pause()
        seen = _of_the_log(robot)
        assert any("1 of" in line or "match" in line or "paused" in line for line in seen), seen
        write(tmp_path, "mail", "web", more="[log]\ntimestamps = false\n")
        await robot.do("view.reload")
        await robot.wait(lambda: "mail" in robot.app.store.apps)
        await robot.wait_for("configuration read again")
        robot.app.clear_notifications()
        await robot.wait_gone("configuration read again")
        assert {pane: pane.cursor for pane in cursors} == cursors
        assert main.images.filter_text == main.tags.filter_text == "n"
        assert _of_the_log(robot) == seen


async def test_a_file_in_error_is_said_as_long_as_it_is_and_what_was_read_before_holds(
    dashboard: Open, tmp_path: Path
) -> None:
    write(tmp_path, "web")
    async with dashboard(settings=load()) as robot:
        assert "NOT READ" not in robot.lines()[0]
        (tmp_path / "holdfast.toml").write_text("[apps.web]\nkeep = 0.5\n")
        await reload(robot, "Not read")
        robot.app.clear_notifications()
        await robot.wait_gone("Not read")
        assert "CONFIGURATION NOT READ" in robot.lines()[0]
        assert robot.app.store.apps["web"].keep == 5
        await robot.press("question_mark")
        await robot.wait_for("Help")
        assert "CONFIGURATION NOT READ" in robot.lines()[0]
        await robot.press("escape")
        write(tmp_path, "web")
        await reload(robot, "configuration read again")
        assert "NOT READ" not in robot.lines()[0]
