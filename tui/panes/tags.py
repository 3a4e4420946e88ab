"""The pane of tags: one image, many names."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.presentation import images as rows
from tui.presentation.titles import tags_title
from tui.store.store import Change, Store, Topic
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.presentation.style import Span


class TagsPane(ListView):
    """Reads tags from the store; they are grouped by the image that they name."""

    COLUMNS = rows.TAG_COLUMNS
    SORTS = rows.TAG_SORTS

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock
        self._rows: dict[str, rows.TagRow] = {}
        super().__init__(id="tags")

    def on_mount(self) -> None:
        self._store.subscribe(Topic.LINK, lambda _: self.link_changed(self._store.complete))
        self._store.subscribe(Topic.IMAGES, self._take)
        self._rows = self._read()
        self.reload()

    def _read(self) -> dict[str, rows.TagRow]:
        found = {}
        for image in self._store.images.values():
            tags = sorted(image.tags)
            for number, tag in enumerate(tags):
                found[tag] = rows.TagRow(tag, image, number == 0, number == len(tags) - 1)
        return found

    def _take(self, change: Change) -> None:
        old, self._rows = self._rows, self._read()
        put = [tag for tag, row in self._rows.items() if old.get(tag) != row]
        self.apply(put, [tag for tag in old if tag not in self._rows])

    def image_of(self, reference: str) -> str:
        """The ID of the image that a tag names, "" when the tag is unknown."""
        row = self._rows.get(reference)
        return row.image.id if row else ""

    def cell(self, key: str, column: str) -> Span:
        row = self._rows[key]
        if self.sorted_by != "group" or self.filter_text:
            row = row._replace(first=True, last=True)
        return rows.tag_cell(column, row, self._clock())

    def sort_key(self, key: str) -> Any:
        row = self._rows[key]
        match self.sorted_by:
            case "tag":
                return (key,)
            case "age":
                return (-row.image.created, key)
        return (-row.image.created, min(row.image.tags), row.image.id, key)

    def matches(self, key: str) -> bool:
        return self.filter_text in key.lower() or self.filter_text in self._rows[key].image.id

    def all_keys(self) -> Iterable[str]:
        return self._rows

    def empty_text(self) -> str:
        return super().empty_text() or ("" if not self._store.complete else "no tags on this engine")

    def describe(self) -> None:
        tagged = sum(not image.dangling for image in self._store.images.values())
        left, right = tags_title(
            len(self._rows),
            tagged,
            self.filter_text,
            len(self.ordering),
            len(self.marked()),
            self.sorted_by,
            complete=self._store.complete,
        )
        self.set_title(left, right)
