"""What must come to its end although its operation was cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


async def shielded(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end, however often the caller is cancelled meanwhile, and cancel it then.

    `work` needs a time limit of its own. The engine goes on with a request whose sender has left: whoever
    creates something must hear of it, to be able to remove it.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        if not task.cancelled():
            task.exception()  # has been looked at: the cancellation is what counts
        raise asyncio.CancelledError
    return task.result()
