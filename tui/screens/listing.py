"""A screen of its own for one list to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from tui.presentation.header import footer_line
from tui.screens.keyed import KeyedScreen
from tui.widgets.bars import Bar, TopBar
from tui.widgets.list_keys import moved
from tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.presentation.style import Line
    from tui.widgets.list_view import ListView


class ListingScreen(KeyedScreen[None], inherit_bindings=False):
    """The list, and the keys that move in it; Escape or q goes back.

    opened   what Enter does with the key of a row
    follow   has `changed` called when the list is something else; returns the call that ends it
    keys     further keys: (key as it is shown, word, names of the key, what it does)
    detail   what stands beneath the list of the row under the cursor, in so many cells
    """

    DEFAULT_CSS = """
    ListingScreen Vertical { height: 100%; }
    ListingScreen ListView { height: 1fr; }
    ListingScreen TextView { height: 1fr; }
    ListingScreen #keys { height: 1; dock: bottom; }
    """

    def __init__(
        self,
        rows: ListView,
        opened: Callable[[str], None],
        *,
        follow: Callable[[], Callable[[], None]] = lambda: lambda: None,
        keys: Sequence[tuple[str, str, tuple[str, ...], Callable[[], None]]] = (),
        detail: Callable[[str, int], Sequence[Line]] | None = None,
    ) -> None:
        super().__init__()
        self.rows = rows
        self._opened = opened
        self._follow = follow
        self._more = keys
        self._detail = detail

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield self.rows
            if self._detail is not None:
                yield TextView(id="detail")
        yield Bar(self._draw_footer, id="keys")

    def on_mount(self) -> None:
        self._end = self._follow()
        self.rows.focus()

    def on_unmount(self) -> None:
        self._end()

    def _draw_footer(self, width: int) -> Line:
        more = [(shown, word) for shown, word, _, _ in self._more]
        return footer_line(width, [("Esc", "back"), ("Enter", "open"), *more])

    def take(self, event: events.Key) -> bool:
        rows = self.rows
        match event.key:
            case "escape" | "q":
                self.dismiss()
            case "enter" | "i":
                rows.open_row()
            case key:
                act = next((act for _, _, names, act in self._more if key in names), None)
                if act is None:
                    return moved(rows, key)
                act()
        return True

    def on_list_view_highlighted(self, _: ListView.Highlighted) -> None:
        if (detail := self._detail) is not None:
            key = self.rows.cursor or ""
            self.query_one(TextView).draw(lambda cells, _: detail(key, cells))

    def on_list_view_opened(self, message: ListView.Opened) -> None:
        self._opened(message.key)
