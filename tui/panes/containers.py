"""The pane of containers."""

from __future__ import annotations

import time
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from tui.presentation import containers as rows
from tui.presentation import folding, grouping
from tui.presentation.charts import sparkline
from tui.presentation.grouping import GROUP
from tui.presentation.text import safe
from tui.presentation.titles import containers_title
from tui.store.store import Change, Store, Topic
from tui.widgets.grouped_list import GroupedList
from tui.widgets.list_view import HEADING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.commands.keymap import Keymap
    from tui.model.container import Container
    from tui.presentation.style import Line, Span
    from tui.settings.schema import ContainerSettings


SUMMED = 30
"""Containers of a project whose statistics are followed for its heading: those of a larger one are not."""


TREND_TOP = 20.0
"""Percent of a core that a trend is at least high: what does next to nothing shall not look busy."""


class ContainersPane(GroupedList):
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
        self._projects = settings.projects
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
        headings = [key for key in self.heading_keys() if self.grouping.group(key)]
        for key in (*keys, *headings):
            number = shown.get(key)
            if number is None:
                self._sampled.pop(key, None)
                continue
            sums = self._sums(key[1:]) if key.startswith(GROUP) else {}
            texts = tuple(sums.get(place.column.id) or self.cell(key, place.column.id) for place in sampled)
            if self._sampled.get(key) != texts:
                self._sampled[key] = texts
                self.refresh_cells(number + HEADING, x, width)

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        container, sample = self._store.containers[key], self._store.samples.get(key)
        if column == "trend":
            return self._trend(key)
        text, style = rows.cell(column, container, sample, self._clock())
        return (grouping.INDENT + text if column == "name" and self.grouping.group(key) else text), style

    def _trend(self, key: str) -> Span:
        """What the processor was used lately, as high as its own most."""
        history = self._store.history.get(key)
        cells = next((place.width for place in self.placed() if place.column.id == "trend"), 0)
        if not history or not cells:
            return "", "muted"
        values = [reading.sample.cpu for reading in islice(history, max(len(history) - cells, 0), None)]
        return sparkline(values, cells, top=TREND_TOP), "accent"

    def row_line(self, key: str, width: int, cursor: str) -> Line:
        if not key.startswith(GROUP):
            return super().row_line(key, width, cursor)
        project = key[1:]
        words = grouping.group_words(project, self._members(project), unfolded=project not in self.closed)
        return grouping.group_line(self.placed(), width, words, self._sums(project), cursor=cursor)

    def _members(self, project: str) -> list[Container]:
        return [self._store.containers[key] for key in self.grouping.members_of(project)]

    def _sums(self, project: str) -> dict[str, Span]:
        """What a heading says in the columns of statistics."""
        return rows.sums(self._members(project), self._store.samples)

    def watched(self) -> Iterable[str]:
        """Containers whose statistics are on the screen: of the rows, and of the sums of headings."""
        shown = dict.fromkeys(key for key in self.visible_keys() if key in self._store.containers)
        for key in self.heading_keys():
            members = self.grouping.members_of(key[1:])
            shown |= dict.fromkeys(members if len(members) <= SUMMED else ())
        return shown

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

    def group_of(self, key: str) -> str:
        if not grouping.is_grouped(self.sorted_by, projects=self._projects):
            return ""
        return grouping.group_of(self._store.containers[key])

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
        self._projects = settings.projects
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
