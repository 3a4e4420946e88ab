"""Holding an app's lease: only who has it changes the app.

An engine has no compare-and-swap, so whoever holds a lease looks again before each change, and makes it only
while it is certain that nobody can have taken the lease over.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tui.engine.errors import Conflict, EngineError, EngineSilent, NotFound
from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.ledger.anchor import BEING_MADE, TRIES, create_unstarted
from tui.ledger.errors import Leased, LeaseLost
from tui.ledger.lease_reading import read_lease, remove_lease
from tui.ledger.lease_state import TIMES, Renewal, lease_labels, lease_name, renewal_tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tui.engine.client import Engine
    from tui.ledger.lease_state import Owner, Times

SETTLE = 1.0
"""Seconds until a new step is written down: the many short ones of a quick operation cost nothing."""


def since_boot() -> float:
    """Seconds by a clock that is never set, and goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Lease:
    """A lease that is held, made by `acquire`: `async with await Lease.acquire(...) as lease`.

    id      of its container; another one after it was taken again
    again   how often it had to be taken again because somebody pruned it: what was read under it may have
            changed meanwhile
    lost    why it is not held any more, None while it is
    """

    def __init__(
        self, engine: Engine, app: str, owner: Owner, times: Times, clock: Callable[[], float]
    ) -> None:
        self.app = app
        self.owner = owner
        self.id = ""
        self.again = 0
        self.lost: LeaseLost | None = None
        self._engine = engine
        self._times = times
        self._clock = clock
        self._renewed = 0.0
        self._step = ""
        self._stepped = asyncio.Event()
        self._turn = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def acquire(
        cls,
        engine: Engine,
        app: str,
        owner: Owner,
        *,
        times: Times = TIMES,
        clock: Callable[[], float] = since_boot,
    ) -> Self:
        """Take the lease of an app, also that of somebody who has not been heard of for `times.dead`.

        Raises Leased, NotOurs, EngineError.
        """
        lease = cls(engine, app, owner, times, clock)
        try:
            await shielded(lease._take())
        except asyncio.CancelledError:
            await lease.release()
            raise
        lease._keeper = asyncio.create_task(lease._keep())
        return lease

    async def _take(self) -> None:
        state = None
        for _ in range(TRIES):
            try:
                return await self._create()
            except Conflict:
                state = await read_lease(self._engine, self.app, self._times)
            if state is not None and state.alive:
                break
            if state is not None:
                await remove_lease(self._engine, state.id)
            else:
                await asyncio.sleep(BEING_MADE)
        if state is not None:
            raise Leased(state)
        return await self._create()

    async def _create(self) -> None:
        began = self._clock()
        labels = lease_labels(self.app, self.owner)
        self.id = await create_unstarted(self._engine, lease_name(self.app), labels)
        self._renewed = began

    def tell(self, step: str) -> None:
        """What others are told is being done from now on; a step that changes nothing needs no more."""
        if step != self._step:
            self._step = step
            self._stepped.set()

    async def guard(self, step: str) -> None:
        """Before each change: return only while the lease is ours beyond doubt.

        `step` is what others are told is being done. Raises LeaseLost, EngineError.
        """
        self.tell(step)
        async with self._turn:
            if self.lost is not None:
                raise self.lost
            if self._clock() - self._renewed >= self._times.dead / 2:
                await self._renew()
            found = await self._engine.containers.list(ids=[self.id])
            if not any(one.id == self.id and one.name == lease_name(self.app) for one in found):
                await self._take_again()

    async def _keep(self) -> None:
        """Renew it for as long as it is held, and soon after each new step."""
        while self.lost is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._times.renew):
                    await self._stepped.wait()
                await asyncio.sleep(min(SETTLE, self._times.renew / 4))
            self._stepped.clear()
            try:
                async with self._turn:
                    await self._renew()
            except LeaseLost:
                return  # `guard` tells
            except HoldfastError:
                self._stepped.set()  # again soon

    async def _renew(self) -> None:
        began = self._clock()
        try:
            async with asyncio.timeout(self._times.dead / 4):
                renewal = Renewal(self._step, (await self._engine.info()).time)
                await self._engine.archives.put(self.id, "/", renewal_tar(renewal))
        except NotFound:
            await self._take_again()
        except TimeoutError as error:
            raise EngineSilent("the engine did not answer in time to renew the lease") from error
        else:
            self._renewed = began

    async def _take_again(self) -> None:
        """It is gone: take it again if nobody can have thought it dead meanwhile, and nobody has it now."""
        state = None
        if self._clock() - self._renewed < self._times.dead / 2:
            try:
                await shielded(self._create())
            except Conflict:
                state = await read_lease(self._engine, self.app, self._times)
            else:
                self.again += 1
                return
        self.lost = LeaseLost(self.app, state or await read_lease(self._engine, self.app, self._times))
        raise self.lost

    async def release(self) -> bool:
        """Give it back, also while being cancelled. False where the engine does not answer: then it dies."""
        return await shielded(self._release())

    async def _release(self) -> bool:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        if not self.id:
            return True
        try:
            async with asyncio.timeout(self._times.dead / 2):
                await remove_lease(self._engine, self.id)
        except (EngineError, TimeoutError):
            return False
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()
