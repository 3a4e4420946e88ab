"""Logs every day: several in one, filter, time, fields, highlights, saving and copying."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.ui.test_log import HOSTILE, open_log
from tui.presentation.lines import plain
from tui.settings.load import load
from tui.settings.schema import LogSettings, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot


async def mark(robot: Robot, *names: str) -> None:
    for name in names:
        await robot.select(name)
        await robot.press("space")


async def open_several(robot: Robot, *names: str, key: str = "l") -> None:
    await mark(robot, *names)
    await robot.press(key)
    await robot.wait_for(f"{len(names)} logs: fk0")
    await robot.wait(lambda: len(robot.app.main.log_pane.output or ()) >= 20 * len(names))


def body(robot: Robot) -> list[str]:
    """The lines of the log on the screen."""
    pane = robot.app.main.log_pane
    return [plain(row).rstrip() for row in pane._rows]


def texts(robot: Robot) -> list[str]:
    output = robot.app.main.log_pane.output
    assert output is not None
    return [output[number].text.decode("utf-8", "replace") for number in range(output.first, output.end)]


@pytest.mark.parametrize("key", ["l", "enter"])
async def test_marked_containers_are_followed_in_one_log_in_the_order_of_time(
    dashboard: Open, key: str
) -> None:
    async with dashboard(size=(140, 40)) as robot:
        await open_several(robot, "fk00000", "fk00002", "fk00004", key=key)
        for number in range(6):
            name = f"fk0000{number % 3 * 2}"
            await robot.control("lograw", b"word %d\n" % number, name=name, stream=1 + number % 2)
        await robot.wait(lambda: sum("word" in line for line in texts(robot)) == 6)
        assert [line for line in texts(robot) if "word" in line] == [f"word {number}" for number in range(6)]
        output = robot.app.main.log_pane.output
        assert output is not None
        moments = [output[number].at for number in range(output.end)]
        assert moments == sorted(moments)
        await robot.wait_for("word 5")
        for number in range(6):
            sign = "▌" if number % 2 else " "
            assert f"{sign}fk0000{number % 3 * 2} word {number}" in robot.text()
        styles = {text.strip(): style for row in robot.app.main.log_pane._rows for text, style in row}
        assert len({styles[name] for name in ("fk00000", "fk00002", "fk00004")}) == 3


async def test_a_container_that_ends_goes_on_or_is_made_anew_is_said(dashboard: Open) -> None:
    async with dashboard(size=(140, 40)) as robot:
        await open_several(robot, "fk00000", "fk00002")
        await robot.control("toggle", name="fk00002")
        await robot.wait_for("fk00002 the container is exited")
        await robot.control("toggle", name="fk00002")
        await robot.wait_for("fk00002 it runs again")
        await robot.control("lograw", b"back\n", name="fk00002", stream=1)
        await robot.wait_for("fk00002 back")
        store = robot.app.store
        old = next(one for one in store.containers.values() if one.name == "fk00000")
        assert await robot.ask("DELETE", f"/containers/{old.id}?force=1") == 204
        await robot.wait(lambda: old.id not in store.containers)
        store.put_containers([old._replace(id="f" * 64, created=old.created + 1)])
        await robot.wait_for("fk00000 made anew")
        assert "f" * 64 in robot.app.main.log_pane.container_ids


async def test_no_more_than_fifty_are_followed_and_that_is_said(dashboard: Open) -> None:
    async with dashboard(size=(140, 40), containers=60, running=1.0) as robot:
        await robot.press("asterisk", "l")
        await robot.wait_for("the first 50 of 60 logs are followed")
        await robot.wait(lambda: len(robot.app.main.log_pane.output or ()) >= 1000)
        assert len(robot.app.main.log_pane.container_ids) == 50


async def test_the_menu_of_a_merged_log_is_that_of_its_containers(dashboard: Open) -> None:
    async with dashboard(size=(140, 40)) as robot:
        await open_several(robot, "fk00000", "fk00002")
        await robot.press("X", "t")
        await robot.wait_for("$ docker stop fk00002 fk00000")
        await robot.press("escape")


async def test_a_filter_hides_what_does_not_match_and_is_live(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.press("ampersand", *"line 1", "enter")
        await robot.wait_for("11 of 20 lines · &line 1")
        assert not any("boot line 2" in line for line in body(robot))
        await robot.control("lograw", b"hidden\nLINE 1 more\n", name="fk00000", stream=1)
        await robot.wait_for("12 of 22 lines")
        await robot.wait_for("LINE 1 more")
        assert "hidden" not in "\n".join(body(robot))
        await robot.press("slash", *"more", "enter")
        await robot.wait(lambda: robot.app.main.log_pane._current is not None)
        await robot.press("escape")
        await robot.wait_for("12 of 22 lines")  # the search first
        await robot.press("escape")
        await robot.wait_gone("of 22 lines")
        await robot.press("G")
        await robot.wait_for("hidden")
        assert robot.app.main.focus_on == "log"


async def test_a_filter_turned_round_an_expression_and_what_is_none(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.press("ampersand", *"!line 1", "enter")
        await robot.wait_for("9 of 20 lines · &!line 1")
        await robot.press("escape", "ampersand", *"/line [34]$/", "enter")
        await robot.wait_for("2 of 20 lines")
        await robot.press("ampersand", *["backspace"] * 12, *"/(/", "enter")
        await robot.wait_for("is no regular expression")


async def test_an_expression_that_never_ends_is_given_up_and_said(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", b"a" * 3000 + b"\n", name="fk00000", stream=1)
        await robot.wait_for("21 lines")
        before = time.process_time()
        await robot.press("ampersand", *"/(a|a)*b/", "enter")
        await robot.wait_for("the expression takes too long")
        await robot.wait_for("21 lines")
        assert time.process_time() - before < 5


async def test_another_log_opens_whole_and_one_that_has_scrolled_back_stays_there(dashboard: Open) -> None:
    async with dashboard(size=(120, 24)) as robot:
        await open_log(robot)
        await robot.press("g")
        await robot.wait_for("paused")
        await robot.press("j", "j", "j")
        await robot.press("ampersand", *"line", "enter")
        await robot.wait_for("20 of 20 lines")
        await robot.wait(lambda: "boot line 3" in body(robot)[0])
        await robot.press("escape")
        await robot.wait_gone("of 20 lines")
        assert "boot line 3" in body(robot)[0]
        await robot.press("ampersand", *"line 1", "enter")
        await robot.wait_for("11 of 20 lines")
        await robot.press("4")
        await open_log(robot, "fk00002")
        assert robot.app.main.log_pane.filter_text == ""


async def test_a_time_is_asked_of_the_engine_and_said(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", b"recent\n", name="fk00000", stream=1)
        await robot.wait_for("recent")
        await robot.press("at", *"soon", "enter")
        await robot.wait_for("is no time")
        assert robot.app.main.query_one("#line", Input).value == "soon"
        await robot.press("backspace", "enter")
        await robot.wait(lambda: any('"soo" is' in one.message for one in robot.app._notifications))
        assert robot.app.main.query_one("#line", Input).value == "soo"
        await robot.press("escape")
        await robot.wait(lambda: robot.app.main.takes_keys)
        assert robot.app.main.log_pane.between == ""
        await robot.press("at", *"..1971-01-02", "enter")
        await robot.wait_for("until 1971-01-02")
        await robot.wait_for("0 lines")
        await robot.wait_for("the range has ended")
        await robot.wait_gone("following")
        await robot.press("at", *["backspace"] * 12, *"1h", "enter")
        await robot.wait_for("since 20")
        await robot.wait_for("recent")
        await robot.press("at", "backspace", "backspace", "enter")
        await robot.wait_gone("since 20")
        await robot.wait_for("recent")


async def test_how_far_back_can_be_set(dashboard: Open) -> None:
    settings = Settings(log=LogSettings(since="1h"))
    async with dashboard(settings=settings) as robot:
        await open_log(robot)
        await robot.wait_for("· since 20")


async def test_json_is_shown_as_fields_by_a_key(dashboard: Open) -> None:
    line = (
        b'{"time":"2026-11-28T10:00:01.5Z","level":"error","msg":"no \\u001b[2J luck","user":{"id":7},"n":1}'
    )
    async with dashboard(size=(160, 40)) as robot:
        await open_log(robot)
        await robot.control(
            "lograw", line + b'\nlevel=warn msg="as logfmt" x=1\nplain\n', name="fk00000", stream=1
        )
        await robot.wait_for('{"time"')
        await robot.press("z", "m")
        await robot.wait_for("ERROR")
        row = robot.row("ERROR")
        assert '01.500 no ^[[2J luck user={"id": 7} n=1' in row
        assert "WARN  as logfmt x=1" in robot.text()
        assert "plain" in robot.text()
        styles = {text.strip(): style for row in robot.app.main.log_pane._rows for text, style in row}
        assert "bad" in styles["ERROR"] and "warn" in styles["WARN"]
        await robot.press("m")
        await robot.wait_for('{"time"')


async def test_rules_highlight_and_are_changed_on_the_screen(dashboard: Open) -> None:
    async with dashboard(settings=load()) as robot:
        await open_log(robot)
        await robot.control("lograw", b"an Error: terrors, slow query\n", name="fk00000", stream=1)
        await robot.wait_for("slow query")

        def styled() -> dict[str, str]:
            return {text: style for row in robot.app.main.log_pane._rows for text, style in row}

        assert styled()["Error"] == "log bad"
        assert "terror" not in styled()
        await robot.press("comma")
        await robot.wait_for("Settings")
        await robot.press("slash", *"highlights", "enter", "enter")
        await robot.wait_for("bad, ")
        await robot.press("ctrl+u", *"slow query nonsense", "enter")
        await robot.wait_for("it takes rules")
        await robot.press("ctrl+u", *"slow query magenta, /err/ warn", "enter")
        await robot.wait(lambda: "chosen here" in robot.row("▌ Log: highlights"))
        await robot.press("escape", "escape")
        await robot.wait(lambda: styled().get("slow query") == "log magenta")
        assert styled()["Err"] == "log warn"


async def test_what_is_filtered_is_what_is_saved_under_any_name(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.press("ampersand", *"line 1", "enter")
        await robot.wait_for("11 of 20 lines")
        await robot.press("greater_than_sign")
        await robot.wait_for("Save 11 lines that match &line 1 to")
        await robot.press("ctrl+u", *"~/gone/x.log", "enter")
        await robot.wait_for("there is no such folder")
        await robot.press("ctrl+u", *"~/x.log", "enter")
        await robot.wait_for("11 lines saved to ~/x.log")
        assert (tmp_path / "x.log").read_bytes().count(b"line 1") == 11
        (tmp_path / "x.log").write_bytes(b"mine")
        await robot.press("greater_than_sign", "ctrl+u", *"~/x.log", "enter")
        await robot.wait_for("Replace")
        await robot.press("n")
        await robot.wait_for("Save 11 lines")
        assert (tmp_path / "x.log").read_bytes() == b"mine"
        await robot.press("enter")
        await robot.wait_for("what is in it is lost")
        await robot.press("y")
        await robot.wait(lambda: (tmp_path / "x.log").read_bytes() != b"mine")


async def test_lines_and_commands_are_copied_into_a_file_too(dashboard: Open, tmp_path: Path) -> None:
    copied = tmp_path / "state/holdfast/copied"
    async with dashboard() as robot:
        await open_log(robot)
        await robot.wait_for("boot line 19")
        await robot.press("y")
        await robot.wait(copied.exists)
        assert copied.read_text().splitlines()[-1].endswith("boot line 19")
        assert copied.stat().st_mode & 0o777 == 0o600
        await robot.press("slash", *"line 17", "enter")
        await robot.wait(lambda: robot.app.main.log_pane._current is not None)
        await robot.press("y")
        await robot.wait(lambda: copied.read_text().endswith("boot line 17"))
        await robot.press("Y")
        await robot.wait(lambda: copied.read_text().startswith("docker --host unix://"))
        assert copied.read_text().endswith(" logs --follow --tail 500 fk00000")
        await robot.press("4", "Y")
        await robot.wait(lambda: copied.read_text().endswith("container inspect fk00000"))
        await robot.press("2", "Y")
        await robot.wait(lambda: " image inspect " in copied.read_text())


async def test_the_logs_of_a_project_are_one_by_its_heading(dashboard: Open) -> None:
    async with dashboard(size=(140, 40), containers=None) as robot:
        pane = robot.app.main.containers
        heading = next(key for key in pane.ordering.keys() if key not in robot.app.store.containers)
        pane.move_to(pane.ordering.index(heading) or 0)
        await robot.press("l")
        await robot.wait_for("containers  ")
        await robot.wait(lambda: len(robot.app.main.log_pane.container_ids) > 1)
        assert (
            len({robot.app.store.containers[id].project for id in robot.app.main.log_pane.container_ids}) == 1
        )


ENDLESS = (b"x" * 10_000_000, bytes(range(256)).replace(b"\n", b"") * 400)


@pytest.mark.parametrize("raw", [*HOSTILE, *ENDLESS], ids=lambda raw: f"{raw[:12]!r} {len(raw)}")
async def test_hostile_lines_of_several_leave_the_layout_intact(dashboard: Open, raw: bytes) -> None:
    """Beside another that floods; as fields, filtered and wrapped too."""
    async with dashboard(size=(140, 40)) as robot:
        await open_several(robot, "fk00000", "fk00002")
        await robot.press("m")
        await robot.control("log", name="fk00002", n=20_000, rate=20_000, tag="flood")
        await robot.control("lograw", raw + b"\nafterwards\n", name="fk00000", stream=1)
        await robot.wait(lambda: "afterwards" in texts(robot), 60)
        await robot.press("ampersand", *"!flood", "enter", "w")
        await robot.wait_for("&!flood")
        strips = robot.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 140 for strip in strips)
        assert not any(char in strip.text for strip in strips for char in "\x1b\x07\r\t\x9b")
