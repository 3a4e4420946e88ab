"""Putting an exact digest into service, and a way back at every step."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.shielded import shielded
from tui.errors import HoldfastError, Refused
from tui.evidence.files import name_version
from tui.ledger.errors import LeaseLost
from tui.ledger.records import spec_hash
from tui.ledger.way_out import refuse_beyond
from tui.model.offers import Offered, trouble_in
from tui.model.operation import CANCELLED, RUNNING, SKIPPED, Plan, PlanStep, Result
from tui.model.remote import Whereabouts
from tui.model.step import NETWORKS
from tui.model.switching import START_FIRST, deploy, should_serve
from tui.operations.deploying.gate import kept
from tui.operations.deploying.leased import lease_step
from tui.operations.deploying.pulling import PULL
from tui.operations.deploying.retiring import PRUNE, image_steps, retire
from tui.operations.deploying.rollout import RolloutParts, rollout_of
from tui.operations.deploying.taken_names import refuse_taken
from tui.operations.deploying.turn import ALONE
from tui.operations.running.runner import Planned, this_process

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.release import Entry, Release
    from tui.model.standing import Standing
    from tui.model.step import RolloutStep
    from tui.operations.deploying.orchestrator import Foreseen, HeldLease, Orchestrator
    from tui.operations.deploying.rollout import Rollout
    from tui.operations.deploying.sources import Deployable, Source
    from tui.operations.deploying.turn import Turn
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report


class Undone(HoldfastError):
    """It failed, and is undone: `serves` is the release that serves now."""

    def __init__(self, message: str, hint: str, detail: tuple[str, ...], serves: str) -> None:
        super().__init__(message, hint, detail)
        self.serves = serves


class Cancelled(HoldfastError):
    """It was cancelled, and what was begun is undone: `serves` is the release that serves now."""

    exit_status = CANCELLED

    def __init__(self, serves: str) -> None:
        super().__init__(f"cancelled; {serves} serves" if serves else "cancelled")
        self.serves = serves


async def plan(
    orchestrator: Orchestrator, app: AppSpec, op: str, source: Source, turn: Turn = ALONE
) -> Planned:
    """Put into service what the source has; `turn` where others are waited for. Raises HoldfastError."""

    async def read() -> Deployed:
        releases = await orchestrator.read_undisturbed(app.name)
        _refuse_if_blocked(releases)
        return releases

    found = await source.find(read)
    releases = found.releases
    release = await found.release(releases.standing)
    steps, size = _steps(app, release, releases), found.target.size
    image = None
    if found.target.local:
        image = await orchestrator.runnable(app, release.reference, found.target.found)
        found.target.check(app.name, image.id)
    foreseen = await orchestrator.foresee(app, release, found.former, releases, steps, size=size, image=image)
    deploy = _Deploy(orchestrator, app, op, found, foreseen, turn)
    return Planned(deploy.plan(release), deploy.run)


def _refuse_if_blocked(releases: Deployed) -> None:
    name, standing = releases.standing.app, releases.standing
    refuse_taken(releases)
    refuse_beyond(name, standing.next_number)
    if standing.open:
        raise Refused(
            f"a deploy of {name} (r{standing.open[0]}) was interrupted and is neither finished nor undone",
            f"holdfast recover {name}",
        )


def _steps(app: AppSpec, release: Release, releases: Deployed) -> list[RolloutStep]:
    drain = bool(app.drain) or release.order == START_FIRST
    return deploy(releases.standing, release.order, drain=drain)


class _Deploy:
    """Putting into service what was found; `op` is the operation's ID."""

    def __init__(
        self,
        orchestrator: Orchestrator,
        app: AppSpec,
        op: str,
        found: Deployable,
        foreseen: Foreseen,
        turn: Turn,
    ) -> None:
        self._turn = turn
        self._orchestrator = orchestrator
        self._app = app
        self._op = op
        self._found = found
        self._foreseen = foreseen

    def plan(self, release: Release) -> Plan:
        """What will be done to make this release."""
        app, orchestrator, found, foreseen = self._app, self._orchestrator, self._found, self._foreseen
        releases, standing = found.releases, found.releases.standing
        steps = [lease_step(app.name)]
        if not found.target.local:
            how = "Pull" if found.fetch is None else "Copy"
            steps.append(PlanStep(PULL, f"{how} {release.reference}"))
        if foreseen.missing:
            steps.append(PlanStep(NETWORKS, f"Create {', '.join(foreseen.missing)}"))
        steps += [PlanStep(step.id, step.title) for step in _steps(app, release, releases)]
        if going := self._going():
            steps.append(PlanStep(PRUNE, f"Remove {', '.join(f'r{number}' for number in going)}"))
        steps += image_steps(foreseen.outgoing)
        facts = [("host", orchestrator.host), ("engine", orchestrator.url)]
        facts.append(("new", f"{release.version} {release.digest or release.image}".strip()))
        if found.lets_in:  # beside what it is: it is warned of at the end, which may be out of sight
            facts.append(("trust", f"! {found.lets_in}: let in all the same (level = audit)"))
        if standing.live is not None:
            called, entry = releases.called(standing.live), releases.entries.get(standing.live)
            facts.append(("old", f"{called} {_bytes_of(releases, entry)}"))
            facts.append(("way back", f"{called}, at every step"))
        else:
            facts.append(("way back", _way_back_where_none_serves(releases)))
        facts.append(("gap", _expected_gap(releases, release)))
        facts += [*foreseen.facts, *found.facts]
        warnings = _came_to(release, releases) if found.name == "deploy" else []
        warnings += [*found.warnings, *orchestrator.notes, *releases.stranger_notes(), *foreseen.warnings]
        return Plan(
            title=self._title(release),
            steps=tuple(steps),
            facts=tuple(facts),
            warnings=tuple(dict.fromkeys(warnings)),
            equal=_equal(releases, release),
            verb=found.verb,
            typed=found.typed,
        )

    def _title(self, release: Release) -> str:
        return f"{self._found.title} as r{release.number}"

    def _going(self) -> list[int]:
        """Releases that retention removes once the new one is good."""
        standing = self._found.releases.standing
        kept = [number for number in standing.good if number in standing.slots]
        return kept[max(self._app.keep, 1) :]

    async def run(self, report: Report) -> Result:
        app, orchestrator, before = self._app, self._orchestrator, self._found.releases
        title = self._title(await self._found.release(before.standing))
        owner = this_process(self._op, title=title, verb=self._found.name, what=self._found.what)
        async with AsyncExitStack() as stack:
            async with self._turn.leasing():
                lease = await stack.enter_async_context(orchestrator.leased(app.name, owner, report))
            try:
                # Only now nobody else changes it: what was planned may be out of date.
                releases = await orchestrator.read_again(before)
                _refuse_if_blocked(releases)
                if before.standing != releases.standing:
                    report.warn("the releases have changed since the plan was made: the steps follow them")
                return await self._under_lease(lease, report, releases)
            except asyncio.CancelledError as error:
                raise Cancelled(await shielded(self._serving())) from error

    async def _under_lease(self, lease: HeldLease, report: Report, releases: Deployed) -> Result:
        app, orchestrator, found = self._app, self._orchestrator, self._found
        release = (await found.release(releases.standing))._replace(
            fleet=self._turn.fleet, engines=self._turn.engines
        )
        if not found.target.local:
            async with report.step(PULL):
                if found.fetch is not None:
                    await found.fetch(report)
                else:
                    await orchestrator.pull(release.reference, found.target.host, report, PULL)
        image = (await orchestrator.runnable(app, release.reference)).id
        found.target.check(app.name, image)
        await self._turn.come()
        if missing := await orchestrator.missing(app):
            if not self._foreseen.missing:  # they have gone since
                report.state(NETWORKS, RUNNING, title=f"Create {', '.join(missing)}")
            async with report.step(NETWORKS):
                await orchestrator.create_declared(app, lease, report, NETWORKS)
        elif self._foreseen.missing:
            report.state(NETWORKS, SKIPPED)
        release = release._replace(image=image)
        parts = RolloutParts(orchestrator=orchestrator, app=app, lease=lease, report=report, release=release)
        rollout = await rollout_of(parts, releases, found.former)
        try:
            await rollout.make(_steps(app, release, releases))
        except LeaseLost:
            raise  # whoever has it now decides what becomes of the app
        except asyncio.CancelledError:
            if await shielded(rollout.undo(release.number, None, release.order)):
                raise
            report.warn("too late to cancel: it is done")
        except HoldfastError as error:
            if await shielded(rollout.undo(release.number, error, release.order)):
                hint = kept(error, self._op)
                back, serves = _back(rollout, releases)
                raise Undone(f"{error.message}; {back}", hint, error.detail, serves) from error
            report.warn(f"it is done all the same: {error.message}")
        await retire(parts, rollout, self._foreseen.outgoing, releases, release.number)
        await _keep_in_mind(release, report)
        return Result(
            image=image,
            digest=release.digest,
            tags=(f"{app.image}:{release.version}",) if release.version else (),
            release=f"r{release.number}",
            gap_seconds=rollout.gap,
            facts=(("configuration", spec_hash(release.run, release.ready)),),
        )

    async def _serving(self) -> str:
        """Which release serves now, "r12 v1.4.0"; "" where none does, or the engine does not say."""
        try:
            releases = await self._orchestrator.read(self._app.name)
        except EngineError:
            return ""
        live = releases.standing.live
        return releases.called(live) if live is not None else ""


def _came_to(release: Release, releases: Deployed) -> list[str]:
    """What these bytes came to here the last time, where that speaks against them."""
    one = Offered(release.version, Whereabouts.HERE, release.digest, (release.image,))
    trouble = trouble_in(one, releases.entries, releases.standing.live)
    if trouble is None:
        return []
    called = releases.called(trouble.number)
    if not trouble.failed:
        return [f"these bytes were in service before, as {called}, and somebody rolled back from them"]
    outcome = releases.entries[trouble.number].outcome
    why = outcome.message.partition("\n")[0] if outcome is not None else ""
    return [f"these bytes have failed before, as {called}{': ' if why else ''}{why}"]


def _way_back_where_none_serves(releases: Deployed) -> str:
    if (former := should_serve(releases.standing, 0)) is None:
        return "none: nothing of this app serves now; a failure leaves it so"
    kept = former in releases.standing.slots
    return f"{releases.called(former)}, {'started' if kept else 'made anew'}: nothing of this app serves now"


def _bytes_of(releases: Deployed, entry: Entry | None) -> str:
    """The digest of the live release, else the ID of the image that its container has."""
    if entry is not None:
        return entry.release.digest or entry.release.image
    return releases.live.image_id if releases.live is not None else ""


def _serves(standing: Standing) -> bool:
    """Whether the live release runs: one that is gone, or has ended, leaves no gap where it is replaced."""
    slot = standing.slots.get(standing.live) if standing.live is not None else None
    return slot is not None and slot.running


def _expected_gap(releases: Deployed, release: Release) -> str:
    standing = releases.standing
    if not _serves(standing):
        return "none: nothing serves now"
    if release.order == START_FIRST:
        return "none: the new one is ready before the old one stops"
    for number in standing.good:
        outcome = releases.entries[number].outcome
        if outcome is not None and outcome.gap_seconds is not None:
            return f"about {outcome.gap_seconds:.1f} s, as for r{number}"
    return "from the stop of the old one until the new one is ready; not measured yet"


def _equal(releases: Deployed, release: Release) -> str:
    name, live = release.app, releases.standing.live
    run = f"docker run -d --name {name} ... {release.reference}"
    if live is None:
        return run
    stop = f"docker stop {name} && " if _serves(releases.standing) else ""
    return f"{stop}docker rename {name} {name}.r{live} && {run}"


def _back(rollout: Rollout, releases: Deployed) -> tuple[str, str]:
    """What serves now that it is undone: in words, and by its name."""
    if (anew := rollout.serving) is not None:
        former = rollout.anew or 0
        entry = releases.entries.get(former)
        serves = f"r{anew} {entry.release.version if entry is not None else ''}".strip()
        return f"{releases.called(former)} did not serve any more: made anew as r{anew}, it serves", serves
    if (back := rollout.back) is None:
        return "nothing was in service, and nothing is", ""
    called = releases.called(back)
    again = back == releases.standing.live
    return f"{called} {'serves again' if again else 'was started, and serves now'}", called


async def _keep_in_mind(release: Release, report: Report) -> None:
    """So that a version that moves is noticed on every engine that is deployed to from here."""
    if not release.version:
        return
    name, image, version, digest = release.app, release.image, release.version, release.digest
    try:
        await asyncio.to_thread(name_version, name, image, version, digest, time.time())
    except OSError as error:
        report.warn(f"which bytes {version} names could not be kept in mind here: {error.strerror}")
