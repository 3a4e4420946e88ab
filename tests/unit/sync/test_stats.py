"""Statistics: what a stream said is shown as long as the stream goes on."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tui.engine.errors import StreamBroken
from tui.model.container import Container
from tui.model.sample import Sample
from tui.store.store import Store
from tui.sync.stats import StatsStreams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ONE = Container("a1", "web", "app:1", "sha256:a", "", 1.0, "running", since=1.0, exact=True)


class Engine:
    """Gives one reading to each stream, and breaks the streams when told to."""

    few = False

    def __init__(self) -> None:
        self.containers: Any = self
        self.broken = asyncio.Event()

    @asynccontextmanager
    async def stats(self, _: str) -> AsyncIterator[AsyncIterator[Sample]]:
        async def samples() -> AsyncIterator[Sample]:
            yield Sample(1.0, 2, 3, 4, 5, 6, 7, 8)
            await self.broken.wait()
            raise StreamBroken("cut")

        yield samples()


async def test_a_broken_stream_takes_its_last_reading_along() -> None:
    store, engine = Store(), Engine()
    store.put_containers([ONE])
    connected: Any = engine
    streams = StatsStreams(store, lambda: connected, lambda: None)
    streams.watch(["a1"])
    async with asyncio.timeout(5):
        while not store.samples:
            await asyncio.sleep(0.01)
        engine.broken.set()
        while store.samples:
            await asyncio.sleep(0.01)
    await streams.close()
