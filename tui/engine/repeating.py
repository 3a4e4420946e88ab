"""Making a request again whose connection broke on a way that comes back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from tui.engine.errors import EngineSilent, EngineUnreachable, SshFailed, StreamBroken
from tui.http_client import aiohttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.engine.transport import Transport

    T = TypeVar("T")

READING = ("GET", "HEAD")
"""Methods that change nothing."""

AGAIN = (0.05, 0.3, 1.0)
"""Seconds after which it is made again: that a connection broke is known a moment later."""


async def repeated(transport: Transport, attempt: Callable[[], Awaitable[T]], *, twice: bool = True) -> T:
    """What `attempt` gives. Raises EngineError.

    twice   whether it only reads, or comes to the same when it is done twice: else it is made again only
            where no connection was had, so that nothing can have been done
    """
    for pause in AGAIN:
        try:
            return await attempt()
        except EngineSilent:  # its time is over
            raise
        except (EngineUnreachable, StreamBroken) as error:
            unsent = isinstance(error.__cause__, aiohttp.ClientConnectorError)
            if not transport.comes_back or not (twice or unsent):
                raise
            if isinstance(error, SshFailed) and (error.__cause__ is None or not error.passing):
                raise  # `ready` has tried for long, or nothing helps
        await asyncio.sleep(pause)
    return await attempt()
