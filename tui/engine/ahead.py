"""Connections that are opened before they are needed, where opening one costs a round trip."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.transport import CONNECT_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.wire import Wire

WAIT_SECONDS = 0.05
"""How long a first answer waits for the connections that were asked for with it."""


@asynccontextmanager
async def opened_ahead(wire: Wire, connections: int) -> AsyncIterator[None]:
    """While something is asked, so many more connections are opened: after it they are there, or given up."""
    tasks = [
        asyncio.create_task(_open(wire), name="a connection ahead")
        for _ in range(connections if wire.transport.far else 0)
    ]
    try:
        yield
        if tasks:
            await asyncio.wait(tasks, timeout=WAIT_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def _open(wire: Wire) -> None:
    with suppress(EngineError):  # whoever asks for something is told
        await wire.transport.ready()
        if wire.transport.far and not wire.transport.few:  # now it is known
            await wire.ask_with_headers("GET", "/_ping", seconds=CONNECT_SECONDS)
