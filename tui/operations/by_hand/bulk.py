"""What became of an action on several things."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

AT_ONCE = 8
"""Requests under way at the same time."""


class Done(NamedTuple):
    """One thing's outcome: `error` is "" where it worked."""

    name: str
    error: str = ""


async def each(names: Sequence[tuple[str, str]], act: Callable[[str], Awaitable[object]]) -> list[Done]:
    """Do the same to each (ID, name), a few at a time; one that fails does not keep the others from it."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(id: str, name: str) -> Done:
        async with gate:
            try:
                await act(id)
            except EngineError as error:
                return Done(name, str(error))
            return Done(name)

    return list(await asyncio.gather(*(one(id, name) for id, name in names)))
