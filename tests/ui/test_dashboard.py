"""The main screen follows the engine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from tests.ui import fakes
from tui.screens.engines import EnginesScreen
from tui.screens.palette import Palette
from tui.settings.keymaps import KEYMAPS
from tui.settings.schema import Settings
from tui.store.store import LinkState

if TYPE_CHECKING:
    from tests.ui.conftest import Open


async def test_containers_images_and_tags_are_shown(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.wait_for("fk00000")
        assert "● running" in robot.row("fk00000")
        assert "6 running of 12" in robot.text()
        assert "● live" in robot.lines()[0]
        assert "registry.local/team/app0" in "".join(i.tags[0] for i in robot.app.store.images.values())


async def test_others_changes_show_by_themselves(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.control("create", name="newcomer", state="running")
        await robot.wait_for("newcomer")
        await robot.control("rename", name="newcomer", new="oldtimer")
        await robot.wait(lambda: "oldtimer" in robot.text() and "newcomer" not in robot.text())
        await robot.control("toggle", name="oldtimer")
        await robot.wait(lambda: "■ exited 137" in robot.row("oldtimer"))
        await robot.control("remove", name="oldtimer")
        await robot.wait_gone("oldtimer")


async def test_statistics_stream_only_for_rows_on_the_screen(dashboard: Open) -> None:
    async with dashboard(containers=200, running=1.0, size=(120, 40)) as robot:
        await robot.wait(lambda: len(robot.app.store.samples) > 0)
        pane = robot.app.main.containers
        shown = set(pane.visible_keys())
        await robot.wait(lambda: set(robot.app.session.stats._streams) == shown)
        await robot.do("list.last")
        after = set(pane.visible_keys())
        assert not shown & after
        await robot.wait(lambda: set(robot.app.session.stats._streams) == after)


async def test_a_lost_engine_is_said_and_found_again(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.control("cut")
        await robot.wait(
            lambda: robot.app.store.link.state is LinkState.LIVE and robot.app.session.watcher.engine
        )
        await robot.wait_for("● live")
        await robot.control("create", name="afterwards", state="running")
        await robot.wait_for("afterwards")


async def test_no_engine_says_what_was_tried_and_why(dashboard: Open, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from tui.engine.endpoint import Endpoint

    endpoint = Endpoint(f"unix://{tmp_path}/none.sock", "DOCKER_HOST")
    async with dashboard(endpoint=endpoint, live=False) as robot:
        await robot.wait_for("No Docker Engine answers")
        assert "none.sock" in robot.text()
        assert "from DOCKER_HOST" in robot.text()
        await robot.press("m")
        await robot.wait(lambda: robot.app.return_value == "demo")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 60), (40, 8), (20, 4)])
async def test_every_size_shows_full_lines(dashboard: Open, size: tuple[int, int]) -> None:
    async with dashboard(size=size) as robot:
        strips = robot.app.screen._compositor.render_strips()
        assert len(strips) == size[1]
        assert all(strip.cell_length == size[0] for strip in strips)


async def test_tabs_and_numbers_reach_every_pane_on_a_small_screen(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        for key, title in (
            ("1", "1 Apps"),
            ("2", "2 Images"),
            ("3", "3 Tags"),
            ("4", "4 Containers"),
            ("5", "5 Log"),
        ):
            await robot.press(key)
            await robot.wait(
                lambda title=title: any(line.startswith(f" {title}") for line in robot.lines()[2:])
            )
        await robot.press("tab")
        assert robot.app.main.focus_on == "apps"


async def test_zoom_and_back(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("z")
        await robot.wait_gone("REPOSITORY")
        await robot.press("z")
        await robot.wait_for("REPOSITORY")


async def test_filter_marks_and_escape(dashboard: Open) -> None:
    async with dashboard(containers=30, running=1.0) as robot:
        await robot.press("slash", *"00002", "enter")
        await robot.wait(lambda: "/00002 1" in robot.text())
        await robot.press("escape")
        await robot.wait_gone("/00002")
        await robot.press("space", "space")
        await robot.wait_for("2 marked")
        await robot.press("q")
        await robot.wait_gone("2 marked")


async def test_letters_of_other_tools_do_no_harm_and_say_where_the_action_is(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("d")
        await robot.wait_for("d is bound to nothing")
        assert len(robot.app.store.containers) == 12


async def test_q_leaves(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("q")
        await robot.wait(lambda: not robot.app.is_running)


async def test_stopped_containers_can_be_hidden(dashboard: Open) -> None:
    async with dashboard() as robot:
        keys = robot.app.main.containers.ordering.keys
        assert len(keys()) == 12
        await robot.press("a")
        await robot.wait_for("stopped hidden")
        assert len(keys()) == 6


async def test_keys_faster_than_the_focus_end_where_the_last_one_says(dashboard: Open) -> None:
    async with dashboard() as robot:
        for _ in range(5):
            for pane in ("log", "containers", "images", "log", "containers"):
                robot.app.main.go(pane)  # no message is handled in between, as when keys come at once
            await robot.pilot.pause(0.05)
            assert robot.app.main.focus_on == "containers"
            assert robot.app.focused is robot.app.main.containers


async def test_the_palette_finds_commands_of_other_panes_too(dashboard: Open) -> None:
    async with dashboard(containers=None) as robot:
        await robot.press("colon")
        await robot.wait_for("Type a command")
        await robot.press(*"prune")
        await robot.wait_for("in the images pane")
        await robot.press("enter")
        await robot.wait_for("dangling image")
        assert robot.app.main.focus_on == "images"


@pytest.mark.parametrize(("typed", "there"), [("pods", "containers"), ("images", "images"), ("log", "log")])
async def test_the_palette_goes_where_a_name_says_however_fast_it_is_typed(
    dashboard: Open, typed: str, there: str
) -> None:
    async with dashboard(containers=12, settings=Settings(keys=KEYMAPS["k9s"])) as robot:
        robot.app.main.go("tags")
        rows = len(robot.app.main.containers.ordering)
        await robot.press("colon")
        await robot.wait_for("Type a command")
        await robot.press(*typed, "enter")
        await robot.wait(lambda: robot.app.screen is robot.app.main and robot.app.main.focus_on == there)
        assert len(robot.app.main.containers.ordering) == rows


async def test_the_palette_opens_the_engines_by_the_name_of_contexts(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("colon")
        await robot.wait_for("Type a command")
        await robot.press(*"ctx", "enter")
        await robot.wait(lambda: isinstance(robot.app.screen, EnginesScreen))


async def test_enter_in_the_palette_chooses_from_what_was_found_for_all_that_is_typed(
    dashboard: Open,
) -> None:
    async with dashboard() as robot:
        await robot.press("colon")
        await robot.wait_for("Type a command")
        palette = robot.app.screen
        assert isinstance(palette, Palette)
        line = palette.query_one(Input)
        line.value = "apps"
        await robot.wait_for("Go to the apps")
        line.value = "tags"
        line.post_message(Input.Submitted(line, "tags"))
        await robot.wait(lambda: robot.app.main.focus_on == "tags")


async def test_a_command_for_a_log_that_is_hidden_says_why_not(dashboard: Open) -> None:
    async with dashboard() as robot:
        screen = robot.app.main
        screen.show_operation(fakes.build_running(time.time()))
        wrapped = screen.log_pane._wrap
        await robot.press("colon")
        await robot.wait_for("Type a command")
        await robot.press(*"wrap long")
        await robot.wait_for("in the log pane")
        await robot.press("enter")
        await robot.wait_for("an operation stands")
        assert screen.log_pane._wrap is wrapped
        assert screen.shown_operation is not None


async def test_the_palette_finds_the_help_by_what_it_is_about(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("colon")
        await robot.wait_for("Type a command")
        await robot.press(*"keys")
        await robot.wait_for("Help: the keys where you are")
        await robot.press("enter")
        await robot.wait_for("Help · keys")


async def test_marks_hidden_by_a_filter_are_left_alone(dashboard: Open) -> None:
    async with dashboard(containers=30, running=1.0) as robot:
        pane = robot.app.main.containers
        await robot.select("fk00003")
        await robot.press("space")
        await robot.wait_for("1 marked")
        await robot.press("slash", *"00007", "enter")
        await robot.wait_gone("1 marked")
        assert [robot.app.store.containers[key].name for key in pane.selected()] == ["fk00007"]
        await robot.press("escape")
        await robot.wait_for("1 marked")


async def test_the_palette_finds_commands_by_their_id(dashboard: Open) -> None:
    async with dashboard() as robot:
        await robot.press("colon")
        await robot.press(*"image.prune")
        await robot.wait_for("image.prune")
        await robot.wait_for("· image.prune")
        await robot.press(*"zzzz")
        await robot.wait_for("No matches found")


async def test_the_footer_offers_only_what_can_be_done(dashboard: Open) -> None:
    async with dashboard(read_only=True) as robot:
        await robot.select("fk00000")
        await robot.wait(lambda: "log" in robot.lines()[-1])
        assert "shell" not in robot.lines()[-1]
    async with dashboard() as robot:
        await robot.select("fk00000")
        await robot.wait(lambda: "shell" in robot.lines()[-1])
