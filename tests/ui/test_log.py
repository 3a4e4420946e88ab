"""The log pane: follows, pauses, searches, wraps, saves; hostile lines do no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot

HOSTILE = [
    b"\x1b]52;c;ZXZpbA==\x07",
    b"\x1b[2J\x1b[H",
    b"before\rafter",
    b"tab\there",
    "wide 日本語 e\u0301".encode(),
    b"[bold red]markup[/bold red]",
    b"invalid \xff\xfe\xfd",
    b"x" * (1 << 20),
]


async def open_log(robot: Robot, name: str = "fk00000") -> None:
    await robot.select(name)
    await robot.press("enter")
    await robot.wait_for(f"5 Log  {name}")


async def test_the_log_of_the_selected_container_is_followed(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.wait_for("following")
        await robot.control("lograw", b"hello from the container\n", name="fk00000", stream=1)
        await robot.wait_for("hello from the container")
        await robot.control("lograw", b"trouble\n", name="fk00000", stream=2)
        await robot.wait_for("▌trouble")


async def test_scrolling_back_pauses_and_the_end_follows_again(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.press("k", "k")
        await robot.wait_for("paused")
        before = [line for line in robot.lines() if "boot line" in line]
        await robot.control("lograw", b"one more\n", name="fk00000", stream=1)
        await robot.wait_for("1 new below")
        assert [line for line in robot.lines() if "boot line" in line] == before
        await robot.press("G")
        await robot.wait_for("one more")
        assert "following" in robot.text()


async def test_search_finds_highlights_and_goes_round(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", b"needle one\nstraw\nneedle two\n", name="fk00000", stream=1)
        await robot.wait_for("needle two")
        await robot.press("slash", *"needle", "enter")
        await robot.wait(lambda: robot.app.main.log_pane._current is not None)
        first = robot.app.main.log_pane._current
        await robot.press("n")
        await robot.wait(lambda: robot.app.main.log_pane._current != first)
        await robot.wait_for("searched on from the beginning")
        await robot.press("N")
        await robot.wait(lambda: robot.app.main.log_pane._current == first)
        await robot.press("escape")
        assert robot.app.main.log_pane.needle == ""
        assert robot.app.main.focus_on == "log"
        await robot.press("slash", *"nowhere", "enter")
        await robot.wait_for("not found: nowhere")


async def test_wrap_and_timestamps(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", b"begin " + b"word " * 60 + b"finish\n", name="fk00000", stream=1)
        await robot.wait_for("begin word")
        assert "finish" not in robot.text()
        await robot.press("w")
        await robot.wait_for("finish")
        await robot.press("t")
        await robot.wait(lambda: ":" in robot.row("begin word").split("│")[-1][:8])


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw[:12]))
async def test_hostile_lines_leave_the_layout_intact(dashboard: Open, raw: bytes) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", raw + b"\nafterwards\n", name="fk00000", stream=1)
        await robot.wait_for("afterwards")
        strips = robot.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 120 for strip in strips)
        assert not any(char in strip.text for strip in strips for char in "\x1b\x07\r\t\x9b")


async def test_hostile_names_and_labels_are_text(dashboard: Open) -> None:
    async with dashboard() as robot:
        name = "[red]x\x1b]52;c;ZQ==\x07\x1b[2J日本"
        await robot.control("create", name=name, image="[b]evil[/]:\x1b[2J", state="running")
        await robot.wait_for("[red]x^[]52;c")
        strips = robot.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 120 for strip in strips)
        assert not any(char in strip.text for strip in strips for char in "\x1b\x07")
        await robot.select(name)
        await robot.press("X")
        await robot.wait_for("[red]x^[]52;c;ZQ==^G")


async def test_the_log_goes_on_after_a_restart(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("toggle", name="fk00000")
        await robot.wait_for("the container is exited")
        await robot.control("toggle", name="fk00000")
        await robot.control("lograw", b"back again\n", name="fk00000", stream=1)
        await robot.wait_for("back again")
        assert robot.text().count("boot line 19") == 1


async def test_saving_writes_every_line_and_says_where(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("lograw", b"kept\n", name="fk00000", stream=1)
        await robot.wait_for("kept")
        await robot.press("greater_than_sign")
        await robot.wait_for("Save 21 lines to")
        await robot.press("enter")
        await robot.wait_for("21 lines saved to")
        (saved,) = (tmp_path / "state/holdfast/saved").glob("fk00000-*.log")
        assert saved.read_bytes().endswith(b"kept\n")
        assert saved.read_bytes().count(b"boot line") == 20


async def test_a_flood_loses_nothing_and_keys_are_answered(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("log", name="fk00000", n=60_000, rate=30_000, tag="flood")
        await robot.press("question_mark")
        await robot.wait_for("Help")
        await robot.press("escape")
        await robot.wait_for("END-flood", 20)
        assert robot.app.main.log_pane.output is not None
        assert robot.app.main.log_pane.output.end == 60_020


async def test_the_log_of_a_removed_container_says_that_it_is_gone(dashboard: Open) -> None:
    async with dashboard() as robot:
        await open_log(robot)
        await robot.control("remove", name="fk00000")
        await robot.wait_for("the container is gone")


async def test_a_container_that_is_made_anew_under_the_open_log_is_followed(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.select("fk00000")
        await robot.do("container.log")
        store, pane = robot.app.store, robot.app.main.log_pane
        await robot.wait(lambda: pane.subject == "fk00000")
        old = store.containers[pane.container_id or ""]
        assert await robot.ask("DELETE", f"/containers/{old.id}?force=1") == 204
        await robot.wait(lambda: old.id not in store.containers)
        anew = old._replace(id="f" * 64, created=old.created + 1)
        store.put_containers([anew])
        await robot.wait(lambda: pane.container_id == anew.id)
        store.put_containers([anew._replace(name="renamed")])  # by hand, and nobody else has its name
        await robot.pilot.pause()
        assert pane.container_id == anew.id
