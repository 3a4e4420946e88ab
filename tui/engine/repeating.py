"""Making a request again whose connection broke on a way that comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from tui.engine.errors import EngineSilent, EngineUnreachable, SshFailed, StreamBroken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.engine.transport import Transport

    T = TypeVar("T")

READING = ("GET", "HEAD")
"""Methods that change nothing."""

AGAIN = (0.05, 0.3, 1.0)
"""Seconds after which it is made again: that a connection broke is known a moment later."""


async def repeated(transport: Transport, attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` gives; it only reads, or comes to the same when it is made twice. Raises EngineError."""
    for pause in AGAIN:
        try:
            return await attempt()
        except EngineSilent:  # its time is over
            raise
        except (EngineUnreachable, StreamBroken) as error:
            if not transport.comes_back or (isinstance(error, SshFailed) and not error.passing):
                raise
        await asyncio.sleep(pause)
    return await attempt()
