"""The pane of apps: their newest version here, and what was done with them last."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from tui.presentation import apps as rows
from tui.presentation.amounts import age_changes_in
from tui.presentation.text import fit
from tui.presentation.titles import APPS_NOTE, apps_title
from tui.store.store import Change, Store, Topic
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.presentation.style import Line, Span
    from tui.store.operation import Operation


class AppsPane(ListView):
    """Rows are the configured apps, by name; images and operations come from the store."""

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

    def __init__(
        self, apps: Mapping[str, AppSpec], store: Store, clock: Callable[[], float] = time.time
    ) -> None:
        self._apps = apps
        self._store = store
        self._clock = clock
        self._versions: dict[str, str] = {}
        self._operations: dict[str, list[Operation]] = {}
        self._said: dict[str, Span] = {}
        self._followed: dict[str, Callable[[], None]] = {}
        self._ageing: asyncio.TimerHandle | None = None
        super().__init__(id="apps")

    def on_mount(self) -> None:
        if self._apps:
            self._store.subscribe(Topic.LINK, lambda _: self._read_versions())
            self._store.subscribe(Topic.IMAGES, lambda _: self._read_versions())
            self._store.subscribe(Topic.OPERATIONS, self._take)
            self._read_versions()
            self._read_operations(self._apps)
        self.reload()
        self.filling = False

    def on_unmount(self) -> None:
        if self._ageing is not None:
            self._ageing.cancel()
        for unsubscribe in self._followed.values():
            unsubscribe()

    @property
    def current(self) -> AppSpec | None:
        """The app of the cursor."""
        return self._apps.get(self.cursor) if self.cursor is not None else None

    def point_at(self, name: str) -> None:
        """Put the cursor on an app, where there is such a one."""
        old = self.cursor
        if name != old and self.ordering.index(name) is not None:
            self._set_cursor(name)
            if self._scroll_to_cursor():
                self.refresh_body()
            else:
                self.refresh_row(old)
                self.refresh_row(name)

    def operations(self, name: str) -> list[Operation]:
        """The operations of an app, newest first."""
        return self._operations.get(name, [])

    def _read_versions(self) -> None:
        if not self._store.complete:
            return
        images = self._store.images.values()
        for name, app in self._apps.items():
            version = rows.newest_version(app, images) or "-"
            if self._versions.get(name) != version:
                self._versions[name] = version
                self.refresh_row(name)

    def _take(self, change: Change) -> None:
        names = {self._store.operations[id].started.app for id in change.put}.intersection(self._apps)
        self._read_operations(names)
        self.apply(names, ())

    def _read_operations(self, names: Iterable[str]) -> None:
        for name in names:
            found = self._operations[name] = self._store.operations_of(name)
            if unsubscribe := self._followed.pop(name, None):
                unsubscribe()
            if found and found[0].running:
                self._followed[name] = found[0].subscribe(lambda name=name: self._stepped(name))  # type: ignore[misc]
        self._plan_ageing()

    def _stepped(self, name: str) -> None:
        """What runs has told something, up to 20 times a second: its row may read differently."""
        said = self.cell(name, "last")
        if self._said.get(name) != said:
            self._said[name] = said
            self.refresh_row(name)

    # Ages are drawn again when one reads differently, not by a clock's tick.

    def _plan_ageing(self) -> None:
        if self._ageing is not None:
            self._ageing.cancel()
            self._ageing = None
        now = self._clock()
        waits = [
            age_changes_in(now - found[0].ended.t)
            for found in self._operations.values()
            if found and found[0].ended is not None
        ]
        if waits:
            self._ageing = asyncio.get_running_loop().call_later(min(waits) + 0.01, self._draw_ages)

    def _draw_ages(self) -> None:
        for name in self.visible_keys():
            self.refresh_row(name)
        self._plan_ageing()

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        return rows.cell(column, key, self._versions.get(key, ""), self.operations(key), self._clock())

    def sort_key(self, key: str) -> Any:
        return rows.sort_key(self.sorted_by, key, self.operations(key))

    def matches(self, key: str) -> bool:
        return self.filter_text in key.lower() or self.filter_text in self._apps[key].image.lower()

    def all_keys(self) -> Iterable[str]:
        return self._apps

    def body_line(self, row_number: int, width: int) -> Line:
        if self._apps:
            return super().body_line(row_number, width)
        if row_number < len(APPS_NOTE):
            return [(fit(f"  {APPS_NOTE[row_number]}", width), "muted")]
        return [(" " * width, "text")]

    def describe(self) -> None:
        left, right = apps_title(
            len(self._apps), self.filter_text, len(self.ordering), len(self.marked()), self.sorted_by
        )
        self.set_title(left, right)
