"""An operation whose process plans while its user still reads."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from tui.model.operation import Plan
    from tui.operations.process.request import Request


class Process(Protocol):
    """The process of an operation, which plans first, and changes nothing before `go`."""

    async def plan(self) -> Plan:
        """What it will do. Raises HoldfastError where it cannot be done."""
        ...

    async def go(self) -> object:
        """Let it do what it planned. Raises HoldfastError."""
        ...

    async def abandon(self) -> None:
        """It is not wanted after all: it is gone after this."""
        ...


Launch = Callable[["Request"], Awaitable[Process]]
"""Starts the process of an operation. Raises HoldfastError."""


class Preparing:
    """Starts the process at once, which changes nothing before `go`; it must be told that, or `abandon`."""

    def __init__(self, request: Request, launch: Launch) -> None:
        self.request = request
        self._launch = launch
        self._launched: Process | None = None
        self._task = asyncio.create_task(self._make())

    async def _make(self) -> Plan | HoldfastError:
        try:
            self._launched = await self._launch(self.request)
            return await self._launched.plan()
        except HoldfastError as error:
            return error

    @property
    def is_refused(self) -> bool:
        """Whether it has turned out that it cannot be done."""
        task = self._task
        return task.done() and not task.cancelled() and isinstance(task.result(), HoldfastError)

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
