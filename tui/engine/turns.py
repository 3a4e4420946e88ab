"""Turns to begin something that costs only in its first moments: few at once, and none holds others up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def turn(gate: asyncio.Semaphore, seconds: float) -> AsyncIterator[None]:
    """A place among those that begin at once. It is given back at the end of the block, or after so long.

    With a strict limit a few that hang would hold up everybody behind them.
    """
    await gate.acquire()
    held = True

    def give_back() -> None:
        nonlocal held
        if held:
            held = False
            gate.release()

    timer = asyncio.get_running_loop().call_later(seconds, give_back)
    try:
        yield
    finally:
        timer.cancel()
        give_back()
