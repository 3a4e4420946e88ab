"""Who may switch when: every engine of a fleet waits for its ticket once all is there that it needs."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


class NotBegun(HoldfastError):
    """It stopped before this engine had its turn: nothing was changed on it."""


class Ticket:
    """The turn of one engine (see tui.operations.deploying.turn.Turn).

    arrived   set once its lease is taken and its image is there
    used      whether it was let go on
    waited    seconds that it waited for that, once all was there
    """

    def __init__(self, fleet: str, engines: tuple[str, ...], leasing: asyncio.Lock) -> None:
        self.arrived = asyncio.Event()
        self.used = False
        self.waited = 0.0
        self._decided = asyncio.Event()
        self._fleet = fleet
        self._engines = engines
        self._leasing = leasing

    @property
    def fleet(self) -> str:
        return self._fleet

    @property
    def engines(self) -> tuple[str, ...]:
        return self._engines

    def leasing(self) -> AbstractAsyncContextManager[object]:
        return self._leasing

    async def come(self) -> None:
        self.arrived.set()
        since = time.monotonic()
        try:
            await self._decided.wait()
        finally:
            self.waited = time.monotonic() - since
        if not self.used:
            raise NotBegun("it stopped before its turn")

    def go(self) -> None:
        """It may switch."""
        self.used = True
        self._decided.set()

    def refuse(self) -> None:
        """It may not, unless it may already."""
        self._decided.set()
