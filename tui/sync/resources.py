"""Volumes, networks and events of one engine: followed while somebody looks at them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from tui.engine.client import Engine
    from tui.model.event import Event
    from tui.model.network import Network
    from tui.model.uses import Uses
    from tui.model.volume import Volume

KEPT = 2000
"""Events that are kept, the newest."""

DAY = 86400.0
"""Seconds back from which past events are asked for; the engine keeps 256 of them."""

GATHER = 0.15
"""Seconds in which what has changed is gathered before it is read or told: a flood costs no more."""

AGAIN = 1.0
"""Seconds until an engine that does not answer is asked again."""

TOUCHING = {
    "volume": frozenset(("create", "destroy", "prune")),
    "network": frozenset(("create", "destroy", "remove", "connect", "disconnect", "prune", "update")),
    "container": frozenset(("create", "start", "die", "destroy", "remove", "rename", "pause", "unpause")),
}
"""The events after which all of it is read again."""


class ResourcesFollower:
    """Knows them; `run` keeps that true until it is cancelled.

    volumes    by name
    networks   by ID
    uses       what each container holds on to
    sizes      bytes in each volume, {} until somebody has asked
    events     by their number, the oldest first, of which KEPT are kept
    complete   whether all of it was read
    error      why it is not read now, "" where it is
    """

    def __init__(self, engine: Callable[[], Engine | None], clock: Callable[[], float] = time.time) -> None:
        self.volumes: Mapping[str, Volume] = {}
        self.networks: Mapping[str, Network] = {}
        self.uses: list[Uses] = []
        self.sizes: Mapping[str, int] = {}
        self.events: dict[int, Event] = {}
        self.complete = False
        self.error = ""
        self._engine = engine
        self._clock = clock
        self._readers: list[Callable[[], None]] = []
        self._stale = asyncio.Event()
        self._news = asyncio.Event()
        self._count = 0

    def subscribe(self, reader: Callable[[], None]) -> Callable[[], None]:
        """Call `reader` when something is otherwise; returns the call that ends it."""
        self._readers.append(reader)
        return lambda: self._readers.remove(reader)

    def read_again(self) -> None:
        """Read volumes and networks anew, soon."""
        self._stale.set()

    async def run(self) -> None:
        while True:
            engine = self._engine()
            try:
                if engine is not None:
                    await self._session(engine)
                self._say(
                    "the engine has closed its event stream" if engine else "the engine does not answer"
                )
            except* EngineError as group:
                self._say(str(_first(group)))
            await asyncio.sleep(AGAIN)

    def _say(self, error: str) -> None:
        if self.error != error:
            self.error = error
            self._tell()

    def _tell(self) -> None:
        for reader in tuple(self._readers):
            reader()

    async def _session(self, engine: Engine) -> None:
        latest = self.events.get(self._count)
        since = latest.time if latest is not None else self._clock() - DAY
        async with engine.events(since) as events, asyncio.TaskGroup() as tasks:
            self._stale.set()
            others = [tasks.create_task(self._read(engine)), tasks.create_task(self._tell_news())]
            try:
                await self._follow(events)
            finally:
                for task in others:
                    task.cancel()

    async def _follow(self, events: AsyncIterator[Event]) -> None:
        # Those of before the break come again: the engine is asked by the millisecond.
        known = {_same(event) for event in self.events.values()}
        async for event in events:
            if _same(event) in known:
                continue
            self._count += 1
            self.events[self._count] = event
            self.events.pop(self._count - KEPT, None)
            self._news.set()
            if event.action.partition(":")[0] in TOUCHING.get(event.kind, ()):
                self._stale.set()

    async def _read(self, engine: Engine) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            volumes, networks, uses = await all_of(
                engine.volumes.list(), engine.networks.list(), engine.containers.uses()
            )
            self.volumes = {one.name: one for one in volumes}
            self.networks = {one.id: one for one in networks}
            self.uses = uses
            self.complete, self.error = True, ""
            self._tell()
            await asyncio.sleep(GATHER)

    async def _tell_news(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER)
            self._news.clear()
            self._tell()

    async def count_sizes(self) -> None:
        """Have the engine count what is in each volume, which may take long. Raises EngineError."""
        engine = self._engine()
        if engine is None:
            raise EngineError("the engine does not answer")
        self.sizes = (await engine.usage()).volumes
        self._tell()


def _same(event: Event) -> tuple[float, str, str, str]:
    """What tells an event from all others."""
    return event.time, event.kind, event.action, event.id


def _first(group: BaseExceptionGroup[EngineError]) -> EngineError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
