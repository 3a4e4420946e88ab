"""A list some of whose rows are folded into one, which is unfolded by a key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.presentation.folding import HEAD, Folding
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class FoldingList(ListView):
    """A subclass says what a row by itself is sorted by and whether it is shown, and which are folded.

    While the list is filtered nothing is folded: what matches is to be seen.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time, id: str) -> None:
        self.folding = Folding(self.row_sort_key, self.fold_of, self.stands_over)
        self.unfolded: set[str] = set()
        super().__init__(clock=clock, id=id)

    # What a subclass says

    def row_sort_key(self, key: str) -> Any:
        """What a row by itself is sorted by."""
        return key

    def row_shown(self, key: str) -> bool:
        """Whether a row is in the list now, folded or not."""
        return super().is_shown(key)

    def fold_of(self, key: str) -> str:
        """The name of the fold that a row is in, "" for none."""
        return ""

    def stands_over(self, key: str) -> str:
        """The name of the fold that stands under a row, "" for none."""
        return ""

    # What ListView asks

    def sort_key(self, key: str) -> Any:
        return self.folding.sort_key(key)

    def is_shown(self, key: str) -> bool:
        if key.startswith(HEAD):
            members = self.folding.members.get(key[1:], ())
            return not self.filter_text and any(self.row_shown(member) for member in members)
        fold = self.folding.fold(key)
        return self.row_shown(key) and (not fold or bool(self.filter_text) or fold in self.unfolded)

    def row_keys(self) -> Iterable[str]:
        self.folding.clear()
        keys = tuple(self.all_keys())
        self.folding.track(keys, ())
        return (*keys, *self.folding.heads())

    def apply(self, put: Iterable[str], removed: Iterable[str]) -> None:
        super().apply(*self.folding.take(put, removed))

    def marked(self) -> list[str]:
        return [key for key in super().marked() if not key.startswith(HEAD)]

    def selected(self) -> list[str]:
        return [key for key in super().selected() if not key.startswith(HEAD)]

    # Commands

    def unfold(self, *, shown: bool) -> None:
        """Show or hide what is folded where the cursor is."""
        fold = self.folding.fold(self.cursor or "")
        if fold and shown is not (fold in self.unfolded):
            self.unfolded.symmetric_difference_update((fold,))
            self.cursor = HEAD + fold
            self.reload()
            self.post_message(self.Shown(self))

    def open_row(self) -> None:
        if self.cursor is not None and self.cursor.startswith(HEAD):
            self.unfold(shown=self.cursor[1:] not in self.unfolded)
        else:
            super().open_row()
