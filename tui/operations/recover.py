"""Finishing or undoing a deploy that was interrupted: the state of the engine is enough for it."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING

from tui.engine.uncancelled import to_the_end
from tui.errors import HoldfastError, Refused
from tui.ledger.errors import LeaseLost
from tui.ledger.lease import Lease
from tui.ledger.lease_state import Owner
from tui.ledger.ledger import Ledger
from tui.model.operation import Plan, PlanStep, Result
from tui.model.switching import can_complete, complete, restore
from tui.operations.releases import read_releases
from tui.operations.rollout import Means, Rollout
from tui.operations.runner import whoami

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.standing import Step
    from tui.operations.releases import Releases
    from tui.operations.report import Report


class Recover:
    """Recovering one app (see operations.runner.Verb)."""

    def __init__(self, engine: Engine, app: AppSpec, op: str) -> None:
        self._engine = engine
        self._app = app
        self._op = op
        self._ledger: Ledger

    async def plan(self) -> Plan:
        self._ledger = await Ledger.open(self._engine)
        releases = await read_releases(self._engine, self._ledger, self._app.name)
        steps = self._steps(releases)
        if not steps:
            raise Refused(
                f"there is nothing to recover: no deploy of {self._app.name} was interrupted",
                f"holdfast status {self._app.name}",
            )
        number = releases.standing.open[0]
        done = can_complete(releases.standing, number)
        words = "finished, if it is ready" if done else "undone"
        return Plan(
            f"Recover {self._app.name}: r{number} is {words}",
            (PlanStep("lease", f"Take the lease of {self._app.name}"),
             *(PlanStep(step.id, step.title) for step in steps)),
            (("host", self._engine.version.name), ("engine", self._engine.endpoint.url)),
            tuple(self._ledger.notes),
            "",
            "Recover",
        )  # fmt: skip

    def _steps(self, releases: Releases) -> list[Step]:
        standing = releases.standing
        steps: list[Step] = []
        for number in standing.open:
            if can_complete(standing, number):
                return complete(standing, number)
            steps += restore(standing, number, self._order(releases, number))
            break
        return steps

    @staticmethod
    def _order(releases: Releases, number: int) -> str:
        entry = releases.entries.get(number)
        return entry.release.order if entry is not None else "stop-first"

    async def run(self, report: Report) -> Result:
        title = f"recover {self._app.name}"
        async with report.step("lease"):
            owner = Owner(whoami(), socket.gethostname(), os.getpid(), self._op, title)
            lease = await Lease.acquire(self._engine, self._app.name, owner)
        try:
            live = await to_the_end(self._recover(lease, report))
        finally:
            await to_the_end(lease.release())
        return Result(release=f"r{live}" if live is not None else "")

    async def _recover(self, lease: Lease, report: Report) -> int | None:
        """One interrupted deploy after the other, the newest first; the release that serves in the end."""
        while True:
            releases = await read_releases(self._engine, self._ledger, self._app.name)
            standing = releases.standing
            if not standing.open:
                return standing.live
            number = standing.open[0]
            rollout = Rollout(Means(self._engine, self._app, self._ledger, lease, report), releases)
            if can_complete(standing, number):
                try:
                    await rollout.make(complete(standing, number))
                    continue
                except LeaseLost:
                    raise
                except HoldfastError as error:
                    report.warn(f"r{number} cannot be finished: {error.message}")
                    await rollout.undo(number, error, self._order(releases, number))
                    continue
            interrupted = HoldfastError("it was interrupted")
            await rollout.undo(number, interrupted, self._order(releases, number))
            await asyncio.sleep(0)
