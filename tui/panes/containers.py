"""The pane of containers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from tui.presentation import containers as rows
from tui.presentation import folding
from tui.presentation.amounts import age_changes_in
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
        self._ageing: asyncio.TimerHandle | None = None
        super().__init__(id="containers")
        self.sorted_by = settings.sort

    def on_mount(self) -> None:
        self._store.subscribe(Topic.LINK, lambda _: self.link_changed(self._store.complete))
        for topic in (Topic.CONTAINERS, Topic.SAMPLES):
            self._store.subscribe(topic, self.take)
        self._count(self._store.containers, ())
        self.reload()
        self._plan_ageing()

    def on_unmount(self) -> None:
        if self._ageing is not None:
            self._ageing.cancel()

    def take(self, change: Change) -> None:
        """Take over a change of the store."""
        if change.topic is Topic.SAMPLES:
            self._draw_samples(change.put or change.removed)
        else:
            self._count(change.put, change.removed)
            self.apply(change.put, change.removed)

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

    # Ages are drawn again when one of those on the screen reads differently, not by a clock's tick.

    def _plan_ageing(self) -> None:
        if self._ageing is not None:
            self._ageing.cancel()
        now = self._clock()
        waits = [
            age_changes_in(now - container.since)
            for key in self.visible_keys()
            if (container := self._store.containers.get(key)) is not None and container.since is not None
        ]
        delay = max(min(waits, default=60.0), 0.0) + 0.01
        self._ageing = asyncio.get_running_loop().call_later(delay, self._draw_ages)

    def _draw_ages(self) -> None:
        place = next((place for place in self.placed() if place.column.id == "age"), None)
        if place is not None:
            now = self._clock()
            for number, key in enumerate(self.visible_keys()):
                container = self._store.containers.get(key)
                since = container.since if container is not None else None
                if since is not None and age_changes_in(now - since - 0.1) <= 0.12:
                    self.refresh_cells(number + HEADING, place.x, place.width)
        self._plan_ageing()

    def on_list_view_shown(self) -> None:
        self._plan_ageing()

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        return rows.cell(column, self._store.containers[key], self._store.samples.get(key), self._clock())

    def whole(self, key: str) -> str:
        if not key.startswith(folding.HEAD):
            return ""
        name = key[1:]
        members = [self._store.containers[member] for member in self.folding.members.get(name, ())]
        return safe(folding.fold_words(name, members, unfolded=name in self.unfolded))

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
