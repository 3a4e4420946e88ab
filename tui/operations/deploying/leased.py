"""Having an app's lease while it is changed, and giving it back however that ends."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from tui.ledger.lease import Lease
from tui.model.operation import PlanStep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.client import Engine
    from tui.ledger.lease_state import Owner
    from tui.operations.running.report import Report

LEASE = "lease"


def lease_step(app: str) -> PlanStep:
    """Taking it, as a plan names it."""
    return PlanStep(LEASE, f"Take the lease of {app}")


@asynccontextmanager
async def leased(
    engine: Engine, app: str, owner: Owner, report: Report | None = None
) -> AsyncIterator[Lease]:
    """The lease of an app.

    report   is told of a step in which it is taken, where the plan has it

    Raises Leased, NotOurs, EngineError.
    """
    async with AsyncExitStack() as taking:
        if report is not None:
            await taking.enter_async_context(report.step(LEASE))
        lease = await Lease.acquire(engine, app, owner)
    async with lease:
        yield lease
