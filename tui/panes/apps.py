"""The pane of apps and their releases: what is live, how it is, what was done last, where one can go back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.presentation import apps as rows
from tui.presentation.app_row import AppRow
from tui.presentation.releases import release_cell
from tui.presentation.text import fit
from tui.presentation.titles import apps_note, apps_title
from tui.store.store import Change, Store, Topic
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.commands.keymap import Keymap
    from tui.model.app import AppSpec
    from tui.presentation.style import Line, Span
    from tui.store.operation import Operation

BETWEEN = "/r"
"""Between an app and a number in the key of a release's row; no app has a slash in its name."""


def app_of(key: str) -> str:
    """The app of a row, be it its own or that of a release."""
    return key.partition(BETWEEN)[0]


def number_of(key: str) -> int:
    """The release of a row, 0 for that of an app."""
    return int(key.partition(BETWEEN)[2] or 0)


class AppsPane(ListView):
    """Rows are the configured apps, by name, and the releases of those that are unfolded."""

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS
    AGES = ("age", "last")

    def __init__(
        self,
        store: Store,
        keymap: Keymap,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keymap = keymap
        self._store = store
        self._clock = clock
        self._versions: dict[str, str] = {}
        self._operations: dict[str, list[Operation]] = {}
        self._said: dict[str, Span] = {}
        self._followed: dict[str, Callable[[], None]] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._live: dict[str, str] = {}
        self.COLUMNS = rows.columns(store.apps)
        self._unfolded = set(store.apps) if len(store.apps) == 1 else set[str]()
        super().__init__(clock=clock, id="apps")

    def on_mount(self) -> None:
        self._store.subscribe(Topic.LINK, lambda _: self._read_versions())
        self._store.subscribe(Topic.IMAGES, lambda _: self._read_versions())
        self._store.subscribe(Topic.OPERATIONS, self._take)
        self._store.subscribe(Topic.RELEASES, lambda change: self._take_releases(change.put))
        self._store.subscribe(Topic.CONTAINERS, self._take_containers)
        self._store.subscribe(Topic.APPS, self._take_apps)
        self._read()
        self.reload()
        self.filling = False

    def _read(self) -> None:
        """Take over what is known of the configured apps."""
        self._read_versions()
        self._read_operations(self._apps)
        self._take_releases(self._store.releases)

    @property
    def _apps(self) -> Mapping[str, AppSpec]:
        return self._store.apps

    def on_unmount(self) -> None:
        for unsubscribe in self._followed.values():
            unsubscribe()

    @property
    def current(self) -> AppSpec | None:
        """The app of the cursor."""
        return self._apps.get(app_of(self.cursor)) if self.cursor is not None else None

    @property
    def release(self) -> int:
        """The release of the cursor, 0 where it is on an app."""
        return number_of(self.cursor) if self.cursor is not None else 0

    def selected_apps(self) -> list[str]:
        """The marked apps, else that of the cursor."""
        return list(dict.fromkeys(map(app_of, self.selected())))

    def point_at(self, name: str) -> None:
        """Put the cursor on an app, where there is such a one and it is on none of its releases."""
        old = self.cursor
        if old is None or app_of(old) == name or self.ordering.index(name) is None:
            return
        self._set_cursor(name)
        if self._scroll_to_cursor():
            self.refresh_body()
        else:
            self.refresh_row(old)
            self.refresh_row(name)

    def operations(self, name: str) -> list[Operation]:
        """The operations of an app, newest first."""
        return self._operations.get(name, [])

    # What the store tells

    def _take_apps(self, _: Change) -> None:
        """The configuration was read again, or it was found out which engines apps live on."""
        for name in self._numbers.keys() - self._apps.keys():
            del self._numbers[name]
        self.marks = {key for key in self.marks if app_of(key) in self._apps}
        self._versions.clear()
        self.set_columns(rows.columns(self._apps))
        self._read()
        self.reload()
        self.ageing.plan()

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
        if self.sorted_by == "last":
            names |= {key for key in self._release_keys() if app_of(key) in names}
        self.apply(names, ())

    def _take_releases(self, names: Iterable[str]) -> None:
        names = [name for name in names if name in self._apps and name in self._store.releases]
        removed: list[str] = []
        for name in names:
            releases = self._store.releases[name]
            before, now = self._numbers.get(name, ()), tuple(releases.numbers)
            self._numbers[name] = now
            removed += [_key(name, number) for number in before if number not in now]
            slot = releases.live_slot
            self._live = {id: app for id, app in self._live.items() if app != name}
            if slot is not None:
                self._live[slot.id] = name
        if names:
            put = [*names, *(key for key in self._release_keys() if app_of(key) in names)]
            self.apply(put, removed)
            self.ageing.plan()

    def _take_containers(self, change: Change) -> None:
        for id in (*change.put, *change.removed):
            if (name := self._live.get(id)) is not None:
                self.refresh_row(name)

    def _read_operations(self, names: Iterable[str]) -> None:
        for name in names:
            found = self._operations[name] = self._store.operations_of(name)
            if unsubscribe := self._followed.pop(name, None):
                unsubscribe()
            if found and found[0].running:
                self._followed[name] = found[0].subscribe(lambda name=name: self._stepped(name))  # type: ignore[misc]
        self.ageing.plan()

    def _stepped(self, name: str) -> None:
        """What runs has told something, up to 20 times a second: its row may read differently."""
        said = self.cell(name, "last")
        if self._said.get(name) != said:
            self._said[name] = said
            self.refresh_row(name)

    def moments(self, key: str) -> list[float]:
        """The moments whose ages a row says."""
        name, number = app_of(key), number_of(key)
        releases, operations = self._store.releases.get(name), self.operations(name)
        moments = []
        if releases is not None:
            entry = releases.entries.get(number) if number else releases.live
            moments += [entry.release.at] if entry is not None else []
        if not number and operations and (ended := operations[0].ended) is not None:
            moments.append(ended.t)
        return moments

    # Folding

    def is_unfolded(self, name: str) -> bool:
        """Whether the releases of an app stand beneath it."""
        return name in self._unfolded and bool(self._numbers.get(name))

    def unfold_app(self) -> None:
        app = self.current
        if app is not None and not self.is_unfolded(app.name):
            self._unfolded.add(app.name)
            self._refold(app.name)
            if not self._numbers.get(app.name):
                self.notify(f"nothing was released of {app.name} yet", markup=False, timeout=3)

    def fold_app(self) -> None:
        app = self.current
        if app is not None:
            self._unfolded.discard(app.name)
            self._set_cursor(app.name, by_hand=True)
            self._refold(app.name)

    def _refold(self, name: str) -> None:
        self.refresh_row(name)
        self.apply([_key(name, number) for number in self._numbers.get(name, ())], ())
        self._scroll_to_cursor()
        self.refresh_body()

    def open_row(self) -> None:
        """A release is opened; an app with releases is folded or unfolded, and shows what was done last."""
        if self.cursor is None or self.release or not self._numbers.get(self.cursor):
            super().open_row()
            return
        if self.is_unfolded(self.cursor):
            self.fold_app()
        else:
            self.unfold_app()
        self.post_message(self.Highlighted(self, self.cursor, by_hand=True))

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        name, number = app_of(key), number_of(key)
        releases = self._store.releases.get(name)
        if number and releases is not None:
            return release_cell(column, releases, number, self._clock())
        slot = releases.live_slot if releases is not None else None
        row = AppRow(
            name=name,
            newest=self._versions.get(name, ""),
            releases=releases,
            container=self._store.containers.get(slot.id) if slot is not None else None,
            operations=self.operations(name),
            drift=self._store.drift.get(name),
            opened=name in self._unfolded,
            elsewhere=self._store.elsewhere.get(name, ""),
        )
        return rows.cell(column, row, self._clock())

    def sort_key(self, key: str) -> Any:
        name, number = app_of(key), number_of(key)
        return (*rows.sort_key(self.sorted_by, name, self.operations(name)), bool(number), -number)

    def is_shown(self, key: str) -> bool:
        return super().is_shown(key) and (not number_of(key) or app_of(key) in self._unfolded)

    def matches(self, key: str) -> bool:
        name = app_of(key)
        return self.filter_text in name.lower() or self.filter_text in self._apps[name].image.lower()

    def _release_keys(self) -> Iterable[str]:
        return (_key(name, number) for name, numbers in self._numbers.items() for number in numbers)

    def all_keys(self) -> Iterable[str]:
        return (*self._apps, *self._release_keys())

    def mark_all(self) -> None:
        """Apps are marked, not their releases."""
        shown = {key for key in self.ordering.keys() if not number_of(key)}
        self.marks = set() if shown <= self.marks else shown
        self.refresh_body()
        self.describe()

    def mark(self) -> None:
        if self.release:
            self.notify("apps can be marked, releases cannot", markup=False, timeout=3)
        else:
            super().mark()

    def body_line(self, row_number: int, width: int) -> Line:
        if self._apps:
            return super().body_line(row_number, width)
        note = apps_note(self._keymap)
        if row_number < len(note):
            return [(fit(f"  {note[row_number]}", width), "muted")]
        return [(" " * width, "text")]

    def describe(self) -> None:
        shown = sum(not number_of(key) for key in self.ordering.keys())
        left, right = apps_title(
            self._keymap,
            len(self._apps),
            self.filter_text,
            shown,
            len(self.marked()),
            self.sorted_by,
        )
        self.set_title(left, right)


def _key(name: str, number: int) -> str:
    return f"{name}{BETWEEN}{number}"
