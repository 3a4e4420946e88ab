"""The pane of tags: one image, many names, on the engine and in registries."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.model.reference import split_reference
from tui.model.remote import whereabouts
from tui.presentation import folding
from tui.presentation import images as rows
from tui.presentation.text import safe
from tui.presentation.titles import tags_title
from tui.store.store import Change, Store, Topic
from tui.widgets.folding_list import FoldingList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.commands.keymap import Keymap
    from tui.model.image import Image
    from tui.model.remote import Whereabouts
    from tui.presentation.style import Span
    from tui.presentation.table import Column


class TagsPane(FoldingList):
    """Reads tags from the store; they are grouped by the image that they name.

    Of repositories whose registry was asked the tags stand here too that only the registry has.
    """

    COLUMNS: tuple[Column, ...] = rows.TAG_COLUMNS
    SORTS = rows.TAG_SORTS

    def __init__(
        self,
        store: Store,
        keymap: Keymap,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._names = folding.names_of_builds(store.apps.values())
        self._keymap = keymap
        self._clock = clock
        self._rows: dict[str, rows.TagRow] = {}
        super().__init__(clock=clock, id="tags")

    def on_mount(self) -> None:
        self._store.subscribe(Topic.APPS, self._take_apps)
        self._store.subscribe(Topic.LINK, lambda _: self.link_changed(self._store.complete))
        self._store.subscribe(Topic.IMAGES, self._take)
        self._store.subscribe(Topic.REMOTE, self._take_remote)
        self._rows = self._read()
        self.reload()

    def _read(self) -> dict[str, rows.TagRow]:
        found = {}
        for image in self._store.images.values():
            tags = sorted(tag for tag in image.tags if not folding.is_build(tag))
            for tag in image.tags:
                first = last = tag not in tags  # a build's stands by itself, among the builds
                where = self._where(tag, image)
                found[tag] = rows.TagRow(
                    reference=tag,
                    image=image,
                    first=first or tag == tags[0],
                    last=last or tag == tags[-1],
                    where=where,
                )
        for repository, remote in self._store.remote.items():
            for name in remote.tags:
                reference = f"{repository}:{name}"
                if reference not in found:
                    where = self._where(reference, None)
                    found[reference] = rows.TagRow(reference, None, first=True, last=True, where=where)
        return found

    def _where(self, reference: str, image: Image | None) -> Whereabouts | None:
        """Where a tag is; None where no registry was asked."""
        name = split_reference(reference)
        remote = self._store.remote.get(name.repository)
        if remote is None:
            return None
        held = remote.tags.get(name.tag)
        digest = rows.digest_of(image, reference) if image is not None else ""
        unasked = held is None and remote.more > 0
        return whereabouts(image, digest, held, "not looked at" if unasked else remote.error)

    def _take_remote(self, _: Change) -> None:
        self.set_columns(rows.REMOTE_TAG_COLUMNS)
        self._rows = self._read()
        self.reload()

    def _take(self, change: Change) -> None:
        old, self._rows = self._rows, self._read()
        put = [tag for tag, row in self._rows.items() if old.get(tag) != row]
        self.apply(put, [tag for tag in old if tag not in self._rows])

    def image_of(self, reference: str) -> str:
        """The ID of the image that a tag names, "" when the tag is unknown."""
        row = self._rows.get(reference)
        return row.image.id if row is not None and row.image is not None else ""

    def cell(self, key: str, column: str) -> Span:
        row = self._rows[key]
        if self.sorted_by != "group" or self.filter_text:
            row = row._replace(first=True, last=True)
        return rows.tag_cell(column, row, self._clock())

    def _take_apps(self, _: Change) -> None:
        self._names = folding.names_of_builds(self._store.apps.values())
        self.refresh_body()

    def whole(self, key: str) -> str:
        if not key.startswith(folding.HEAD):
            return ""
        fold = key[1:]
        members = self.folding.members.get(fold, {})
        images = [image for key in members if key in self._rows and (image := self._rows[key].image)]
        name = folding.app_of_builds(images) or self._names.get(fold, fold)
        return safe(folding.builds_words(name, len(members), unfolded=fold in self.unfolded))

    def fold_of(self, key: str) -> str:
        """Tags by which builds are named, by their repository."""
        return folding.repository_of(key) if folding.is_build(key) else ""

    def stands_over(self, key: str) -> str:
        """Under the last of the names that stand together."""
        return folding.repository_of(key) if self._rows[key].last and not folding.is_build(key) else ""

    def moments(self, key: str) -> Iterable[float]:
        row = self._rows.get(key)
        return (row.image.created,) if row is not None and row.image is not None else ()

    def row_sort_key(self, key: str) -> Any:
        row = self._rows[key]
        match self.sorted_by:
            case "tag":
                return (key,)
            case "age":
                return (-row.image.created if row.image is not None else 0.0, key)
        if row.image is None:  # after those of the engine, which have a date
            return (0.0, "", "", key)
        return (-row.image.created, min(row.image.tags), row.image.id, key)

    def matches(self, key: str) -> bool:
        row = self._rows[key]
        return (
            self.filter_text in key.lower()
            or (row.image is not None and self.filter_text in row.image.id)
            or self.filter_text == row.where
        )

    def all_keys(self) -> Iterable[str]:
        return self._rows

    def empty_text(self) -> str:
        return super().empty_text() or ("" if not self._store.complete else "no tags on this engine")

    def describe(self) -> None:
        tagged = sum(not image.dangling for image in self._store.images.values())
        left, right = tags_title(
            self._keymap,
            len(self._rows),
            tagged,
            self.filter_text,
            len(self.ordering),
            len(self.marked()),
            self.sorted_by,
            complete=self._store.complete,
        )
        self.set_title(left, right)
