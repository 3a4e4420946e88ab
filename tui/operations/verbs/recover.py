"""Finishing or undoing a deploy that was interrupted: the state of the engine is enough for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineUnreachable
from tui.engine.shielded import shielded
from tui.errors import HoldfastError, NothingToDo
from tui.ledger.errors import LeaseLost
from tui.model.operation import Plan, PlanStep, Result
from tui.model.step import RolloutStep, StepKind
from tui.model.switching import can_complete, complete, restore, settle, way_back
from tui.operations.deploying.leased import lease_step
from tui.operations.deploying.rollout import RolloutParts, rollout_of
from tui.operations.deploying.taken_names import NameTaken, refuse_taken
from tui.operations.looking.releases import policy_of
from tui.operations.running.runner import Planned, this_process

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report


async def plan(orchestrator: Orchestrator, app: AppSpec, op: str) -> Planned:
    """Recover one app. Raises HoldfastError."""
    releases = await orchestrator.read_undisturbed(app.name)
    refuse_taken(releases)
    steps = _steps(releases)
    if not steps and not await orchestrator.left_behind(app.name):
        raise NothingToDo(
            f"there is nothing to recover: no deploy of {app.name} was interrupted",
            f"holdfast status {app.name}",
        )
    plan = Plan(
        title=f"Recover {app.name}: {_words(releases, steps)}",
        steps=(lease_step(app.name), *(PlanStep(step.id, step.title) for step in steps)),
        facts=(("host", orchestrator.host), ("engine", orchestrator.url)),
        warnings=tuple(orchestrator.notes),
        equal="",
        verb="Recover",
    )

    async def run(report: Report) -> Result:
        owner = this_process(op, title=f"recover {app.name}", verb="recover")
        async with orchestrator.leased(app.name, owner, report) as lease:
            live = await shielded(_recover(RolloutParts(orchestrator, app, lease, report)))
        return Result(release=f"r{live}" if live is not None else "")

    return Planned(plan, run)


def _words(releases: Deployed, steps: list[RolloutStep]) -> str:
    if not releases.standing.open:
        return "what is not in order is put so" if steps else "what was left behind is removed"
    number = releases.standing.open[0]
    done = can_complete(releases.standing, number)
    return f"r{number} is {'finished, if it is ready' if done else 'undone'}"


def _steps(releases: Deployed) -> list[RolloutStep]:
    standing = releases.standing
    if not standing.open:
        return _settling(releases)
    number = standing.open[0]
    if can_complete(standing, number):
        return complete(standing, number)
    return restore(standing, number, _order(releases, number))


def _order(releases: Deployed, number: int) -> str:
    entry = releases.entries.get(number)
    return entry.release.order if entry is not None else "stop-first"


async def _recover(parts: RolloutParts) -> int | None:
    """One interrupted deploy after the other, the newest first; the release that serves in the end."""
    report = parts.report
    while True:
        releases = await parts.orchestrator.read(parts.app.name)
        refuse_taken(releases)
        standing = releases.standing
        rollout = await rollout_of(parts, releases)
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
                report.log(RolloutStep(StepKind.GATE, number).id, "\n".join(error.detail), 2)
                await rollout.undo(number, error, _order(releases, number))
                continue
        interrupted = HoldfastError("it was interrupted")
        await rollout.undo(number, interrupted, _order(releases, number))
        await asyncio.sleep(0)


def _settling(releases: Deployed) -> list[RolloutStep]:
    """What is to be done where no release is open."""
    standing = releases.standing
    slots = dict(standing.slots)
    live = way_back(standing, 0)
    if live is not None and live in releases.containers:  # one whose own policy is "no" is never armed
        slots[live] = slots[live]._replace(
            armed=releases.containers[live].restart == policy_of(live, releases)
        )
    doubted = [number for number, entry in releases.entries.items() if not entry.is_trusted]
    steps = settle(standing._replace(slots=slots))
    return [step for step in steps if step.kind is not StepKind.REMOVE or step.release not in doubted]
