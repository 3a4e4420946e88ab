"""Finishing or undoing a deploy that was interrupted: the state of the engine is enough for it."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from tui.engine.errors import EngineUnreachable
from tui.engine.uncancelled import to_the_end
from tui.errors import HoldfastError, NothingToDo
from tui.ledger.errors import LeaseLost
from tui.ledger.lease import Lease
from tui.ledger.lease_state import read_lease
from tui.ledger.ledger import Ledger
from tui.model.operation import Plan, PlanStep, Result
from tui.model.step import Step, StepKind
from tui.model.switching import can_complete, complete, restore, settle, way_back
from tui.operations.leftovers import alive, left_over
from tui.operations.releases import policy_of, read_releases
from tui.operations.rollout import Means, Rollout
from tui.operations.runner import this_process
from tui.operations.taken import NameTaken, refuse_taken
from tui.operations.undisturbed import read_undisturbed

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.operations.releases import Deployed
    from tui.operations.report import Report


class Recover:
    """Recovering one app (see operations.runner.Verb)."""

    def __init__(self, engine: Engine, app: AppSpec, op: str) -> None:
        self._engine = engine
        self._app = app
        self._op = op
        self._ledger: Ledger

    async def plan(self) -> Plan:
        app = self._app
        self._ledger = await Ledger.open(self._engine)
        releases = await read_undisturbed(self._engine, self._ledger, app.name)
        refuse_taken(releases)
        steps = self._steps(releases)
        idle = not steps and await read_lease(self._engine, app.name) is None
        if idle and not await left_over(self._engine, alive, socket.gethostname()):
            raise NothingToDo(
                f"there is nothing to recover: no deploy of {app.name} was interrupted",
                f"holdfast status {app.name}",
            )
        return Plan(
            f"Recover {app.name}: {self._words(releases, steps)}",
            (
                PlanStep("lease", f"Take the lease of {app.name}"),
                *(PlanStep(step.id, step.title) for step in steps),
            ),
            (("host", self._ledger.host), ("engine", self._engine.endpoint.url)),
            tuple(self._ledger.notes),
            "",
            "Recover",
        )

    @staticmethod
    def _words(releases: Deployed, steps: list[Step]) -> str:
        if not releases.standing.open:
            return "what is not in order is put so" if steps else "what was left behind is removed"
        number = releases.standing.open[0]
        done = can_complete(releases.standing, number)
        return f"r{number} is {'finished, if it is ready' if done else 'undone'}"

    def _steps(self, releases: Deployed) -> list[Step]:
        standing = releases.standing
        if not standing.open:
            return _settling(releases)
        number = standing.open[0]
        if can_complete(standing, number):
            return complete(standing, number)
        return restore(standing, number, self._order(releases, number))

    @staticmethod
    def _order(releases: Deployed, number: int) -> str:
        entry = releases.entries.get(number)
        return entry.release.order if entry is not None else "stop-first"

    async def run(self, report: Report) -> Result:
        title = f"recover {self._app.name}"
        async with report.step("lease"):
            owner = this_process(self._op, title=title, verb="recover")
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
            refuse_taken(releases)
            standing = releases.standing
            rollout = Rollout(Means(self._engine, self._app, self._ledger, lease, report), releases)
            if not standing.open:
                try:
                    await rollout.make(_settling(releases))
                except (LeaseLost, EngineUnreachable, NameTaken):
                    raise
                except HoldfastError as error:
                    await rollout.make_anew(way_back(standing, 0), error)
                    return rollout.serving
                return standing.live
            number = standing.open[0]
            if can_complete(standing, number):
                try:
                    await rollout.make(complete(standing, number))
                    continue
                except LeaseLost:
                    raise
                except HoldfastError as error:
                    report.warn(f"r{number} cannot be finished: {error.message}")
                    report.log(Step(StepKind.GATE, number).id, "\n".join(error.detail), 2)
                    await rollout.undo(number, error, self._order(releases, number))
                    continue
            interrupted = HoldfastError("it was interrupted")
            await rollout.undo(number, interrupted, self._order(releases, number))
            await asyncio.sleep(0)


def _settling(releases: Deployed) -> list[Step]:
    """What is to be done where no release is open."""
    standing = releases.standing
    slots = dict(standing.slots)
    live = way_back(standing, 0)
    if live is not None:  # one whose own policy is "no" is never armed
        slots[live] = slots[live]._replace(
            armed=releases.containers[live].restart == policy_of(live, releases)
        )
    doubted = [number for number, entry in releases.entries.items() if not entry.is_trusted]
    steps = settle(standing._replace(slots=slots))
    return [step for step in steps if step.kind is not StepKind.REMOVE or step.release not in doubted]
