"""Keeping the store as the engine is: subscribe, list, apply, and after any break all of it again."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError, EngineSilent, SshFailed
from tui.store.store import Link, LinkState, Store
from tui.sync.backoff import delays
from tui.sync.doubts import Doubts
from tui.sync.refresh import effect, merge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tui.engine.client import Engine
    from tui.model.container import Container
    from tui.model.event import Event

CONFIRM_AFTER = 0.03
"""Seconds from an event until what it touched is read again (the engine's list lags behind `die`)."""

GATHER = 0.05
"""Seconds in which the readings of a burst are gathered into one."""

QUIET = 10.0
"""Seconds without a sign of life after which the engine is asked for one."""

PATIENCE = 5.0
"""Seconds that it may take to answer then."""

FIRST = 60
"""Containers that are asked for before anything else: more than fit on most screens."""

CALM = 5.0
"""Seconds that a connection must hold before the next break starts again with the shortest wait."""

SLICE = 0.008
"""Seconds after which a burst of events lets others have their turn: keys, and what is drawn."""


class Watcher:
    """Owns the connection to one engine. `run` never ends by itself; cancel the task that runs it.

    `connect` opens an engine; it raises EngineError while none answers.
    """

    def __init__(
        self,
        store: Store,
        connect: Callable[[], Awaitable[Engine]],
        endpoint: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.engine: Engine | None = None
        self._connect = connect
        self._endpoint = endpoint
        self._clock = clock
        self._retry = asyncio.Event()
        self._touched: set[str] = set()
        self._gone: set[str] = set()
        self._doubts = Doubts()
        self._images_stale = False
        self._wake = asyncio.Event()
        self._loading = False
        self._heard = 0.0
        self._behind = asyncio.Event()

    def heard(self) -> None:
        """Note a sign of life: an event, or a sample of statistics."""
        self._heard = self._clock()

    def retry_now(self) -> None:
        """Try at once instead of waiting for the next attempt."""
        self._retry.set()

    def leave(self) -> None:
        """It was let go of: what is known is of now, until it runs again."""
        self._lost(EngineError("it was not looked at, and is not followed"), 0)

    async def run(self) -> None:
        waits = delays(_jitter())
        attempt = 0
        while True:
            began = self._clock()
            attempt += 1
            error = EngineError("the engine closed its event stream", "it is stopping, or restarting")
            try:
                await self._session(attempt)
            except* EngineError as group:
                error = _first(group)
            finally:
                self.engine = None
            if self._clock() - began > CALM:
                waits, attempt = delays(_jitter()), 1
            self._lost(error, attempt)
            self._retry.clear()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._retry.wait(), next(waits))

    def _lost(self, error: EngineError, attempt: int) -> None:
        link = self.store.link
        # Of one that froze nobody knows when: it was seen when it gave a sign of life.
        seen = self._heard if isinstance(error, EngineSilent) and self._heard else self._clock()
        since = seen if link.state in (LinkState.LIVE, LinkState.LOADING) else link.since
        self.store.set_link(
            link._replace(
                state=LinkState.LOST,
                since=since,
                endpoint=self._endpoint,
                error=error.message,
                hint=error.hint,
                attempt=attempt,
                login=error.login if isinstance(error, SshFailed) else (),
            )
        )

    async def _session(self, attempt: int) -> None:
        async with await self._connect() as engine:
            self.engine = engine
            self._touched.clear()
            self._gone.clear()
            self._doubts.clear()
            self._loading = True
            first = asyncio.create_task(self._first(engine), name="first containers")
            async with _owned(first), engine.events() as events:
                version = engine.version
                self.store.set_link(
                    Link(LinkState.LOADING, self._clock(), self._endpoint, version, attempt=attempt)
                )
                async with asyncio.TaskGroup() as tasks:
                    load = tasks.create_task(self._load(engine))
                    confirm = tasks.create_task(self._confirm(engine))
                    watch = tasks.create_task(self._watch_over(engine))
                    catch_up = tasks.create_task(self._catch_up(engine))
                    try:
                        await self._follow(events)
                    finally:
                        for task in (load, confirm, watch, catch_up):
                            task.cancel()

    async def _follow(self, events: AsyncIterator[Event]) -> None:
        turn = time.monotonic()
        async for event in events:
            self.heard()
            self._apply(event)
            if time.monotonic() - turn > SLICE:
                waiting = time.monotonic()
                await asyncio.sleep(0)
                turn = time.monotonic()
                if turn - waiting > SLICE:
                    self._behind.set()

    async def _catch_up(self, engine: Engine) -> None:
        """The engine drops events to whoever is slow: after a flood everything is read again."""
        while True:
            await self._behind.wait()
            await asyncio.sleep(CALM)
            self._behind.clear()
            if not self._loading:
                self._loading = True
                await self._list(engine)
                self._loading = False
                self._wake.set()

    async def _load(self, engine: Engine) -> None:
        await self._list(engine)
        self._loading = False
        self._wake.set()
        live = Link(LinkState.LIVE, self._clock(), self._endpoint, engine.version)
        self.store.set_link(live)
        self.store.set_link(live._replace(host=(await engine.info()).name))

    async def _first(self, engine: Engine) -> None:
        """The first rows of an engine that is far away, before it can be said that none is missing."""
        if engine.far and not self.store.containers:
            with suppress(EngineError):  # whoever subscribes is told
                found = await engine.containers.list(limit=FIRST)
                self._put([container for container in found if container.id not in self._gone])

    async def _list(self, engine: Engine) -> None:
        """Read everything."""
        seen: set[str] = set()
        images = asyncio.create_task(engine.images.list())
        try:
            async for batch in engine.containers.batches():
                seen.update(container.id for container in batch)
                self._put([container for container in batch if container.id not in self._gone])
            self.store.keep_containers((seen | self._touched) - self._gone)
            self.store.set_images(await images)
        finally:
            images.cancel()

    async def _watch_over(self, engine: Engine) -> None:
        """A frozen engine keeps its streams open: what is shown would be old, and look live."""
        self.heard()
        while True:
            await asyncio.sleep(max(self._heard + QUIET - self._clock(), 0.0))
            if self._clock() - self._heard >= QUIET:
                await engine.ping(PATIENCE)
                self.heard()

    def _put(self, containers: list[Container]) -> None:
        now = self._clock()
        known = self.store.containers
        believed = [new for new in containers if self._doubts.believes(new, time.monotonic())]
        self.store.put_containers([merge(known.get(new.id), new, now) for new in believed])

    def _apply(self, event: Event) -> None:
        known = self.store.containers.get(event.id)
        change = effect(event, known)
        if change.put is not None:
            if known is not None:
                self._doubts.told(known, change.put)
            self.store.put_containers([change.put])
        if change.remove:
            self._gone.add(change.remove)
            self._touched.discard(change.remove)
            self._doubts.forget(change.remove)
            self.store.remove_containers([change.remove])
        if change.read:
            self._touched.add(change.read)
        if change.images:
            self._images_stale = True
        if change.read or change.images:
            self._wake.set()

    async def _confirm(self, engine: Engine) -> None:
        """Read again what events have touched: the first at once, the rest of a burst together."""
        while True:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._doubts.wait(time.monotonic()))
            self._touched |= self._doubts.take_due(time.monotonic())
            self._wake.clear()
            if self._loading:
                continue
            if self._images_stale:
                self._images_stale = False
                self.store.set_images(await engine.images.list())
            await asyncio.sleep(CONFIRM_AFTER)
            ids, self._touched = self._touched, set()
            self._gone.clear()
            for part in _parts(sorted(ids), 100):
                found = await engine.containers.list(ids=part)
                self._put([container for container in found if container.id not in self._gone])
                present = {container.id for container in found}
                self.store.remove_containers([id for id in part if id not in present | self._touched])
            await asyncio.sleep(GATHER - CONFIRM_AFTER)


@asynccontextmanager
async def _owned(task: asyncio.Task[None]) -> AsyncIterator[None]:
    """The task ends with the block."""
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _parts(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _first(group: BaseExceptionGroup[EngineError]) -> EngineError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _jitter() -> Iterator[float]:
    while True:
        yield random.random()
