"""A folding list some of whose rows stand in groups under headings, which are folded by the same keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.presentation.grouping import GROUP, Grouping
from tui.widgets.folding_list import FoldingList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class GroupedList(FoldingList):
    """A subclass says in which group a row stands, and draws the headings. Groups are open at first.

    While the list is filtered there are no headings: what matches is to be seen.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str) -> None:
        self.closed: set[str] = set()
        super().__init__(clock=clock, id=id)
        self.grouping = Grouping(self.row_sort_key, self.fold_of, self.stands_over, self.group_of)
        self.folding = self.grouping

    # What a subclass says

    def group_of(self, key: str) -> str:
        """The group that a row is in, "" for none."""
        return ""

    @property
    def group_here(self) -> str:
        """The group whose heading the cursor is on, "" for none."""
        key = self.cursor or ""
        return self.grouping.group(key) if key.startswith(GROUP) else ""

    # What ListView asks

    def is_shown(self, key: str) -> bool:
        group = self.grouping.group(key)
        if key.startswith(GROUP):
            members = self.grouping.members_of(group)
            return not self.filter_text and bool(group) and any(map(self.row_shown, members))
        return super().is_shown(key) and (bool(self.filter_text) or group not in self.closed)

    def first_key(self) -> str:
        first = super().first_key()
        opened = first.startswith(GROUP) and len(self.ordering) > 1 and first[1:] not in self.closed
        return self.ordering.key_at(1) if opened else first

    def marked(self) -> list[str]:
        return [key for key in super().marked() if not key.startswith(GROUP)]

    def selected(self) -> list[str]:
        """On a heading it is the whole group, of which rows may be hidden."""
        if (group := self.group_here) and not self.marked():
            return self.grouping.rows_of(group)
        return [key for key in super().selected() if not key.startswith(GROUP)]

    # Commands

    def mark(self) -> None:
        if not (group := self.group_here):
            super().mark()
            return
        members = set(filter(self.row_shown, self.grouping.members_of(group)))
        self.marks = self.marks - members if members <= self.marks else self.marks | members
        self.refresh_body()
        self.describe()

    def unfold(self, *, shown: bool) -> None:
        group = self.grouping.group(self.cursor or "")
        if not group or self.filter_text:
            super().unfold(shown=shown)
        elif shown is (group in self.closed):
            self.closed.symmetric_difference_update((group,))
            self.cursor = GROUP + group
            self.reload()
            self.post_message(self.Shown(self))

    def open_row(self) -> None:
        if group := self.group_here:
            self.unfold(shown=group in self.closed)
        else:
            super().open_row()

    def heading_keys(self) -> Iterable[str]:
        """The headings on the screen."""
        return (key for key in self.visible_keys() if key.startswith(GROUP))
