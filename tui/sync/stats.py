"""Statistics streams for the rows on the screen, and for no others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.model.digest import short_id
from tui.model.history import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.engine.client import Engine
    from tui.model.sample import Sample
    from tui.store.store import Store

SETTLE = 0.25
"""Seconds that rows must stay on the screen before their streams are opened: scrolling opens none."""

FEW = 3
"""Streams at most where an engine can be had by few connections alone."""

FLUSH = 1.0
"""Seconds in which samples are gathered into one change of the store (the engine sends one a second)."""


class StatsStreams:
    """Keeps one stream for each container that is watched and running.

    `engine` gives the connected engine or None; `heard` is called with every sample: a sign of life. Close
    with `close`.
    """

    def __init__(self, store: Store, engine: Callable[[], Engine | None], heard: Callable[[], None]) -> None:
        self._store = store
        self._heard = heard
        self._engine = engine
        self._wanted: frozenset[str] = frozenset()
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._pending: dict[str, Reading] = {}
        self._settle: asyncio.TimerHandle | None = None
        self._flush: asyncio.TimerHandle | None = None
        self._inspections = asyncio.Semaphore(4)

    def watch(self, ids: Iterable[str]) -> None:
        """Say which containers are on the screen; streams follow a moment later."""
        wanted = frozenset(ids)
        if wanted == self._wanted and self._settle is None and wanted <= self._streams.keys():
            return
        self._wanted = wanted
        if self._settle is not None:
            self._settle.cancel()
        self._settle = asyncio.get_running_loop().call_later(SETTLE, self._open_and_close)

    def _open_and_close(self) -> None:
        self._settle = None
        containers = self._store.containers
        wanted = {id for id in self._wanted if id in containers and containers[id].running}
        gone = [id for id in self._streams if id not in wanted]
        for id in gone:
            self._streams.pop(id).cancel()
            self._pending.pop(id, None)
        self._store.drop_samples(gone)
        engine = self._engine()
        if engine is None:
            return
        more = sorted(wanted - self._streams.keys())
        if engine.few:  # each takes one of the few connections, and what is asked needs some too
            more = more[: max(FEW - len(self._streams), 0)]
        for id in more:
            task = asyncio.create_task(self._follow(engine, id), name=f"statistics {short_id(id)}")
            self._streams[id] = task
            task.add_done_callback(lambda done, id=id: self._ended(id, done))  # type: ignore[misc]

    def _ended(self, id: str, done: asyncio.Task[None]) -> None:
        if self._streams.get(id) is done:
            del self._streams[id]
            self._pending.pop(id, None)
            self._store.drop_samples((id,))  # what it last said is no longer so

    async def _follow(self, engine: Engine, id: str) -> None:
        try:
            await self._exact_start(engine, id)
            async with engine.containers.stats(id) as samples:
                async for sample in samples:
                    self._gather(id, sample)
        except EngineError:
            return  # the container or the engine has gone: events and the link say so

    async def _exact_start(self, engine: Engine, id: str) -> None:
        container = self._store.containers.get(id)
        if container is None or container.exact:
            return
        async with self._inspections:
            inspected = await engine.containers.inspect(id)
        container = self._store.containers.get(id)
        if container is not None and not container.exact and inspected.state.status == container.state:
            self._store.put_containers([container._replace(since=inspected.state.since, exact=True)])

    def _gather(self, id: str, sample: Sample) -> None:
        loop = asyncio.get_running_loop()
        self._pending[id] = Reading(loop.time(), sample)
        self._heard()
        if self._flush is None:
            delay = FLUSH if id in self._store.samples else FLUSH / 10
            self._flush = loop.call_later(delay, self._put_pending)

    def _put_pending(self) -> None:
        self._flush = None
        pending, self._pending = self._pending, {}
        self._store.put_samples(pending)

    async def close(self) -> None:
        """End all streams."""
        for timer in (self._settle, self._flush):
            if timer is not None:
                timer.cancel()
        tasks = list(self._streams.values())
        self._streams.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
