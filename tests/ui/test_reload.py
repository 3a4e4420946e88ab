"""The configuration is read again in place: what is new shows, and where one was stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes
from tui.commands.table import BY_ID
from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.ui.conftest import Open, Robot

__all__ = ["processes"]


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
