"""The list: a cursor that stays on its row, rows that stay where they are, and nothing drawn in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.style import Style
from textual.app import App, ComposeResult

from tui.presentation.table import Column
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.presentation.style import Span


class Names(ListView):
    COLUMNS = (Column("name", "NAME", 10, grow=1),)

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(id="names")

    def on_mount(self) -> None:
        self.reload()
        self.filling = False

    def all_keys(self) -> Iterable[str]:
        return self.names

    def cell(self, key: str, column: str) -> Span:
        return key, "text"

    def sort_key(self, key: str) -> Any:
        return key

    def matches(self, key: str) -> bool:
        return self.filter_text in key


class Shell(App[None]):
    CSS = "Names { height: 12; width: 40; }"

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.list = Names(names)

    def compose(self) -> ComposeResult:
        yield self.list

    def glyphs(self, text: str) -> str:
        return text

    def paint(self, style: str) -> Style:
        return Style(reverse=style.endswith("cursor"))


def names(count: int) -> list[str]:
    return [f"row{number:03d}" for number in range(count)]


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    app = Shell(names(50))
    async with app.run_test():
        view = app.list
        view.focus()
        view.move_to(20)
        view.apply(["row000a", "row001a"], ["row002"])
        assert view.cursor == "row020"


async def test_rows_keep_their_place_on_the_screen_when_rows_above_come() -> None:
    app = Shell(names(50))
    async with app.run_test():
        view = app.list
        view.move_to(30)
        before = view.visible_keys()
        view.apply(["row000a"], [])
        assert view.visible_keys() == before


async def test_the_next_row_takes_the_cursor_when_its_row_goes() -> None:
    app = Shell(names(5))
    async with app.run_test():
        view = app.list
        view.move_to(2)
        view.apply([], ["row002"])
        assert view.cursor == "row003"
        view.apply([], ["row003", "row004"])
        assert view.cursor == "row001"
        view.apply([], ["row000", "row001"])
        assert view.cursor is None


async def test_marks_survive_changes_and_go_with_their_rows() -> None:
    app = Shell(names(5))
    async with app.run_test():
        view = app.list
        view.mark()
        view.mark()
        assert view.selected() == ["row000", "row001"]
        view.apply(["row0005"], ["row000"])
        assert view.selected() == ["row001"]


async def test_a_filter_hides_rows_and_clearing_it_brings_them_back() -> None:
    app = Shell(names(50))
    async with app.run_test():
        view = app.list
        view.move_to(15)
        view.set_filter("5")
        assert view.visible_keys() == ["row005", "row015", "row025", "row035", "row045"]
        assert view.cursor == "row015"
        view.set_filter("")
        assert view.cursor == "row015"
        assert len(view.ordering) == 50


async def test_scrolling_stops_at_the_ends() -> None:
    app = Shell(names(50))
    async with app.run_test():
        view = app.list
        view.move_to(len(view.ordering) - 1)
        assert view.cursor == "row049"
        assert view.visible_keys()[-1] == "row049"
        view.move(5)
        assert view.cursor == "row049"
        view.move_to(0)
        assert view.visible_keys()[0] == "row000"


async def test_while_the_list_fills_the_cursor_is_on_its_first_row() -> None:
    app = Shell(names(3))
    async with app.run_test():
        view = app.list
        view.filling = True
        view.apply(["a", "b"], [])
        assert view.cursor == "a"
        view.link_changed(complete=True)
        view.apply(["0"], [])
        assert view.cursor == "a"
