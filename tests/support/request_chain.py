"""How many round trips something takes: the requests to an engine that follow on one another."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tui.engine.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.1
"""Seconds that each request is held up: far longer than what goes on between two of them here."""


class Asked(NamedTuple):
    """A request: when it was made, and when its answer began, by the event loop's clock."""

    what: str
    made: float
    answered: float


class Chain:
    """The requests that were made since it was begun."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def __len__(self) -> int:
        """The most requests of which each was made only when the one before it had been answered."""
        return len(self.links())

    def links(self) -> list[str]:
        """Those, in their order."""
        links: list[Asked] = []
        for one in sorted(self.asked, key=lambda one: one.answered):
            if not links or one.made >= links[-1].answered:
                links.append(one)
        return [one.what for one in links]


@contextmanager
def request_chain() -> Iterator[Chain]:
    """Within it every request to an engine takes LATENCY longer, and is noted."""
    chain = Chain()
    send = Wire._send

    async def slow(wire: Wire, session: Any, method: str, path: str, *rest: Any) -> Any:
        clock = asyncio.get_running_loop().time
        made = clock()
        await asyncio.sleep(LATENCY)
        try:
            return await send(wire, session, method, path, *rest)
        finally:
            chain.asked.append(Asked(f"{method} {path}", made, clock()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wire, "_send", slow)
        yield chain
