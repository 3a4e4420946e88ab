"""Finding a text in the titles and the output of steps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.presentation.outline import HEAD, Spot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tui.store.operation import Step


async def matches(
    steps: Sequence[Step], needle: str, start: Spot, *, backwards: bool, here: bool
) -> AsyncIterator[Spot]:
    """The places of a needle from a spot on and once around, a block at a time, the loop free between two.

    `here` says that the spot itself counts too. As in the store's search, a needle without capital letters
    is found in any case.
    """
    at = next((rank for rank, step in enumerate(steps) if step.id == start.step), None)
    if at is None:
        at, start = (len(steps) - 1, Spot("", 1 << 62)) if backwards else (0, Spot("", HEAD - 1))
    around = [*steps[at::-1], *steps[:at:-1]] if backwards else [*steps[at:], *steps[:at]]
    for turn, step in enumerate([*around, *around[:1]]):
        async for spot in _in_step(step, needle, backwards):
            before = spot.line < start.line if backwards else spot.line > start.line
            if turn or before or (here and spot.line == start.line):
                yield spot


async def _in_step(step: Step, needle: str, backwards: bool) -> AsyncIterator[Spot]:
    """The places in one step, its title first or, backwards, last."""
    sought = needle.encode("utf-8", "surrogateescape")
    title = step.title.lower() if sought == sought.lower() else step.title
    if needle in title and not backwards:
        yield Spot(step.id, HEAD)
    output = step.output
    if output is not None:
        begin = output.end - 1 if backwards else output.first
        for number in output.search(sought, begin, backwards=backwards):
            if number is None:
                await asyncio.sleep(0)
            else:
                yield Spot(step.id, number)
    if needle in title and backwards:
        yield Spot(step.id, HEAD)
