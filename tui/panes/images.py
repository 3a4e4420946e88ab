"""The pane of images."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.presentation import folding
from tui.presentation import images as rows
from tui.presentation.text import safe
from tui.presentation.titles import images_title
from tui.store.store import Change, Store, Topic
from tui.widgets.folding_list import FoldingList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.commands.keymap import Keymap
    from tui.presentation.style import Span


class ImagesPane(FoldingList):
    """Reads images, and which containers use them, from the store."""

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

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
        self._key = rows.sort_key(self.SORTS[0], self._uses)
        self._released: dict[str, str] = {}
        self._users: dict[str, dict[str, str]] = {}
        self._image_of: dict[str, str] = {}
        super().__init__(clock=clock, id="images")

    def on_mount(self) -> None:
        self._store.subscribe(Topic.APPS, self._take_apps)
        self._store.subscribe(Topic.LINK, lambda _: self.link_changed(self._store.complete))
        self._store.subscribe(Topic.IMAGES, lambda change: self.apply(change.put, change.removed))
        self._store.subscribe(Topic.CONTAINERS, self._take_containers)
        self._store.subscribe(Topic.RELEASES, self._take_releases)
        self._track(self._store.containers, ())
        self.reload()

    def _take_releases(self, _: Change) -> None:
        """Remember of which release an image is: without a tag nothing else says what it is for."""
        before, self._released = self._released, {}
        for app, releases in self._store.releases.items():
            for number in reversed(releases.numbers):  # the newest counts, but for the live one
                if (entry := releases.entries.get(number)) is not None:
                    self._released[entry.release.image] = f"{app} {releases.called(number)}"
            if (live := releases.live) is not None:
                self._released[live.release.image] = f"{app} {releases.called(live.release.number)}"
        for key in before.keys() | self._released.keys():
            if before.get(key) != self._released.get(key):
                self.refresh_row(key)

    def _take_containers(self, change: Change) -> None:
        images = self._track(change.put, change.removed)
        present = [id for id in images if id in self._store.images]
        if present:
            self.apply(present, ())

    def _track(self, put: Iterable[str], removed: Iterable[str]) -> set[str]:
        """Remember which containers use which image: the images whose row reads differently now."""
        changed = set()
        for key in removed:
            image_id = self._image_of.pop(key, "")
            self._users.get(image_id, {}).pop(key, None)
            changed.add(image_id)
        for key in put:
            container = self._store.containers[key]
            old = self._image_of.get(key, "")
            if old != container.image_id:
                self._users.get(old, {}).pop(key, None)
                changed.add(old)
            users = self._users.setdefault(container.image_id, {})
            if users.get(key) != container.name:
                users[key] = container.name
                changed.add(container.image_id)
            self._image_of[key] = container.image_id
        return changed

    def _uses(self, image_id: str) -> int:
        return len(self._users.get(image_id, ()))

    def users(self, image_id: str) -> tuple[str, ...]:
        """The names of the containers made from an image, the oldest known first."""
        return tuple(self._users.get(image_id, {}).values())

    def cell(self, key: str, column: str) -> Span:
        return rows.cell(
            column, self._store.images[key], self.users(key), self._clock(), self._released.get(key, "")
        )

    def _take_apps(self, _: Change) -> None:
        self._names = folding.names_of_builds(self._store.apps.values())
        self.refresh_body()

    def whole(self, key: str) -> str:
        if not key.startswith(folding.HEAD):
            return ""
        fold = key[1:]
        members = self.folding.members.get(fold, {})
        images = [self._store.images[id] for id in members if id in self._store.images]
        name = folding.app_of_builds(images) or self._names.get(fold, fold)
        return safe(folding.builds_words(name, len(members), unfolded=fold in self.unfolded))

    def fold_of(self, key: str) -> str:
        """Builds that nothing runs of, by their repository."""
        return "" if self._uses(key) else folding.builds_fold(self._store.images[key])

    def stands_over(self, key: str) -> str:
        return folding.builds_over(self._store.images[key])

    def moments(self, key: str) -> Iterable[float]:
        image = self._store.images.get(key)
        return (image.created,) if image is not None else ()

    def row_sort_key(self, key: str) -> Any:
        return self._key(self._store.images[key])

    def sort_by(self, order: str) -> None:
        self._key = rows.sort_key(order, self._uses)
        super().sort_by(order)

    def matches(self, key: str) -> bool:
        return rows.matches(self._store.images[key], self.filter_text)

    def all_keys(self) -> Iterable[str]:
        return self._store.images

    def empty_text(self) -> str:
        return super().empty_text() or ("" if not self._store.complete else "no images on this engine")

    def describe(self) -> None:
        images = self._store.images
        dangling = sum(image.dangling for image in images.values())
        left, right = images_title(
            self._keymap,
            len(images),
            dangling,
            self.filter_text,
            len(self.ordering),
            len(self.marked()),
            self.sorted_by,
            complete=self._store.complete,
        )
        self.set_title(left, right)
