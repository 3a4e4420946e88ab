"""Finishing or undoing a deploy that was interrupted: the state of the engine is enough for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineUnreachable
from tui.engine.shielded import shielded
from tui.errors import HoldfastError, NothingToDo, Refused
from tui.ledger.errors import LeaseLost
from tui.model.operation import SERVES, Plan, PlanStep, Result
from tui.model.standing import all_after
from tui.model.step import RolloutStep, StepKind
from tui.model.switching import (
    can_complete,
    complete,
    is_gone,
    restore,
    settle,
    should_serve,
    withdraw,
)
from tui.operations.deploying.homeward import Gone, foresee_anew, refuse_gone, steps_anew
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


GRACE = 10.0
"""Seconds that an engine gives a process to end where nobody says otherwise (docker stop)."""

MARGIN = 1.0
"""Seconds that it takes an engine besides until a process is seen to have ended."""

LOOK = 0.5
"""Seconds from one look at a release that may be about to end to the next."""


class _Planned(NamedTuple):
    """What a recovery will do: its steps, what serves afterwards in words, and what is to be known."""

    steps: list[RolloutStep]
    serves: str = ""
    warnings: tuple[str, ...] = ()


async def plan(orchestrator: Orchestrator, app: AppSpec, op: str) -> Planned:
    """Recover one app. Raises HoldfastError."""
    releases = await orchestrator.read_undisturbed(app.name)
    refuse_taken(releases)
    found = await _foreseen(orchestrator, releases)
    if not found.steps and not await orchestrator.left_behind(app.name):
        raise _nothing(releases, found)
    serves = (("serves then", found.serves),) if found.serves else ()
    plan = Plan(
        title=f"Recover {app.name}: {_words(releases, found)}",
        steps=(lease_step(app.name), *(PlanStep(step.id, step.title) for step in found.steps)),
        facts=(("host", orchestrator.host), ("engine", orchestrator.url), *serves),
        warnings=(*found.warnings, *orchestrator.notes),
        equal="",
        verb="Recover",
    )

    async def run(report: Report) -> Result:
        owner = this_process(op, title=f"recover {app.name}", verb="recover")
        async with orchestrator.leased(app.name, owner, report) as lease:
            live = await shielded(_recover(RolloutParts(orchestrator, app, lease, report, op=op)))
            serving = _serving(releases, await orchestrator.read(app.name), live)
        return Result(
            release=f"r{live}" if live is not None else "",
            facts=((SERVES, serving),) if serving else (),
        )

    return Planned(plan, run)


def _nothing(releases: Deployed, found: _Planned) -> HoldfastError:
    """Why there is nothing that a recovery could do."""
    app = releases.standing.app
    if found.warnings:
        return Refused(
            f"no release of {app} can be made anew, and none serves",
            f"holdfast deploy {app} VERSION",
            found.warnings,
        )
    return NothingToDo(
        f"there is nothing to recover: no deploy of {app} was interrupted", f"holdfast status {app}"
    )


def _serving(before: Deployed, releases: Deployed, live: int | None) -> str:
    """What serves in the end: "r6 v1.4.0", "r7 v1.4.0 (r6 made anew)"; "" where nothing does."""
    if live is None:
        return ""
    entry = releases.entries.get(live)
    of = entry.release.rollback_of if entry is not None and live not in before.entries else 0
    return releases.called(live) + (f" (r{of} made anew)" if of else "")


def _words(releases: Deployed, found: _Planned) -> str:
    standing = releases.standing
    if not standing.open:
        if is_gone(standing, 0) and found.serves:
            return found.serves
        return "what is not in order is put so" if found.steps else "what was left behind is removed"
    called = releases.called(standing.open[0])
    if can_complete(standing, standing.open[0]):
        return f"{called} is finished, if it is ready"
    return f"{called} is undone" + (f"; {found.serves}" if found.serves else "")


async def _foreseen(orchestrator: Orchestrator, releases: Deployed) -> _Planned:
    standing = releases.standing
    number = standing.open[0] if standing.open else 0
    if number and can_complete(standing, number):
        return _Planned(complete(standing, number), f"{releases.called(number)}, if it is ready")
    former = should_serve(standing, number)
    if former is None or not is_gone(standing, number):
        serves = f"{releases.called(former)} serves" if former is not None else ""
        if not number:
            return _Planned(_settling(releases), serves)
        return _Planned(restore(standing, number, _order(releases, number)), serves)
    steps = withdraw(standing, number) if number else _settling(releases)
    after = all_after(standing, steps)
    anew = await foresee_anew(orchestrator, releases, former)
    if anew.number is None:
        return _Planned(steps, warnings=anew.skipped)
    serves = f"{releases.called(anew.number)} is made anew as r{after.next_number}, and serves"
    return _Planned([*steps, *steps_anew(after)], serves, anew.skipped)


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
                refuse_gone(releases, 0)
            except Gone as gone:
                await rollout.make_anew(should_serve(standing, 0), gone, parent="")
                return rollout.serving
            except (LeaseLost, EngineUnreachable, NameTaken):
                raise
            except HoldfastError as error:
                await rollout.make_anew(should_serve(standing, 0), error)
                return rollout.serving
            return should_serve(standing, 0)
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
        settled = await _until_stopped(parts, releases, number)
        if settled is not releases:
            releases, rollout = settled, await rollout_of(parts, settled)
        interrupted = HoldfastError("it was interrupted")
        await rollout.undo(number, interrupted, _order(releases, number))
        await asyncio.sleep(0)


async def _until_stopped(parts: RolloutParts, releases: Deployed, number: int) -> Deployed:
    """Wait for the end of a stop that whoever was interrupted may have asked for: the engine carries it out.

    A former release that runs, and whose restart policy was taken already, may be in its grace period: it
    would pass its gate, and end a moment later. Where it does not end in that time nobody had asked for it.
    """
    former = should_serve(releases.standing, number)
    entry = releases.entries.get(former) if former is not None else None
    grace = entry.release.run.stop_grace_period if entry is not None else None
    seconds = (GRACE if grace is None else grace) + MARGIN
    end, told = time.monotonic() + seconds, False
    while former is not None and time.monotonic() < end:
        slot = releases.standing.slots.get(former)
        if slot is None or not slot.running or slot.armed:
            break
        if not told:
            told = True
            parts.report.warn(f"r{former} may be stopping: its end is waited for, {seconds:g} s at most")
        await asyncio.sleep(LOOK)
        releases = await parts.orchestrator.read(parts.app.name)
    return releases


def _settling(releases: Deployed) -> list[RolloutStep]:
    """What is to be done where no release is open."""
    standing = releases.standing
    slots = dict(standing.slots)
    live = should_serve(standing, 0)
    if live is not None and live in releases.containers:  # one whose own policy is "no" is never armed
        slots[live] = slots[live]._replace(
            armed=releases.containers[live].restart == policy_of(live, releases)
        )
    doubted = [number for number, entry in releases.entries.items() if not entry.is_trusted]
    steps = settle(standing._replace(slots=slots))
    return [step for step in steps if step.kind is not StepKind.REMOVE or step.release not in doubted]
