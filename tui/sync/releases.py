"""The releases of the configured apps: read when a container of theirs comes, goes or changes, and when an
operation on them ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.model.labels import APP
from tui.model.releases import Releases
from tui.model.standing import Standing
from tui.store.store import LinkState, Topic

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from tui.model.container import Container
    from tui.store.store import Change, Store

GATHER = 0.1
"""Seconds in which the events of one deploy are gathered into one reading."""

LEASE_SECONDS = 3.0
"""Time between two readings while somebody holds a lease: its steps are told by no event."""

Known = tuple[str, str, str]
"""Of a container: its app, its name, its state."""


class ReleasesFollower:
    """Keeps the store's releases. `run` is its task, the only reader; it may be cancelled at any time.

    `read` reads an app's releases, None while no engine answers; it raises HoldfastError. `known` is what the
    follower before it knew of the containers, by their IDs: what is as it was then does not count as changed.
    """

    def __init__(
        self,
        store: Store,
        apps: Iterable[str],
        read: Callable[[str], Awaitable[Releases | None]],
        known: dict[str, Known],
    ) -> None:
        self._store = store
        self._apps = frozenset(apps)
        self._read = read
        self._stale: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._known = known

    async def run(self) -> None:
        """Read whenever something has changed; ends at once where no app is configured."""
        if not self._apps:
            return
        ends = [
            self._store.subscribe(topic, reader)
            for topic, reader in (
                (Topic.LINK, self._link_changed),
                (Topic.CONTAINERS, self._containers_changed),
                (Topic.OPERATIONS, self._operations_changed),
            )
        ]
        self._note(self._store.containers)
        self._gone([id for id in self._known if id not in self._store.containers])
        self._link_changed()
        try:
            while True:
                await self._until_woken()
                self._wake.clear()
                await asyncio.sleep(GATHER)
                while self._stale:
                    app = next(iter(self._stale))
                    del self._stale[app]
                    await self._read_one(app)
        finally:
            for end in ends:
                end()

    async def _until_woken(self) -> None:
        held = [app for app in self._apps if self._is_held(app)]
        try:
            await asyncio.wait_for(self._wake.wait(), LEASE_SECONDS if held else None)
        except TimeoutError:
            self._stale.update(dict.fromkeys(held))

    def _is_held(self, app: str) -> bool:
        releases = self._store.releases.get(app)
        return releases is not None and releases.holder is not None and releases.holder.alive

    async def _read_one(self, app: str) -> None:
        try:
            found = await self._read(app)
        except* HoldfastError as group:
            error = group.exceptions[0]
            reason = error.message if isinstance(error, HoldfastError) else str(error)
            before = self._store.releases.get(app) or Releases(Standing(app))
            found = before._replace(error=reason)
        if found is not None:
            self._store.put_releases(app, found)

    # What makes them stale

    def _link_changed(self, _: object = None) -> None:
        if self._store.link.state is LinkState.LIVE:
            self._stale.update(dict.fromkeys(self._apps))
            self._wake.set()

    def _operations_changed(self, change: Change) -> None:
        for id in change.put:
            operation = self._store.operations[id]
            if not operation.running and operation.started.app in self._apps:
                self._make_stale(operation.started.app)

    def _containers_changed(self, change: Change) -> None:
        self._note(change.put)
        self._gone(change.removed)

    def _gone(self, ids: Iterable[str]) -> None:
        for id in ids:
            if known := self._known.pop(id, None):
                self._changed(known[0])

    def _note(self, ids: Iterable[str]) -> None:
        """Apps are stale whose containers are new, or are called or stand otherwise than before."""
        for id in ids:
            container = self._store.containers[id]
            app = self._app_of(container)
            now = (app, container.name, container.state)
            before = self._known.get(id)
            if (not app and before is None) or before == now:
                continue
            self._known[id] = now
            for name in {app, before[0] if before is not None else ""} - {""}:
                self._changed(name)

    def _app_of(self, container: Container) -> str:
        """The app that a container belongs to: a release, its lease, or whatever bears the app's name."""
        if (app := container.labels.get(APP, "")) in self._apps:
            return app
        names = (container.name, container.name.rpartition(".")[0])  # "web", "web.r12", "web.lease"
        return next((name for name in names if name in self._apps), "")

    def _changed(self, app: str) -> None:
        """A container of an app: what a look for drift has found is of before."""
        self._store.forget_drift(app)
        self._make_stale(app)

    def _make_stale(self, app: str) -> None:
        if self._store.link.state is LinkState.LIVE:  # before that everything is read anyway
            self._stale[app] = None
            self._wake.set()
