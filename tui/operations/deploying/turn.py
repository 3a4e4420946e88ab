"""When a deploy that is part of a larger one may go on."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol


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


class Alone:
    """Nobody has to be waited for."""

    fleet = ""
    engines: tuple[str, ...] = ()

    def leasing(self) -> AbstractAsyncContextManager[object]:
        return nullcontext()

    async def come(self) -> None:
        pass


ALONE = Alone()
