"""The view of an operation: follows, keeps its place, folds, searches, and draws no more than is seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.app import App

from tests.ui import fakes
from tui.commands.keymap import Keymap
from tui.model.operation import DONE, RUNNING, Ended, Logged, StepChanged
from tui.theming import RichStyles, ThemeShelf
from tui.widgets.operation_view import OperationView
from tui.widgets.output_view import FRAME

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import ComposeResult

    from tui.store.operation import Operation

NOW = 1_700_000_000.0


class OneView(App[None]):
    CSS = "OperationView { width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        self._styles = RichStyles(ThemeShelf("holdfast-dark").current)
        self.now = NOW

    def glyphs(self, text: str) -> str:
        return text

    def paint(self, style: str) -> Style:
        return self._styles(style)

    def compose(self) -> ComposeResult:
        yield OperationView(Keymap(), clock=lambda: self.now)

    @property
    def view(self) -> OperationView:
        return self.query_one(OperationView)

    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return [strip.text.rstrip(" │┃") for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines())


def build(lines: int = 100) -> Operation:
    """Two steps: the first has written so many lines and is done, the second runs and has written as many."""
    return fakes.operation(
        "build",
        "web",
        NOW - 10,
        [
            StepChanged(NOW - 10, "1", RUNNING, title="first"),
            Logged(NOW - 9, "1", 1, "\n".join(f"one {number}" for number in range(lines))),
            StepChanged(NOW - 8, "1", DONE, 2.0),
            StepChanged(NOW - 8, "2", RUNNING, title="second"),
            Logged(NOW - 7, "2", 1, "\n".join(f"two {number}" for number in range(lines))),
        ],
    )


def say(operation: Operation, text: str) -> None:
    operation.feed([Logged(NOW, "2", 1, text)])


async def test_it_follows_what_runs_and_its_title_stays_in_sight() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        operation = build()
        app.view.show(operation)
        await pilot.pause()
        assert "second" in app.lines()[1]
        assert "two 99" in app.lines()[-1]
        say(operation, "the newest")
        await pilot.pause(2 * FRAME)
        assert "the newest" in app.lines()[-1]
        assert "second" in app.lines()[1]


async def test_it_keeps_its_place_when_one_has_moved() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        operation = build()
        app.view.show(operation)
        await pilot.pause()
        app.view.page(-1)
        await pilot.pause()
        before = app.lines()[1:]
        assert not app.view.following
        say(operation, "\n".join("more" for _ in range(500)))
        await pilot.pause(2 * FRAME)
        assert app.lines()[1:] == before
        app.view.to_last()
        await pilot.pause()
        assert app.view.following
        assert "more" in app.lines()[-1]


async def test_output_of_what_is_done_is_folded_and_what_one_opened_stays_open() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        operation = build()
        app.view.show(operation)
        app.view.to_first()
        await pilot.pause()
        assert "▸ ✓ first" in app.text()
        assert "100 lines" in app.text()
        app.view.fold_step()
        await pilot.pause()
        assert "▾ ✓ first" in app.text()
        assert "one 0" in app.text()
        operation.feed([StepChanged(NOW, "2", DONE, 8.0), Ended(NOW, True, 10.0)])
        await pilot.pause(2 * FRAME)
        assert "one 0" in app.text()


async def test_a_search_opens_what_is_folded_and_goes_around() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        app.view.show(build())
        await pilot.pause()
        app.view.find("one 42")
        await pilot.pause(0.1)
        assert "one 42" in app.text()
        first = app.view._cursor
        app.view.find_next()
        await pilot.pause(0.1)
        assert app.view._cursor == first
        app.view.find("two 7")
        await pilot.pause(0.1)
        places = [app.view._cursor]
        for _ in range(10):
            app.view.find_next()
            await pilot.pause(0.05)
            places.append(app.view._cursor)
        assert [line for _, line in places] == [7, *range(70, 80)]
        app.view.find_next()
        await pilot.pause(0.05)
        assert app.view._cursor == places[0]
        app.view.find_previous()
        await pilot.pause(0.05)
        assert app.view._cursor == places[-1]


async def test_a_search_finds_titles() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        app.view.show(build())
        await pilot.pause()
        app.view.find("first")
        await pilot.pause(0.1)
        assert app.view._cursor == ("1", -1)


async def test_seconds_count_while_it_runs_and_stop_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.widgets.operation_view.TICK", 0.02)
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        operation = build(2)
        app.view.show(operation)
        await pilot.pause()
        assert "running 10s" in app.lines()[0]
        app.now += 5
        await pilot.pause(0.1)
        assert "running 15s" in app.lines()[0]
        assert app.lines()[2].endswith("13s")
        operation.feed([StepChanged(NOW, "2", DONE, 8.0), Ended(NOW, True, 10.0)])
        await pilot.pause(2 * FRAME)
        assert app.view._tick is None


async def test_a_flood_is_drawn_few_times_and_keys_stay_quick() -> None:
    app = OneView()
    async with app.run_test(size=(120, 40)) as pilot:
        operation = build()
        app.view.show(operation)
        await pilot.pause()
        drawn = 0
        visible = app.view.visible_rows

        def counted() -> list[list[tuple[str, str]]]:
            nonlocal drawn
            drawn += 1
            return visible()

        app.view.visible_rows = counted  # type: ignore[method-assign]
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < 1.0:
            say(operation, "\n".join("x" * 40 for _ in range(500)))
            await asyncio.sleep(0.01)
        assert drawn <= 17
        await pilot.pause(2 * FRAME)
        assert f"{'x' * 40}" in app.lines()[-1]


async def test_the_wheel_scrolls_and_a_double_click_folds() -> None:
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        app.view.show(build())
        await pilot.pause()
        app.view.scroll_rows(-3)
        await pilot.pause()
        assert "two 96" in app.lines()[-1]
        app.view.scroll_rows(3)
        app.view.scroll_rows(3)
        await pilot.pause()
        assert app.view.following
        app.view.to_first()
        await pilot.pause()
        await pilot.click(OperationView, offset=(5, 1), times=2)
        await pilot.pause()
        assert "▾ ✓ first" in app.text()


@pytest.mark.parametrize("size", [(20, 4), (40, 8), (100, 30)])
async def test_lines_fill_every_size(size: tuple[int, int]) -> None:
    app = OneView()
    async with app.run_test(size=size) as pilot:
        app.view.show(fakes.build_failed(NOW), 12.0)
        app.view.focus()
        await pilot.pause()
        for _ in range(8):
            app.view.move(-1)
            app.view.sideways(8)
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert all(strip.cell_length == size[0] for strip in strips)


async def test_what_its_journal_says_takes_the_place_of_what_was_expected() -> None:
    """The same operation by its ID, as one knew it before its process said anything."""
    app = OneView()
    async with app.run_test(size=(80, 12)) as pilot:
        expected = fakes.operation(
            "build", "web", NOW - 10, [StepChanged(NOW - 10, "9", RUNNING, title="expected")]
        )
        told = fakes.operation("build", "web", NOW - 10, [StepChanged(NOW - 10, "1", RUNNING, title="told")])
        assert (expected.id, expected.changes) == (told.id, told.changes)
        app.view.show(expected)
        await pilot.pause()
        assert "expected" in app.text()
        app.view.show(told)
        await pilot.pause()
        assert "told" in app.text()
        assert "expected" not in app.text()
