"""Blocking work in threads that never outlives whoever waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """What the work returns or raises. Cancelled, it first waits for the thread: keep work short."""
    job = asyncio.ensure_future(asyncio.to_thread(work, *args, **options))
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        while not job.done():
            await asyncio.wait([job])
        raise
