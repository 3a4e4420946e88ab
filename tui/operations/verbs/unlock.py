"""Taking the lease of an app away, whoever has it: for the dashboard and for the command line."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.journal.folder import new_id, operations_folder
from tui.journal.writer import Journal
from tui.ledger.lease_reading import remove_lease
from tui.model.operation import (
    CANCELLED,
    DONE,
    FAILED,
    RUNNING,
    Ended,
    Failure,
    PlanStep,
    Started,
    StepChanged,
)
from tui.model.verb import UNLOCK
from tui.operations.running.runner import failure, whoami

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.ledger.lease_state import LeaseState

STEP = "remove"


def consequence(lease: LeaseState) -> str:
    """What becomes of whoever has the lease."""
    return "alive: its operation stops at its next step" if lease.alive else "dead"


async def unlock(engine: Engine, lease: LeaseState, clock: Callable[[], float] = time.time) -> None:
    """Remove the lease that was shown: one that was taken meanwhile is another one, and stays.

    It is on record as every operation is, written once it has ended: there is nothing to be cancelled. Raises
    HoldfastError; where that is JournalFailed, nothing was changed.
    """
    began = clock()
    op = new_id(UNLOCK.name, lease.app, began)
    journal = await asyncio.to_thread(Journal.create, operations_folder(), op)
    problem: Failure | None = None
    try:
        await remove_lease(engine, lease.id)
    except HoldfastError as error:
        problem = failure(error)
        raise
    except asyncio.CancelledError:
        problem = Failure(CANCELLED, "cancelled")
        raise
    finally:
        try:
            _write(journal, engine.endpoint.url, op, lease, began, clock(), problem)
        finally:
            journal.close()


def _write(
    journal: Journal, url: str, op: str, lease: LeaseState, began: float, now: float, problem: Failure | None
) -> None:
    step = PlanStep(STEP, f"Remove the lease of {lease.app}: {lease.text}")
    started = Started(
        t=began,
        op=op,
        verb=UNLOCK.name,
        app=lease.app,
        engine=url,
        by=whoami(),
        host=socket.gethostname(),
        pid=os.getpid(),
        plan=(step,),
        title=f"Unlock {lease.app}",
    )
    journal.write(started)
    journal.write(StepChanged(began, STEP, RUNNING))
    journal.write(StepChanged(now, STEP, FAILED if problem is not None else DONE, now - began))
    journal.write(Ended(now, problem is None, now - began, error=problem))
