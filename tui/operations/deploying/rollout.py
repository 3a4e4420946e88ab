"""Making the steps of tui.model.switching, one at a time, each under the lease; and undoing them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.errors import EngineUnreachable
from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.journal.writer import JournalFailed
from tui.ledger.errors import LeaseLost
from tui.model.operation import UNDONE
from tui.model.release import Outcome, last_said
from tui.model.remedies import attention_remedy, unseen_remedy
from tui.model.standing import all_after
from tui.model.step import UNDO, RolloutStep, StepKind
from tui.model.switching import restore, settle, should_serve, undrained, way_back, withdraw
from tui.operations.deploying.gate import NotReady
from tui.operations.deploying.homeward import (
    NotAsRecorded,
    candidates,
    made_anew,
    refuse_changed,
    refuse_gone,
    steps_anew,
)
from tui.operations.deploying.taken_names import EarlierNameTaken, NameTaken
from tui.operations.looking.releases import unrecorded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.model.app import AppSpec
    from tui.model.release import Entry, Release
    from tui.operations.deploying.orchestrator import HeldLease, Orchestrator, Stage
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report

LOOKS = (StepKind.GATE, StepKind.BAKE, StepKind.DRAIN)
"""Steps that change nothing that has to be known afterwards."""


class NeedsAttention(HoldfastError):
    """It failed, and could not be undone either."""

    exit_status = 6


class LeaseRetaken(HoldfastError):
    """The lease was gone for a moment, in which somebody else may have changed the app: it is read anew."""


class RolloutParts(NamedTuple):
    """What a rollout works with.

    release   the new one, None where none is to be created
    op        the operation's ID, where there is no new one that names it
    """

    orchestrator: Orchestrator
    app: AppSpec
    lease: HeldLease
    report: Report
    release: Release | None = None
    op: str = ""


async def rollout_of(
    parts: RolloutParts,
    releases: Deployed,
    former: Entry | None = None,
    *,
    volumes_going: Collection[str] = (),
) -> Rollout:
    """Ready to make steps; `former` is whose configuration the new release has. Raises HoldfastError."""
    stage = await parts.orchestrator.stage(
        parts.app, releases, parts.report, parts.release, former, volumes_going=volumes_going
    )
    return Rollout(parts, releases, stage)


class Rollout:
    """Makes steps, made by `rollout_of`. `gap` is how long nothing served, once that has been measured.

    serving   the release that was made anew because the former one does not serve, None where none was
    anew      whose bytes and configuration that has
    back      the former release, once it serves again as it stood
    """

    def __init__(self, parts: RolloutParts, releases: Deployed, stage: Stage) -> None:
        self._parts = parts
        self._stage = stage
        self._stopped_at: float | None = None
        self._message = self._reason = ""
        self._said: tuple[str, ...] = ()
        self._drained: set[int | None] = set()
        self._unrecorded = unrecorded(releases)
        self._retaken = parts.lease.again
        self.gap: float | None = None
        self.serving: int | None = None
        self.anew: int | None = None
        self.back: int | None = None

    async def make(self, steps: Sequence[RolloutStep], *, parent: str = "") -> None:
        """Make steps in their order; each is told before it begins and after its end. Raises.

        Writing a record takes an engine longer than creating a container, so both are made at once: the new
        one serves nobody, tells by its labels what it is, and is undone where the record cannot be written.
        Nothing that serves is touched before the record is there.
        """
        if [step.kind for step in steps[:2]] == [StepKind.RECORD, StepKind.CREATE]:
            record = asyncio.ensure_future(self._make(steps[:1], parent))
            create = self._make(steps[1:2], parent, after=record)
            ends = await asyncio.gather(record, create, return_exceptions=True)
            if failed := next((end for end in ends if end is not None), None):
                raise failed
            steps = steps[2:]
        await self._make(steps, parent)

    async def _make(
        self, steps: Sequence[RolloutStep], parent: str, *, after: asyncio.Future[None] | None = None
    ) -> None:
        """`after`: what stands before them in the plan is told to have ended before they are."""
        for step in steps:
            id = f"{parent} {step.id}".strip()
            began = time.time()
            self._tell(id, "running", title=step.title, parent=parent)
            try:
                if step.kind in LOOKS:
                    await self._one(step, id)
                else:  # cancelling takes no request back: what becomes of it has to be seen
                    await shielded(self._one(step, id))
            except BaseException:
                self._tell(id, "failed", parent=parent, seconds=time.time() - began)
                raise
            done, took = UNDONE if parent == UNDO else "done", time.time() - began
            try:
                if after is not None:
                    await asyncio.wait([after])
            finally:
                self._tell(id, done, parent=parent, seconds=took)

    def _tell(self, id: str, state: str, *, parent: str = "", **words: Any) -> None:
        """Report a step's state. The way back is taken also when that cannot be written down any more."""
        try:
            self._parts.report.state(id, state, parent=parent, **words)
        except JournalFailed:
            if UNDO not in (id, parent):
                raise

    async def _one(self, step: RolloutStep, id: str) -> None:
        parts, number = self._parts, step.release
        if step.kind in LOOKS:
            parts.lease.tell(step.id)
        else:
            await parts.lease.guard(step.id)
            if parts.lease.again != self._retaken:
                self._retaken = parts.lease.again
                raise LeaseRetaken(
                    f"somebody removed the lease of {parts.app.name}, and it was taken again: "
                    "what stands may have changed meanwhile"
                )
        match step.kind:
            case StepKind.RECORD:
                assert parts.release is not None
                await parts.orchestrator.record(parts.release)
            case StepKind.GOOD | StepKind.FAILED:
                await self._outcome(number, good=step.kind is StepKind.GOOD)
                if step.kind is StepKind.GOOD:
                    parts.report.settle()
            case StepKind.STOP:
                if self._stopped_at is None:
                    self._stopped_at = time.monotonic()
                await self._stage.make(step, id)
            case StepKind.GATE:
                await self._stage.make(step, id)
                if self._stopped_at is not None and self.gap is None:
                    self.gap = time.monotonic() - self._stopped_at
            case StepKind.DRAIN:
                if parts.app.drain:
                    self._drained.add(number)
                await self._stage.make(step, id)
            case _:
                await self._stage.make(step, id)

    async def _outcome(self, number: int, *, good: bool) -> None:
        orchestrator = self._parts.orchestrator
        if number in self._unrecorded:
            await orchestrator.record(self._unrecorded[number])
        outcome = Outcome(
            number,
            good,
            time.time(),
            gap_seconds=self.gap if good else None,
            message="" if good else self._message,
            container=self._stage.container(number) if good else "",
            said=() if good else self._said,
        )
        await orchestrator.outcome(self._parts.app.name, outcome)

    async def undo(self, new: int, reason: HoldfastError | None, order: str) -> bool:
        """Bring the former release back, from wherever things stand now; False where `new` is good after all.

        Raises NeedsAttention.
        """
        parts = self._parts
        self._reason = reason.message if reason is not None else "cancelled"
        self._keep_in_mind(reason)
        try:
            await parts.lease.guard(UNDO)
            releases = await parts.orchestrator.read(parts.app.name)
            if self._is_done(releases.entries.get(new)):
                parts.report.settle()
                return False
            self._tell(UNDO, "running", title="Back to the release before")
            old = should_serve(releases.standing, new)
            refuse_gone(releases, new)
            await refuse_changed(parts.orchestrator, releases, old)
            try:
                await self._restore(releases, new, old, order)
            except NotReady:
                if not parts.app.drain or old is None or old in self._drained:
                    raise
                self._drained.add(old)  # by the one who was interrupted
                releases = await parts.orchestrator.read(parts.app.name)
                await self._restore(releases, new, old, order)
        except (LeaseLost, LeaseRetaken, EngineUnreachable) as error:
            self._tell(UNDO, "failed")
            raise self._attention(reason, error, unseen_remedy(parts.app.name)) from error
        except HoldfastError as error:
            await self._go_home(new, old, reason, error)
        else:
            self.back = old
        self._tell(UNDO, UNDONE)
        return True

    def _keep_in_mind(self, reason: HoldfastError | None) -> None:
        """What the ledger will say of it: why, and what the container said last."""
        clean = self._parts.report.clean
        self._message = self._reason if reason is None else reason.message
        self._said = last_said([clean(line) for line in reason.detail]) if reason is not None else ()

    def _attention(self, reason: HoldfastError | None, error: HoldfastError, remedy: str) -> NeedsAttention:
        if isinstance(error, NameTaken):  # until it is free, nothing that is tried can work
            app = self._parts.app.name
            said = error.message if isinstance(reason, NameTaken) else f"{self._reason}; {error.message}"
            return NeedsAttention(f"{said}; no release of {app} has the name now", remedy)
        if isinstance(error, EarlierNameTaken):
            remedy = f"docker rename {error.name} ANOTHER-NAME, then {remedy}"
        return NeedsAttention(
            f"{self._reason}; and bringing the former release back failed: {error.message}",
            remedy,
            (*(reason.detail if reason is not None else ()), *error.detail),
        )

    async def _remedy(self) -> str:
        """What to do now, by how things stand: what `status` says of them too."""
        parts = self._parts
        try:
            found = await parts.orchestrator.read(parts.app.name)
            ways = await parts.orchestrator.ways_back(found)
        except HoldfastError:
            return unseen_remedy(parts.app.name)
        return attention_remedy(found.releases._replace(ways=ways))

    async def _go_home(
        self, new: int, former: int | None, reason: HoldfastError | None, error: HoldfastError
    ) -> None:
        """The former release does not serve as it stands: it is made anew, else the next good one.

        Whatever comes of it, nothing is left open, so that a deploy or a roll back can follow.
        Raises NeedsAttention.
        """
        try:
            await self._withdraw(new)
            if isinstance(error, NameTaken):
                raise error
            await self.make_anew(former, error)
        except HoldfastError as last:
            self._tell(UNDO, "failed")
            raise self._attention(reason, last, await self._remedy()) from last

    async def make_anew(self, former: int | None, error: HoldfastError, *, parent: str = UNDO) -> None:
        """Make the former release anew, else the next good one that can be. Raises the last failure.

        Its steps stand beneath `parent`; what a plan has named stands there already, beneath none.
        """
        parts = self._parts
        op = parts.release.op if parts.release is not None else parts.op
        changed = isinstance(error, NotAsRecorded)
        releases = await self._read()
        tried = await candidates(parts.orchestrator, releases, former)
        for number in tried:
            parts.report.warn(f"{error.message}: {releases.called(number)} is made anew from its record")
            release = None
            try:
                release = await made_anew(parts.orchestrator, releases, number, op, parts.report, UNDO)
                again = await rollout_of(parts._replace(release=release), releases, releases.entries[number])
                await again.make(steps_anew(releases.standing), parent=parent)
            except (LeaseLost, LeaseRetaken, EngineUnreachable):
                raise
            except HoldfastError as failed:
                error, parent = failed, UNDO
                self._keep_in_mind(failed)
                if release is not None:
                    await self._withdraw(release.number)
                if isinstance(failed, NameTaken):
                    raise
                releases = await self._read()
            else:
                self.serving, self.anew = release.number, number
                return
        # One that does not pass may still serve better than nothing; the failure is told all the same.
        with contextlib.suppress(HoldfastError):
            kept = way_back(releases.standing, 0)
            steps = settle(releases.standing)
            if kept is not None and kept != former and kept in tried:
                parts.report.warn(f"{releases.called(kept)} is started as it stands: nothing else can be had")
                steps += restore(all_after(releases.standing, steps), 0)
            await self.make([step for step in steps if step.kind != StepKind.GATE], parent=UNDO)
            if changed and former is not None:  # nothing else can be had, and it may pass as it is
                await self.make([RolloutStep(StepKind.GATE, former)], parent=UNDO)
                return
        raise error

    async def _withdraw(self, new: int) -> None:
        releases = await self._read()
        await self.make(withdraw(releases.standing, new), parent=UNDO)

    async def _read(self) -> Deployed:
        """As things stand now, and all that steps need to know of it."""
        parts = self._parts
        releases = await parts.orchestrator.read(parts.app.name)
        self._take(releases)
        return releases

    def _take(self, releases: Deployed) -> None:
        self._stage.take(releases)
        self._unrecorded = unrecorded(releases)

    def _is_done(self, entry: Entry | None) -> bool:
        """Whether the new release is on record as good: this one, and not somebody else's of its number."""
        ours = self._parts.release
        return entry is not None and bool(entry.good) and (not ours or entry.release.op == ours.op)

    async def _restore(self, releases: Deployed, new: int, old: int | None, order: str) -> None:
        self._take(releases)
        again = undrained(releases.standing, old) if old in self._drained else []
        steps = [*again, *restore(all_after(releases.standing, again), new, order)]
        if new in self._unrecorded and self._parts.release is not None:
            steps.remove(RolloutStep(StepKind.FAILED, new))  # it could not be recorded just now
        await self.make(steps, parent=UNDO)
