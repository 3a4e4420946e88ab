"""The log view alone: its anchor, its pauses, what it leaves undone while nobody looks."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.app import App, ComposeResult

from tui.commands.keymap import Keymap
from tui.panes.log import LogPane
from tui.presentation.lines import plain
from tui.settings.schema import LogSettings
from tui.store.output import Output
from tui.widgets import log_view
from tui.widgets.output_view import FRAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.presentation.style import Line

AT = b"2026-11-24T10:11:12.123456789Z"
WIDTH = 40


class Shell(App[None]):
    CSS = "LogPane { height: 11; width: 40; }"

    def __init__(self, **settings: bool) -> None:
        super().__init__()
        self.pane = LogPane(LogSettings(**settings), Keymap())
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def glyphs(self, text: str) -> str:
        return text

    def paint(self, style: str) -> Style:
        return Style(reverse="match" in style)

    def notify(self, message: str, **_: object) -> None:  # type: ignore[override]
        self.said.append(message)

    def rows(self) -> list[str]:
        """The body as text, without the scroll bar."""
        return [plain(self.pane.line(y, WIDTH))[:-1].rstrip() for y in range(1, 11)]

    def heading(self) -> str:
        return plain(self.pane.line(0, WIDTH * 2))

    def spans(self, row: int) -> Line:
        return self.pane.line(1 + row, WIDTH)

    async def settle(self) -> None:
        await asyncio.sleep(FRAME * 1.5)


def texts(count: int, first: int = 0) -> list[tuple[int, bytes, bytes]]:
    return [(1, AT, b"line %d" % number) for number in range(first, first + count)]


def opened(app: Shell, lines: Iterable[tuple[int, bytes, bytes]], **bounds: int) -> Output:
    output = Output(**bounds)
    output.extend(lines)
    app.pane.open(("id",), "web", output)
    return output


async def test_the_title_is_bare_until_a_log_is_opened_and_counts_afterwards() -> None:
    app = Shell()
    async with app.run_test():
        assert app.heading().strip() == "5 Log"
        output = opened(app, texts(1000))
        assert "5 Log  web  1,000 lines" in app.heading()
        assert app.heading().rstrip().endswith("following")
        app.pane.say("the container is exited")
        assert "the container is exited · following" in app.heading()
        app.pane.say("")
        app.pane.scroll_rows(-3)
        output.extend(texts(1234, 1000))
        await app.settle()
        assert "paused, 1,234 new below" in app.heading()


async def test_paused_rows_stand_still_while_lines_come_and_old_ones_leave() -> None:
    app = Shell()
    async with app.run_test():
        output = opened(app, texts(3000), max_lines=3000)
        app.pane.scroll_rows(-20)
        before = app.rows()
        output.extend(texts(2048, 3000))
        await app.settle()
        assert output.dropped >= 2048
        assert app.rows() == before


async def test_rows_that_have_left_the_memory_give_way_to_a_note() -> None:
    app = Shell()
    async with app.run_test():
        output = opened(app, texts(3000), max_lines=3000)
        app.pane.to_first()
        assert app.rows()[0] == " line 0"
        output.extend(texts(2000, 3000))
        await app.settle()
        assert f"{output.dropped:,} lines not shown" in app.rows()[0]
        assert app.rows()[1] == f" line {output.first}"
        app.pane.scroll_rows(1)
        assert app.rows()[0] == f" line {output.first}"
        app.pane.scroll_rows(-1)
        assert "not shown" in app.rows()[0]


@pytest.mark.parametrize("wrap", [False, True])
async def test_following_shows_the_last_line_at_the_bottom(wrap: bool) -> None:
    app = Shell(wrap=wrap)
    async with app.run_test():
        output = opened(app, [(1, AT, b"word " * number) for number in range(50)])
        output.extend([(1, AT, b"the end")])
        await app.settle()
        assert app.rows()[-1] == " the end"
        app.pane.scroll_rows(-1)
        assert app.rows()[-1] != " the end"
        app.pane.to_last()
        assert app.rows()[-1] == " the end"


async def test_other_lines_of_the_same_numbers_are_shown_after_another_log_was_opened() -> None:
    app = Shell(wrap=True)
    async with app.run_test():
        opened(app, texts(5))
        assert app.rows()[0] == " line 0"
        opened(app, [(1, AT, b"other %d" % number) for number in range(5)])
        assert app.rows()[0] == " other 0"


async def test_a_flood_is_drawn_at_most_fifteen_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    async with app.run_test():
        output = opened(app, texts(100))
        await app.settle()
        drawn: list[float] = []
        compute = app.pane.visible_rows
        monkeypatch.setattr(app.pane, "visible_rows", lambda: (drawn.append(time.monotonic()), compute())[1])
        output.extend(texts(1, 100))
        assert len(drawn) == 1, "the first line after a quiet time waits for nothing"
        begun = time.monotonic()
        while time.monotonic() - begun < 0.5:
            output.extend(texts(20, output.end))
            await asyncio.sleep(0.001)
        assert 2 <= len(drawn) <= 10
        await app.settle()
        assert app.rows()[-1] == f" line {output.end - 1}"


async def test_nothing_is_computed_while_the_log_has_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell()
    async with app.run_test() as pilot:
        output = opened(app, texts(100))
        app.pane.display = False
        await pilot.pause()
        drawn: list[int] = []
        compute = app.pane.visible_rows
        monkeypatch.setattr(app.pane, "visible_rows", lambda: (drawn.append(1), compute())[1])
        output.extend(texts(100, 100))
        await app.settle()
        assert not drawn
        app.pane.display = True
        await pilot.pause()
        assert app.rows()[-1] == " line 199"
        assert "200 lines" in app.heading()


async def test_a_long_line_is_wrapped_once_not_at_each_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Shell(wrap=True)
    async with app.run_test():
        output = opened(app, [(1, AT, b"\x1b[31mx" * 100_000)])
        made: list[int] = []
        compute = log_view.log_rows
        monkeypatch.setattr(
            log_view, "log_rows", lambda *args: (made.append(args[0].number), compute(*args))[1]
        )
        for number in range(5):
            output.extend([(1, AT, b"short %d" % number)])
            await app.settle()
        assert 0 not in made
        assert app.rows()[-1] == " short 4"


async def found(app: Shell) -> None:
    search = app.pane._search
    assert search is not None
    await search


async def test_a_match_is_highlighted_and_its_column_brought_onto_the_screen() -> None:
    app = Shell()
    async with app.run_test():
        lines = texts(500)
        lines[250] = (1, AT, b"x" * 300 + b"needle" + b"y" * 300)
        opened(app, lines)
        app.pane.find("NEEDLE")
        await found(app)
        assert app.said == ["not found: NEEDLE"]
        app.pane.find("needle")
        await found(app)
        (row,) = [number for number, text in enumerate(app.rows()) if "needle" in text]
        assert ("needle", "log match.current") in app.spans(row)
        assert not app.pane.following


async def test_a_match_far_down_a_wrapped_line_is_brought_onto_the_screen() -> None:
    app = Shell(wrap=True)
    async with app.run_test():
        lines = texts(500)
        lines[250] = (1, AT, b"x" * 1500 + b" needle " + b"y" * 1500)
        opened(app, lines)
        app.pane.find("needle")
        await found(app)
        assert any("needle" in row for row in app.rows())


async def test_a_search_of_100_000_lines_never_holds_the_loop_for_long() -> None:
    app = Shell()
    async with app.run_test():
        opened(app, [(1, AT, b"x" * 120 + b" line %d" % number) for number in range(100_000)])
        app.pane.find("nowhere")
        search, gaps = app.pane._search, []
        assert search is not None
        last = time.thread_time()  # which other processes do not take part in
        while not search.done():
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - last)
            last = time.thread_time()
        assert app.said == ["not found: nowhere"]
        assert sorted(gaps)[-2] < 0.02  # but for one in which the collector may have run


async def test_sideways_stops_where_the_lines_on_the_screen_end() -> None:
    app = Shell()
    async with app.run_test():
        opened(app, [(1, AT, b"0123456789" * 6)])
        for _ in range(50):
            app.pane.sideways(8)
        assert app.rows()[0].strip() != ""
        for _ in range(50):
            app.pane.sideways(-8)
        assert app.rows()[0].startswith(" 0123456789")
