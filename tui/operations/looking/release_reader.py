"""What is known of the releases of an app, read to be shown: ledger, containers, lease, drift."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.model.releases import Holder
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import read_releases
from tui.operations.looking.ways_back import find_ways_back
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.ledger.lease_state import LeaseState
    from tui.model.app import AppSpec
    from tui.model.drift import Drift
    from tui.model.policy import Policy
    from tui.model.releases import Releases
    from tui.operations.looking.releases import Deployed


class Observer:
    """Reads them on the engine that answers now; `engine` gives it, None while none does."""

    def __init__(self, engine: Callable[[], Engine | None]) -> None:
        self._engine = engine
        self._opened: tuple[Engine, Ledger] | None = None
        self._likely: dict[str, list[str]] = {}

    async def releases(self, app: str) -> Releases | None:
        """Everything about an app's releases; None while no engine answers. Raises HoldfastError."""
        engine = self._engine()
        if engine is None:
            return None
        ledger = await self._ledger(engine)
        found = await self._read(engine, ledger, app)
        if found.interrupted is not None:
            # Ledger and lease are two readings: a deploy may have begun or ended between them.
            found = await self._read(engine, ledger, app)
        return found

    async def _read(self, engine: Engine, ledger: Ledger, app: str) -> Releases:
        """The containers that an app had are asked for at once: mostly it has them still."""
        likely = self._likely.get(app, [])
        found, lease = await all_of(
            read_releases(engine, ledger, app, likely=likely), read_lease(engine, app)
        )
        self._likely[app] = [one.id for one in found.containers.values()]
        return (await completed(engine, ledger, found, lease)).releases

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


async def completed(engine: Engine, ledger: Ledger, found: Deployed, lease: LeaseState | None) -> Deployed:
    """With who changes them, where one can go back to, and what is wrong. Raises EngineError."""
    releases = found.releases._replace(
        holder=_holder(lease) if lease is not None else None,
        notes=(*ledger.notes, *found.stranger_notes()),
        ways=await find_ways_back(engine, found),
        at=time.time(),
    )
    return found._replace(releases=releases)


def _holder(lease: LeaseState) -> Holder:
    owner = lease.owner
    return Holder(
        by=owner.by or "somebody",
        op=owner.op,
        title=owner.title,
        step=lease.step,
        alive=lease.alive,
        text=lease.text,
        verb=owner.verb,
        what=owner.what,
    )
