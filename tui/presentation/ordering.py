"""Rows of a list in order, kept so by single changes: no sorting anew of 10,000 rows for one event."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Ordering:
    """Keys in the order of their sort keys, and those hidden by a filter left out.

    `sort_key(key)` gives anything comparable; `shown(key)` decides on the filter. Both read the present
    value of the key; the ordering remembers the sort key that each row was placed by.
    """

    def __init__(self, sort_key: Callable[[str], Any], shown: Callable[[str], bool]) -> None:
        self._sort_key = sort_key
        self._shown = shown
        self._placed: dict[str, Any] = {}
        self._order: list[tuple[Any, str]] = []

    def __len__(self) -> int:
        return len(self._order)

    def key_at(self, index: int) -> str:
        return self._order[index][1]

    def keys(self, first: int = 0, last: int | None = None) -> list[str]:
        """Keys from row `first` up to and without `last`."""
        return [key for _, key in self._order[first:last]]

    def index(self, key: str) -> int | None:
        """The row of a key, None where it is hidden or unknown."""
        if key not in self._placed:
            return None
        return bisect_left(self._order, (self._placed[key], key))

    def rebuild(self, keys: Iterable[str]) -> None:
        """Start anew: a complete list, another filter or another order."""
        self._placed = {key: self._sort_key(key) for key in keys if self._shown(key)}
        self._order = sorted((sort_key, key) for key, sort_key in self._placed.items())

    def put(self, key: str) -> tuple[int | None, int | None]:
        """Place a key that is new or has changed: its row before and after, None for no row."""
        before = self.remove(key)
        if not self._shown(key):
            return before, None
        entry = (self._sort_key(key), key)
        self._placed[key] = entry[0]
        insort(self._order, entry)
        return before, bisect_left(self._order, entry)

    def put_many(self, keys: Iterable[str]) -> None:
        """Place a batch: one sort of a nearly sorted list is quicker than many insertions."""
        batch = set(keys)
        if any(key in self._placed for key in batch):
            self._order = [entry for entry in self._order if entry[1] not in batch]
        for key in batch:
            self._placed.pop(key, None)
            if self._shown(key):
                self._placed[key] = self._sort_key(key)
                self._order.append((self._placed[key], key))
        self._order.sort()

    def remove(self, key: str) -> int | None:
        """Take a key out: the row it had."""
        index = self.index(key)
        if index is None:
            return None
        del self._placed[key]
        del self._order[index]
        return index
