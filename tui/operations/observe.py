"""What is known of the releases of an app, read for the dashboard: ledger, containers, lease, drift."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.ledger.lease_state import read_lease
from tui.ledger.ledger import Ledger
from tui.operations.drift import find_drift
from tui.operations.releases import read_releases
from tui.operations.ways_back import find_ways_back
from tui.store.releases import AppReleases, Holder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.ledger.lease_state import LeaseState
    from tui.model.app import AppSpec
    from tui.model.drift import Drift
    from tui.model.policy import Policy


class Observer:
    """Reads them on the engine that answers now; `engine` gives it, None while none does."""

    def __init__(self, engine: Callable[[], Engine | None]) -> None:
        self._engine = engine
        self._opened: tuple[Engine, Ledger] | None = None

    async def releases(self, app: str) -> AppReleases | None:
        """Everything about an app's releases; None while no engine answers. Raises HoldfastError."""
        engine = self._engine()
        if engine is None:
            return None
        ledger = await self._ledger(engine)
        found = await _read(engine, ledger, app)
        if found.interrupted is not None:
            # Ledger and lease are two readings: a deploy may have begun or ended between them.
            found = await _read(engine, ledger, app)
        return found

    async def drift(self, app: AppSpec, policy: Policy) -> Drift | None:
        """Look for drift now; None while no engine answers. Raises HoldfastError."""
        engine = self._engine()
        if engine is None:
            return None
        return await find_drift(engine, await self._ledger(engine), app, policy)

    async def _ledger(self, engine: Engine) -> Ledger:
        """The ledger of this very connection: a later one may lead to another engine."""
        if self._opened is None or self._opened[0] is not engine:
            self._opened = engine, await Ledger.open(engine)
        return self._opened[1]


async def _read(engine: Engine, ledger: Ledger, app: str) -> AppReleases:
    found, lease = await asyncio.gather(read_releases(engine, ledger, app), read_lease(engine, app))
    return AppReleases(
        found.standing,
        found.entries,
        found.foreign.id if found.foreign is not None else "",
        _holder(lease) if lease is not None else None,
        (*ledger.notes, *found.stranger_notes()),
        time.time(),
        ways=await find_ways_back(engine, found),
    )


def _holder(lease: LeaseState) -> Holder:
    owner = lease.owner
    return Holder(owner.by or "somebody", owner.op, owner.title, lease.step, lease.alive, lease.text)
