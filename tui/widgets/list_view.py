"""A list of rows with a cursor, marks, a filter and an order; only what has changed is drawn."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual.message import Message

from tui.presentation.frame import Scroll
from tui.presentation.ordering import Ordering
from tui.presentation.table import Column, Placed, chosen, heading, place, row, whole_row
from tui.presentation.text import fit
from tui.widgets.ageing import Ageing
from tui.widgets.framed import Framed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual import events

    from tui.presentation.style import Line, Span

HEADING = 1
"""Rows of the body above the first row of the list."""


class ListView(Framed):
    """Rows are known by keys. A subclass says what a cell shows, how rows are sorted and filtered.

    While the list is `filling` for the first time the cursor is on its first row, whichever that is by then;
    afterwards, or once it was moved, it stays on the row where it is.
    """

    COLUMNS: tuple[Column, ...] = ()
    SORTS: ClassVar[tuple[str, ...]] = ("",)
    AGES: ClassVar[tuple[str, ...]] = ("age",)

    class Highlighted(Message):
        """The cursor stands on another row, or on none; `by_hand`: because the user has moved it."""

        def __init__(self, view: ListView, key: str | None, *, by_hand: bool) -> None:
            super().__init__()
            self.view = view
            self.key = key
            self.by_hand = by_hand

    class Shown(Message):
        """Other rows are on the screen now."""

        def __init__(self, view: ListView) -> None:
            super().__init__()
            self.view = view

    class Marked(Shown):
        """Other rows are marked now."""

    class Opened(Message):
        """Enter or a double click on the row of the cursor."""

        def __init__(self, view: ListView, key: str) -> None:
            super().__init__()
            self.view = view
            self.key = key

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str | None = None) -> None:
        """`clock` tells the time that the ages of rows are counted to."""
        super().__init__(id=id)
        self.ageing = Ageing(self, clock)
        self.cursor: str | None = None
        self.marks: set[str] = set()
        self.filter_text = ""
        self.sorted_by = self.SORTS[0]
        self.top = 0
        self.filling = True
        self.ordering = Ordering(self.sort_key, self.is_shown)
        self._placed: tuple[Placed, ...] = ()
        self._placed_for = -1
        self.wanted: tuple[str, ...] = ()

    # What a subclass says

    def cell(self, key: str, column: str) -> Span:
        """Text (safe) and style of a cell."""
        return "", "text"

    def whole(self, key: str) -> str:
        """The text (safe) of a row that is one, without columns; "" for any other."""
        return ""

    def whole_style(self, key: str) -> str:
        """The style of such a row."""
        return "muted"

    def sort_key(self, key: str) -> Any:
        """What rows are sorted by."""
        return key

    def matches(self, key: str) -> bool:
        """Whether a row passes the filter text."""
        return True

    def is_shown(self, key: str) -> bool:
        """Whether a row is in the list now."""
        return not self.filter_text or self.matches(key)

    def all_keys(self) -> Iterable[str]:
        """Every row there is, filtered or not."""
        return ()

    def row_keys(self) -> Iterable[str]:
        """Those, and the rows that stand for others."""
        return self.all_keys()

    def moments(self, key: str) -> Iterable[float]:
        """The moments whose ages a row says in the columns AGES, in seconds since the epoch."""
        return ()

    def describe(self) -> None:
        """Set the title; called when the rows have changed."""

    def empty_text(self) -> str:
        """What stands in a list without rows."""
        return "nothing matches the filter" if self.filter_text else ""

    def link_changed(self, complete: bool) -> None:
        """Say anew what the title and an empty list say; `complete`: everything is known now."""
        self.filling = self.filling and not complete
        self.describe()
        if not len(self.ordering):
            self.refresh_body()

    @property
    def is_unread(self) -> bool:
        """Whether nothing is known of it yet: it has no heading then, as the first paint knows of none."""
        return self.filling and not len(self.ordering)

    # Geometry

    @property
    def rows_shown(self) -> int:
        return max(self.body_size.height - HEADING, 0)

    def placed(self) -> tuple[Placed, ...]:
        """The columns as they are placed in the present width."""
        width = self.body_size.width
        if width != self._placed_for:
            self._placed_for, self._placed = width, place(chosen(self.COLUMNS, self.wanted), width)
        return self._placed

    def set_columns(self, columns: tuple[Column, ...], wanted: tuple[str, ...] | None = None) -> None:
        """Show other columns from now on, or those of them that are wanted; whoever sets them draws them."""
        self.COLUMNS, self.wanted = columns, self.wanted if wanted is None else wanted
        self._placed_for = -1

    def visible_keys(self) -> list[str]:
        """Keys of the rows on the screen, from the top."""
        return self.ordering.keys(self.top, self.top + self.rows_shown) if self.is_placed else []

    def scroll_position(self) -> Scroll:
        return Scroll(self.top, self.rows_shown, len(self.ordering))

    # Drawing

    def body_line(self, row_number: int, width: int) -> Line:
        if row_number < HEADING:
            if self.is_unread:
                return [(" " * width, "text")]
            return heading(self.placed(), width, self.sorted_by)
        index = self.top + row_number - HEADING
        if index >= len(self.ordering):
            if not len(self.ordering) and row_number == HEADING:
                return [(fit("  " + self.empty_text(), width), "muted")]
            return [(" " * width, "text")]
        key = self.ordering.key_at(index)
        cursor = ""
        if key == self.cursor:
            cursor = "cursor" if self.has_focus else "cursor.unfocused"
        return self.row_line(key, width, cursor)

    def row_line(self, key: str, width: int, cursor: str) -> Line:
        """A row as it is drawn; `cursor` is the style laid over it."""
        if words := self.whole(key):
            return whole_row(width, words, self.whole_style(key), cursor=cursor)
        return row(
            self.placed(),
            width,
            lambda column: self.cell(key, column),
            cursor=cursor,
            marked=key in self.marks,
        )

    def refresh_row(self, key: str | None) -> None:
        """Draw one row again if it is on the screen."""
        index = self.ordering.index(key) if key is not None else None
        if index is not None and 0 <= index - self.top < self.rows_shown:
            self.refresh_lines_at(1 + HEADING + index - self.top)

    def refresh_ages(self, key: str) -> None:
        """Draw the cells of one row that say an age again."""
        index = self.ordering.index(key)
        if index is not None:
            for placed in self.placed():
                if placed.column.id in self.AGES:
                    self.refresh_cells(HEADING + index - self.top, placed.x, placed.width)

    # Changes

    def reload(self) -> None:
        """Read all rows anew: another filter, another order, other contents."""
        self.ordering.rebuild(self.row_keys())
        self._settle_after_change(None, self.ordering.index(self.cursor) if self.cursor else None)
        self.refresh_body()
        self.describe()
        self.ageing.plan()

    def apply(self, put: Iterable[str], removed: Iterable[str]) -> None:
        """Take over single changes; rows that look as before are not drawn again."""
        put = tuple(put)
        was_unread = self.is_unread
        before = self.visible_keys()
        anchor = before[0] if before and self.top else None
        at = self.ordering.index(self.cursor) if self.cursor is not None else None
        was_shown = at is not None and self.top <= at < self.top + self.rows_shown
        for key in removed:
            self.ordering.remove(key)
            self.marks.discard(key)
        if len(put) > 8:
            self.ordering.put_many(put)
        else:
            for key in put:
                self.ordering.put(key)
        self._settle_after_change(anchor, at, keep_cursor_shown=was_shown)
        after = self.visible_keys()
        changed = set(put)
        for number in range(max(len(before), len(after), 1)):
            old = before[number] if number < len(before) else None
            new = after[number] if number < len(after) else None
            if old != new or new in changed or not after:
                self.refresh_lines_at(1 + HEADING + number)
        if was_unread:
            self.refresh_lines_at(HEADING)
        self.refresh_bar()
        self.describe()
        if before != after or changed.intersection(after):
            self.post_message(self.Shown(self))

    def _settle_after_change(
        self, anchor: str | None, at: int | None, keep_cursor_shown: bool = True
    ) -> None:
        """Keep the rows where they were on the screen, and the cursor on its row or the next one."""
        if self.filling:
            self.top = 0
            self._set_cursor(self.first_key() if len(self.ordering) else None)
            return
        if anchor is not None and (index := self.ordering.index(anchor)) is not None:
            self.top = index
        if self.cursor is None or self.ordering.index(self.cursor) is None:
            count = len(self.ordering)
            self._set_cursor(self.ordering.key_at(min(at or 0, count - 1)) if count else None)
        self.top = max(0, min(self.top, len(self.ordering) - self.rows_shown))
        if keep_cursor_shown:
            self._scroll_to_cursor()

    def first_key(self) -> str:
        """The row on which the cursor begins."""
        return self.ordering.key_at(0)

    def _set_cursor(self, key: str | None, *, by_hand: bool = False) -> None:
        if key != self.cursor:
            self.cursor = key
            self.post_message(self.Highlighted(self, key, by_hand=by_hand))

    def _scroll_to_cursor(self) -> bool:
        """Bring the cursor's row onto the screen: whether the rows had to move."""
        index = self.ordering.index(self.cursor) if self.cursor is not None else None
        if index is None or not self.rows_shown:
            return False
        top = min(self.top, index)
        top = max(top, index - self.rows_shown + 1)
        moved = top != self.top
        self.top = top
        return moved

    def move_to(self, index: int) -> None:
        """Put the cursor on a row by its number; beyond the ends means the ends."""
        if not len(self.ordering):
            return
        old = self.cursor
        self.filling = False
        self._set_cursor(self.ordering.key_at(max(0, min(index, len(self.ordering) - 1))), by_hand=True)
        if self._scroll_to_cursor():
            self.refresh_body()
            self.post_message(self.Shown(self))
        elif old != self.cursor:
            self.refresh_row(old)
            self.refresh_row(self.cursor)

    def move(self, delta: int) -> None:
        """Move the cursor by some rows."""
        at = self.ordering.index(self.cursor) if self.cursor is not None else None
        self.move_to((at or 0) + delta)

    def scroll_rows(self, delta: int) -> None:
        """Move the rows, not the cursor, as a mouse wheel does."""
        top = max(0, min(self.top + delta, len(self.ordering) - self.rows_shown))
        if top != self.top:
            self.top = top
            self.refresh_body()
            self.post_message(self.Shown(self))

    def set_filter(self, text: str) -> None:
        """Show only the rows that match; "" shows all."""
        if text != self.filter_text:
            self.filter_text = text.lower()
            self.reload()
            self.post_message(self.Shown(self))

    def sort_by(self, order: str) -> None:
        """Sort by another of SORTS; the cursor stays on its row."""
        self.sorted_by = order
        self.reload()
        self.post_message(self.Shown(self))

    def marked(self) -> list[str]:
        """The marked rows that are in the list now, in their order: a filter hides marks with their rows."""
        return [key for key in self.ordering.keys() if key in self.marks] if self.marks else []

    def selected(self) -> list[str]:
        """The marked rows in their order, else the row of the cursor."""
        if marked := self.marked():
            return marked
        return [self.cursor] if self.cursor is not None else []

    # What keys do

    def page(self, pages: int) -> None:
        """Move the cursor by the rows of a screen."""
        self.move(pages * max(self.rows_shown - 1, 1))

    def mark(self) -> None:
        if self.cursor is not None:
            self.marks.symmetric_difference_update((self.cursor,))
            self.refresh_row(self.cursor)
            self.move(1)
            self._say_marks()

    def mark_all(self) -> None:
        keys = set(self.ordering.keys())
        self.marks = set() if keys <= self.marks else keys
        self.refresh_body()
        self._say_marks()

    def unmark(self) -> None:
        self.marks.clear()
        self.refresh_body()
        self._say_marks()

    def _say_marks(self) -> None:
        self.describe()
        self.post_message(self.Marked(self))

    def sort_next(self) -> None:
        following = self.SORTS.index(self.sorted_by) + 1
        self.sort_by(self.SORTS[following % len(self.SORTS)])

    def open_row(self) -> None:
        if self.cursor is not None:
            self.post_message(self.Opened(self, self.cursor))

    # Textual's events

    def on_list_view_shown(self) -> None:
        self.ageing.plan()

    def on_unmount(self) -> None:
        self.ageing.stop()

    def on_resize(self) -> None:
        self.top = max(0, min(self.top, len(self.ordering) - self.rows_shown))
        self._scroll_to_cursor()
        self.post_message(self.Shown(self))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        index = self.top + event.y - 1 - HEADING
        if event.y > HEADING and index < len(self.ordering):
            self.move_to(index)

    def on_click(self, event: events.Click) -> None:
        if event.y == HEADING:
            self._sort_by_click(event.x)
        elif event.chain == 2 and event.y > HEADING:
            self.open_row()

    def _sort_by_click(self, x: int) -> None:
        for column, start, width in self.placed():
            if start <= x < start + width and column.id in self.SORTS:
                self.sort_by(column.id)
