"""All that belongs to one engine: what is known of it, and the tasks that keep that true."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from tui.engine.client import Engine
from tui.engine.transports import kept
from tui.journal.folder import operations_folder
from tui.model.registry_name import registry_host
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.endpoint_choice import elsewhere, is_protected, settings_of
from tui.operations.looking.release_reader import Observer
from tui.operations.process.request import Request
from tui.store.store import Link, LinkState, Store
from tui.sync.follow_journals import JournalFollower
from tui.sync.releases import ReleasesFollower
from tui.sync.remote_tags import RemoteTagsFollower
from tui.sync.starting import Starting
from tui.sync.stats import StatsStreams
from tui.sync.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from tui.engine.ref import EngineRef
    from tui.model.app import AppSpec
    from tui.model.drift import Drift
    from tui.model.policy import Policy
    from tui.model.releases import Releases
    from tui.settings.schema import Settings
    from tui.sync.releases import Known


class Observing(Protocol):
    """Reads what is known of an app's releases; None while no engine answers. All raise HoldfastError."""

    async def releases(self, app: str) -> Releases | None: ...

    async def drift(self, app: AppSpec, policy: Policy) -> Drift | None: ...


class EngineSession:
    """One engine, looked after by `run`, which ends only by being cancelled; then `close`.

    `connect` opens the engine, `observe` makes the reader of releases from what gives the engine; `journals`
    is the folder of the operations' journals, None for the user's own.
    """

    def __init__(
        self,
        ref: EngineRef,
        settings: Settings,
        store: Store,
        *,
        connect: Callable[[], Awaitable[Engine]] | None = None,
        observe: Callable[[Callable[[], Engine | None]], Observing] = Observer,
        clock: Callable[[], float] = time.time,
        journals: Path | None = None,
    ) -> None:
        self.ref = ref
        self.settings = settings
        self.store = store
        self.clock = clock
        store.set_apps(settings.apps, {})
        store.trust = settings.policy.trust
        store.is_open = ref.endpoint.is_open
        self.watcher = Watcher(store, connect or (lambda: Engine.connect(ref.endpoint)), ref.url, clock)
        self.stats = StatsStreams(store, self.connected, self.watcher.heard)
        self._observe, self._journals = observe, journals
        folder = journals if journals is not None else operations_folder()
        self.journals = JournalFollower(store, folder, ref.url)
        self.starting = Starting(store)
        self.observer = observe(self.connected)
        self._remote_tags = self._follow_remote_tags()
        self._taken = asyncio.Event()
        self._known: dict[str, Known] = {}

    @property
    def engine(self) -> Engine | None:
        """The engine, None while none answers: it may restart whenever something is awaited."""
        return self.watcher.engine

    def connected(self) -> Engine | None:
        """The same, for those who ask again and again."""
        return self.watcher.engine

    @property
    def can_be_protected(self) -> bool:
        """Whether any engine is protected: else nothing need be awaited before something is begun."""
        return any(engine.protected for engine in self.settings.engines.values())

    async def protected(self) -> bool:
        """Whether this engine is."""
        engines = self.settings.engines
        return self.can_be_protected and await asyncio.to_thread(is_protected, engines, self.ref)

    async def protects(self, others: Iterable[EngineRef]) -> bool:
        """Whether one of other engines is protected."""
        engines = self.settings.engines
        return self.can_be_protected and await asyncio.to_thread(
            lambda: any(is_protected(engines, one) for one in others)
        )

    def request(self) -> Request:
        """What is asked of an operation's process; verb, app and the rest are filled in."""
        return Request(op="", verb="", app="", engine=self.ref, config=self.settings.file)

    # Life

    async def run(self) -> None:
        async with kept(self.ref.endpoint), asyncio.TaskGroup() as tasks:
            tasks.create_task(self.watcher.run(), name="watcher")
            tasks.create_task(self.journals.run(), name="journals")
            tasks.create_task(self._follow_apps(), name="apps")

    async def _follow_apps(self) -> None:
        """What belongs to the configured apps, anew whenever other settings are taken."""
        while True:
            self._taken.clear()
            async with asyncio.TaskGroup() as tasks:
                followers = [tasks.create_task(self._follow_releases(), name="releases")]
                if not self.ref.demo or self._all_on_loopback():  # nothing in the demo is real
                    followers.append(tasks.create_task(self._remote_tags.run(), name="remote tags"))
                await self._taken.wait()
                for follower in followers:
                    follower.cancel()

    def _all_on_loopback(self) -> bool:
        hosts = [registry_host(app.image) for app in self.settings.apps.values()]
        return all(host.startswith("127.0.0.1:") for host in hosts)

    async def _follow_releases(self) -> None:
        """Those of the apps that live on this engine."""
        settings = self.settings
        said = await asyncio.to_thread(settings_of, settings.engines, self.ref)
        self.store.set_colour(said.colour)
        away = await asyncio.to_thread(elsewhere, settings, self.ref)
        self.store.set_apps(settings.apps, away)
        here = settings.apps.keys() - away.keys()
        await ReleasesFollower(self.store, here, self.observer.releases, self._known).run()

    def take(self, settings: Settings) -> None:
        """Go on with other settings: what is known of the engine stays."""
        self.settings = settings
        away = {name: home for name, home in self.store.elsewhere.items() if name in settings.apps}
        self.store.set_apps(settings.apps, away)
        self.store.trust = settings.policy.trust
        self._remote_tags = self._follow_remote_tags()
        self._taken.set()

    async def look_for_drift(self, app: AppSpec) -> Drift | None:
        """What has drifted; None while no engine answers. Raises HoldfastError."""
        found = await self.observer.drift(app, self.settings.policy)
        if found is not None:
            self.store.put_drift(found)
        return found

    def ask_registries(self) -> None:
        """Ask them again now."""
        self._remote_tags.nudge()

    def _follow_remote_tags(self) -> RemoteTagsFollower:
        return RemoteTagsFollower(self.store, self.settings.apps.values(), self._repository, self.clock)

    def _repository(self, app: AppSpec) -> Remote | None:
        """An app's repository in its registry, to be opened; None while no engine answers."""
        engine = self.engine
        return Remote(engine, app) if engine is not None else None

    def beside(self, ref: EngineRef) -> EngineSession:
        """One of another engine, by the same configuration; not running yet."""
        store = Store()
        store.set_link(Link(LinkState.CONNECTING, 0.0, ref.url))
        return EngineSession(
            ref, self.settings, store, observe=self._observe, clock=self.clock, journals=self._journals
        )

    def leave(self) -> None:
        """Nothing keeps up with the engine any more: what is known is of now."""
        self.watcher.leave()

    async def close(self) -> None:
        """End what `run` has not begun."""
        await self.stats.close()
