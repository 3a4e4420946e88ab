"""A deploy to a fleet that is under way."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.support.memory_fleet import MemoryFleet
from tests.ui import fakes
from tui.operations.running.runner import perform
from tui.store.operation import Operation

if TYPE_CHECKING:
    from tui.model.operation import Event

STEP_SECONDS = 0.05
"""What each step takes here."""


async def under_way(now: float) -> Operation:
    """The first of three engines has it, the second waits until its new release is ready."""
    app = fakes.app("web")._replace(drain_seconds=0.0)
    fleet = MemoryFleet(app, 3, bake=60.0)
    await fleet.deployed("v1.5.2")
    planned = await fleet.deploy("v1.6.0")
    for one in fleet.apps.values():
        one.memory.pause = STEP_SECONDS
    begun = fleet.apps["edge-2"].memory.begun["gate r2"] = asyncio.Event()
    told: list[Event] = []
    began = time.time()
    doing = asyncio.create_task(
        perform(
            planned,
            op="20231114-221320-deploy-web-0001",
            name="deploy",
            app="web",
            engine="edge",
            tell=told.append,
            clock=lambda: now - 4 + time.time() - began,
        )
    )
    try:
        await begun.wait()
        operation = Operation(told[0])  # type: ignore[arg-type]
        operation.feed([*told[1:]])
        operation.complete = True
        return operation
    finally:
        doing.cancel()
        with suppress(asyncio.CancelledError):
            await doing
