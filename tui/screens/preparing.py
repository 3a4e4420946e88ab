"""An operation whose process plans while its user still reads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.operations.launch import Launched

if TYPE_CHECKING:
    from tui.model.operation import Plan
    from tui.operations.request import Request


class Preparing:
    """Starts the process at once, which changes nothing before `go`; it must be told that, or `abandon`."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._launched: Launched | None = None
        self._task = asyncio.create_task(self._make())

    async def _make(self) -> Plan | HoldfastError:
        try:
            self._launched = await Launched.start(self.request)
            return await self._launched.plan()
        except HoldfastError as error:
            return error

    async def plan(self) -> Plan:
        """What it will do. Raises HoldfastError where it cannot be done."""
        found = await asyncio.shield(self._task)
        if isinstance(found, HoldfastError):
            raise found
        return found

    async def go(self) -> None:
        """Let it do what it planned. Raises HoldfastError."""
        assert self._launched is not None, "planned before"
        await self._launched.go()

    async def abandon(self) -> None:
        """It is not wanted after all: its process is gone after this, also where this is cancelled."""
        await asyncio.shield(self._leave())

    async def _leave(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})
        if self._launched is not None:
            await self._launched.abandon()
