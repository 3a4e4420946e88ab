"""The pane of containers."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from tui.presentation import containers as rows
from tui.presentation import folding
from tui.presentation.text import safe
from tui.presentation.titles import containers_title
from tui.store.store import Change, Store, Topic
from tui.widgets.folding_list import FoldingList
from tui.widgets.list_view import HEADING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.commands.keymap import Keymap
    from tui.presentation.style import Span
    from tui.settings.schema import ContainerSettings


class ContainersPane(FoldingList):
    """Reads containers and samples from the store."""

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

    def __init__(
        self,
        store: Store,
        keymap: Keymap,
        settings: ContainerSettings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._keymap = keymap
        self._clock = clock
        self._key = rows.sort_key(settings.sort, store.samples)
        self.show_stopped = settings.show_stopped
        self._states: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._sampled: dict[str, tuple[Span, ...]] = {}
        self._home = ""
        super().__init__(clock=clock, id="containers")
        self.sorted_by = settings.sort

    def on_mount(self) -> None:
        self._store.subscribe(Topic.LINK, lambda _: self.link_changed(self._store.complete))
        for topic in (Topic.CONTAINERS, Topic.SAMPLES):
            self._store.subscribe(topic, self.take)
        self._count(self._store.containers, ())
        self.reload()

    def take(self, change: Change) -> None:
        """Take over a change of the store."""
        if change.topic is Topic.SAMPLES:
            self._draw_samples(change.put or change.removed)
        else:
            self._count(change.put, change.removed)
            self.apply(change.put, change.removed)
            self._go_home(change.put)

    # The cursor on the container of a live release stays with the app: the next one takes its name.

    def _live_app(self, key: str | None) -> str:
        """The app whose live release a row is, "" for any other row."""
        container = self._store.containers.get(key or "")
        if container is None:
            return ""
        return container.name if container.name in self._store.apps else folding.stands_over(container)

    def _set_cursor(self, key: str | None, *, by_hand: bool = False) -> None:
        if by_hand or self._live_app(self.cursor) == self._home:  # else it waits for the next live one
            self._home = self._live_app(key)
        super()._set_cursor(key, by_hand=by_hand)

    def _go_home(self, put: Iterable[str]) -> None:
        """Another container may have become the app's live one."""
        old = self.cursor
        home = next((key for key in put if self._home and self._live_app(key) == self._home), None)
        if home is None or home == old or self.ordering.index(home) is None:
            return
        self._set_cursor(home)
        if self._scroll_to_cursor():
            self.refresh_body()
            self.post_message(self.Shown(self))
        else:
            self.refresh_row(old)
            self.refresh_row(home)

    def unfold(self, *, shown: bool) -> None:
        self._home = ""
        super().unfold(shown=shown)

    def _count(self, put: Iterable[str], removed: Iterable[str]) -> None:
        for key in removed:
            self._states[self._known.pop(key, "")] -= 1
            self._sampled.pop(key, None)
        for key in put:
            if key in self._known:
                self._states[self._known[key]] -= 1
            self._known[key] = self._store.containers[key].state
            self._states[self._known[key]] += 1

    def _draw_samples(self, keys: Iterable[str]) -> None:
        if self.sorted_by in rows.SAMPLED:
            self.apply(keys, ())
            return
        sampled = [place for place in self.placed() if place.column.id in rows.SAMPLED]
        if not sampled:
            return
        x = sampled[0].x
        width = sampled[-1].x + sampled[-1].width - x
        shown = {key: number for number, key in enumerate(self.visible_keys())}
        for key in keys:
            number = shown.get(key)
            if number is None:
                self._sampled.pop(key, None)
                continue
            texts = tuple(self.cell(key, place.column.id) for place in sampled)
            if self._sampled.get(key) != texts:
                self._sampled[key] = texts
                self.refresh_cells(number + HEADING, x, width)

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        return rows.cell(column, self._store.containers[key], self._store.samples.get(key), self._clock())

    def whole(self, key: str) -> str:
        if not key.startswith(folding.HEAD):
            return ""
        name = key[1:]
        members = [self._store.containers[member] for member in self.folding.members.get(name, ())]
        return safe(folding.fold_words(name, members, unfolded=name in self.unfolded))

    def moments(self, key: str) -> Iterable[float]:
        container = self._store.containers.get(key)
        return (container.since,) if container is not None and container.since is not None else ()

    def row_sort_key(self, key: str) -> Any:
        return self._key(self._store.containers[key])

    def fold_of(self, key: str) -> str:
        return folding.fold_of(self._store.containers[key])

    def stands_over(self, key: str) -> str:
        return folding.stands_over(self._store.containers[key])

    def sort_by(self, order: str) -> None:
        self._key = rows.sort_key(order, self._store.samples)
        super().sort_by(order)

    def configure(self, settings: ContainerSettings) -> None:
        """Show what is configured now."""
        self.show_stopped = settings.show_stopped
        self.sort_by(settings.sort)

    @property
    def fold_here(self) -> str:
        """The fold of the row under the cursor, "" for none."""
        return self.folding.fold(self.cursor or "")

    def row_shown(self, key: str) -> bool:
        return super().row_shown(key) and (self.show_stopped or self._store.containers[key].running)

    def show_or_hide_stopped(self) -> None:
        self.show_stopped = not self.show_stopped
        self.reload()
        self.post_message(self.Shown(self))

    def matches(self, key: str) -> bool:
        return rows.matches(self._store.containers[key], self.filter_text)

    def all_keys(self) -> Iterable[str]:
        return self._store.containers

    def empty_text(self) -> str:
        if self.filter_text or not self._store.complete:
            return super().empty_text()
        if self.show_stopped:
            return "no containers on this engine"
        return self._keymap.say("nothing runs; <container.stopped> shows stopped ones")

    def describe(self) -> None:
        left, right = containers_title(
            self._keymap,
            len(self._store.containers),
            self._states["running"],
            self.filter_text,
            len(self.ordering),
            len(self.marked()),
            self.sorted_by,
            complete=self._store.complete,
            hidden=not self.show_stopped,
        )
        self.set_title(left, right)
