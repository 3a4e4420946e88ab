"""When a deploy that is part of a larger one may go on."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio


class Turn(Protocol):
    """Of one engine among several.

    fleet     the ID of the operation on all of them, "" where there is but this one
    engines   all of them, as the configuration calls them
    """

    @property
    def fleet(self) -> str: ...

    @property
    def engines(self) -> tuple[str, ...]: ...

    def leasing(self) -> AbstractAsyncContextManager[object]:
        """Around taking the lease: leases are taken one after the other, in an order that never changes."""
        ...

    async def come(self) -> None:
        """All is there, and nothing has been changed: return once it may be. Raises where it may not."""
        ...


class Immediate:
    """Nobody has to be waited for; `one_by_one` where leases of others are being taken too."""

    def __init__(
        self, fleet: str = "", engines: tuple[str, ...] = (), one_by_one: asyncio.Lock | None = None
    ) -> None:
        self.fleet = fleet
        self.engines = engines
        self._one_by_one = one_by_one

    def leasing(self) -> AbstractAsyncContextManager[object]:
        return self._one_by_one or nullcontext()

    async def come(self) -> None:
        pass


ALONE = Immediate()
"""Of an engine that is none of several."""
