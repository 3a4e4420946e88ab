"""A container that ends again and again, and is stopped while the engine waits to restart it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.store.store import Store
from tui.sync.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.engine_calls import EngineCalls

PATIENCE = 30.0


async def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_it_is_shown_as_ended(engine_host: str, api: EngineCalls) -> None:
    store = Store()
    endpoint = Endpoint(engine_host, "the test")
    watcher = asyncio.create_task(Watcher(store, lambda: Engine.connect(endpoint), engine_host).run())
    try:
        restart = {"RestartPolicy": {"Name": "always"}}
        id = await asyncio.to_thread(lambda: api.run("sh", "-c", "sleep 0.1; exit 3", HostConfig=restart))
        for _ in range(3):
            await until(lambda: id in store.containers and store.containers[id].state == "restarting")
            await asyncio.to_thread(api.stop, id)
            await until(lambda: store.containers[id].state == "exited")
            await asyncio.to_thread(api.start, id)
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])
