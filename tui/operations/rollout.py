"""Making the steps of tui.model.switching on an engine, one at a time, each under the lease."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from tui.engine.errors import EngineUnreachable
from tui.engine.uncancelled import to_the_end
from tui.errors import HoldfastError
from tui.journal.writer import JournalFailed
from tui.ledger.errors import LeaseLost
from tui.model.labels import APP
from tui.model.operation import UNDONE
from tui.model.release import Outcome, Release, last_said
from tui.model.standing import all_after
from tui.model.step import UNDO, Step, StepKind
from tui.model.switching import restore, settle, undrained, way_back, withdraw
from tui.operations.carrying import carry, orphaned
from tui.operations.gate import SAID, NotReady, gate, last_words
from tui.operations.homeward import NotAsRecorded, candidates, made_anew, refuse_changed, steps_anew
from tui.operations.reachable import reachable
from tui.operations.releases import policy_of, read_releases, unrecorded
from tui.operations.taken import EarlierNameTaken, NameTaken, create, promote, retire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.ledger.lease import Lease
    from tui.ledger.ledger import Ledger
    from tui.model.app import AppSpec, ReadySpec
    from tui.model.release import Entry
    from tui.operations.releases import Deployed
    from tui.operations.report import Report

BAKE_POLL = 0.5

LOOKS = (StepKind.GATE, StepKind.BAKE, StepKind.DRAIN)
"""Steps that change nothing that has to be known afterwards."""


class NeedsAttention(HoldfastError):
    """It failed, and could not be undone either."""

    exit_status = 6


class LeaseRetaken(HoldfastError):
    """The lease was gone for a moment, in which somebody else may have changed the app: it is read anew."""


class NotSteady(HoldfastError):
    """A release was ready, and then fell over while it was watched."""


class Means(NamedTuple):
    """What a rollout works with.

    creation   how to create the new release's container; None where none is to be created
    """

    engine: Engine
    app: AppSpec
    ledger: Ledger
    lease: Lease
    report: Report
    release: Release | None = None
    creation: Creation | None = None


class Rollout:
    """Makes steps. `gap` is how long nothing served, in seconds, once that has been measured.

    serving         the release that was made anew because the former one does not serve, None where none was
    back            the former release, once it serves again as it stood
    volumes_going   volumes that whoever makes the steps removes afterwards
    """

    def __init__(self, means: Means, releases: Deployed) -> None:
        self._means = means
        self._releases = releases
        self._containers: dict[int, str] = {number: one.id for number, one in releases.containers.items()}
        self._policies = {number: policy_of(number, releases) for number in releases.containers}
        self._ready: dict[int, ReadySpec] = {
            number: entry.release.ready for number, entry in releases.entries.items()
        }
        self._stopped_at: float | None = None
        self._message = self._reason = ""
        self._said: tuple[str, ...] = ()
        self._drained: set[int | None] = set()
        self._unrecorded = unrecorded(releases)
        self.gap: float | None = None
        self.serving: int | None = None
        self.back: int | None = None
        self.volumes_going: set[str] = set()
        self._retaken = means.lease.again
        if means.release is not None:
            self._policies[means.release.number] = means.release.run.restart
            self._ready[means.release.number] = means.release.ready

    async def make(self, steps: Sequence[Step], *, parent: str = "") -> None:
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
        self, steps: Sequence[Step], parent: str, *, after: asyncio.Future[None] | None = None
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
                    await to_the_end(self._one(step, id))
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
            self._means.report.state(id, state, parent=parent, **words)
        except JournalFailed:
            if UNDO not in (id, parent):
                raise

    async def _one(self, step: Step, id: str) -> None:
        means, number = self._means, step.release
        containers = means.engine.containers
        if step.kind not in LOOKS:
            await means.lease.guard(step.id)
            if means.lease.again != self._retaken:
                self._retaken = means.lease.again
                raise LeaseRetaken(
                    f"somebody removed the lease of {means.app.name}, and it was taken again: "
                    "what stands may have changed meanwhile"
                )
        match step.kind:
            case StepKind.RECORD:
                assert means.release is not None
                await means.ledger.record(means.release)
            case StepKind.CREATE:
                await self._create(number)
            case StepKind.DISARM:
                await containers.set_restart(self._containers[number], "no")
            case StepKind.DRAIN:
                await self._drain(number)
            case StepKind.STOP:
                if self._stopped_at is None:
                    self._stopped_at = time.monotonic()
                await containers.stop(self._containers[number])
            case StepKind.RETIRE:
                await retire(means.engine, self._containers[number], f"{means.app.name}.r{number}")
            case StepKind.PROMOTE:
                await promote(means.engine, self._containers[number], means.app.name)
            case StepKind.START:
                await containers.start(self._containers[number])
            case StepKind.GATE:
                await self._gate(number, id)
            case StepKind.ARM:
                await containers.set_restart(self._containers[number], self._policies.get(number, "no"))
            case StepKind.BAKE:
                await self._bake(number, id)
            case StepKind.GOOD | StepKind.FAILED:
                good = step.kind is StepKind.GOOD
                message = "" if good else self._message
                if number in self._unrecorded:
                    await means.ledger.record(self._unrecorded[number])
                outcome = Outcome(
                    number,
                    good,
                    time.time(),
                    self.gap if good else None,
                    message,
                    self._containers.get(number, "") if good else "",
                    () if good else self._said,
                )
                await means.ledger.outcome(means.app.name, outcome)
            case StepKind.REMOVE:
                await self._remove(number)
            case _:
                assert_never(step.kind)

    async def _create(self, number: int) -> None:
        means = self._means
        assert means.creation is not None
        name, creation = f"{means.app.name}.r{number}", means.creation
        if means.release is not None:
            creation = await carry(means.engine, creation, means.release, self._releases)
        created = await to_the_end(create(means.engine, name, creation))
        self._containers[number] = created.id
        for warning in created.warnings:
            means.report.warn(warning)
        for network, aliases in creation.later.items():
            await means.engine.networks.connect(network, created.id, aliases)

    async def _remove(self, number: int) -> None:
        """Remove its container. What it wrote to volumes stays, and is named where nothing has it now."""
        engine, id = self._means.engine, self._containers[number]
        one = self._releases.containers.get(number)
        volumes = await orphaned(engine, [*one.volumes.values()], [id]) if one is not None else []
        await engine.containers.remove(id, force=True)
        for target, volume in one.volumes.items() if one is not None else ():
            if volume in volumes and volume not in self.volumes_going:
                self._means.report.warn(
                    f"what r{number} wrote to {target} stays, in a volume that no container has any more: "
                    f"docker volume rm {volume} removes it"
                )

    async def _drain(self, number: int) -> None:
        """Tell whoever sends it work that it is about to go, and give it time to finish what it has."""
        means = self._means
        if means.app.drain:
            self._drained.add(number)
            async with means.engine.execs.run(self._containers[number], means.app.drain) as process:
                async for stream, chunk in process:
                    means.report.log(
                        Step(StepKind.DRAIN, number).id, chunk.decode("utf-8", "replace"), stream
                    )
        await asyncio.sleep(means.app.drain_seconds)

    async def _gate(self, number: int, id: str) -> None:
        means = self._means
        container = self._containers[number]

        async def address(port: int) -> tuple[str, int]:
            return await reachable(means.engine, container, port)

        await gate(
            means.engine,
            container,
            self._ready.get(number, means.app.ready),
            say=lambda words: means.report.log(id, words, 0),
            address=address,
        )
        if self._stopped_at is not None and self.gap is None:
            self.gap = time.monotonic() - self._stopped_at

    async def _bake(self, number: int, id: str) -> None:
        """Watch a release that serves: it must neither end, nor be started again, nor become unhealthy."""
        means = self._means
        container = self._containers[number]
        seconds = self._ready.get(number, means.app.ready).bake
        first = (await means.engine.containers.inspect(container)).state
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = (await means.engine.containers.inspect(container)).state
            problem = ""
            if not state.steady:
                problem = f"ended with exit code {state.exit_code}"
            elif state.started != first.started or state.restart_count != first.restart_count:
                problem = "was started again"
            elif state.health == "unhealthy":
                problem = "became unhealthy"
            if problem:
                words = await last_words(means.engine, container, state)
                raise NotSteady(f"r{number} {problem} while it was watched", SAID, words)
            await asyncio.sleep(min(BAKE_POLL, max(end - time.monotonic(), 0.0)))
            means.report.progress(id, int(seconds - max(end - time.monotonic(), 0)), int(seconds), "seconds")

    async def undo(self, new: int, reason: HoldfastError | None, order: str) -> bool:
        """Bring the former release back, from wherever things stand now; False where `new` is good after all.

        Raises NeedsAttention.
        """
        means = self._means
        self._reason = reason.message if reason is not None else "cancelled"
        self._keep_in_mind(reason)
        try:
            await means.lease.guard(UNDO)
            releases = await read_releases(means.engine, means.ledger, means.app.name)
            if self._is_done(releases.entries.get(new)):
                return False
            self._tell(UNDO, "running", title="Back to the release before")
            old = way_back(releases.standing, new)
            await refuse_changed(means.engine, releases, old)
            try:
                await self._restore(releases, new, old, order)
            except NotReady:
                if not means.app.drain or old is None or old in self._drained:
                    raise
                self._drained.add(old)  # by the one who was interrupted
                releases = await read_releases(means.engine, means.ledger, means.app.name)
                await self._restore(releases, new, old, order)
        except (LeaseLost, LeaseRetaken, EngineUnreachable) as error:
            self._tell(UNDO, "failed")
            raise self._attention(reason, error) from error
        except HoldfastError as error:
            await self._go_home(new, old, reason, error)
        else:
            self.back = old
        self._tell(UNDO, UNDONE)
        return True

    def _keep_in_mind(self, reason: HoldfastError | None) -> None:
        """What the ledger will say of it: why, and what the container said last."""
        clean = self._means.report.clean
        self._message = self._reason if reason is None else reason.message
        self._said = last_said([clean(line) for line in reason.detail]) if reason is not None else ()

    def _attention(self, reason: HoldfastError | None, error: HoldfastError) -> NeedsAttention:
        means = self._means
        if isinstance(error, NameTaken):  # until it is free, nothing that is tried can work
            app = means.app.name
            said = error.message if isinstance(reason, NameTaken) else f"{self._reason}; {error.message}"
            return NeedsAttention(f"{said}; no release of {app} has the name now", error.hint)
        return NeedsAttention(
            f"{self._reason}; and bringing the former release back failed: {error.message}",
            f"docker rename {error.name} ANOTHER-NAME, then holdfast recover {means.app.name}"
            if isinstance(error, EarlierNameTaken)
            else f"look at it now: docker ps -a --filter label={APP}={means.app.name}, "
            f"then holdfast recover {means.app.name}",
            (*(reason.detail if reason is not None else ()), *error.detail),
        )

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
            raise self._attention(reason, last) from last

    async def make_anew(self, former: int | None, error: HoldfastError) -> None:
        """Make the former release anew, else the next good one that can be. Raises the last failure."""
        means = self._means
        op = means.release.op if means.release is not None else ""
        changed = isinstance(error, NotAsRecorded)
        releases = await self._read()
        for number in await candidates(means.engine, releases, former):
            means.report.warn(f"{error.message}: {releases.called(number)} is made anew from its record")
            release = None
            try:
                release, creation = await made_anew(means.engine, releases, number, op, means.report, UNDO)
                again = Rollout(means._replace(release=release, creation=creation), releases)
                await again.make(steps_anew(releases.standing), parent=UNDO)
            except (LeaseLost, LeaseRetaken, EngineUnreachable):
                raise
            except HoldfastError as failed:
                error = failed
                self._keep_in_mind(failed)
                if release is not None:
                    await self._withdraw(release.number)
                if isinstance(failed, NameTaken):
                    raise
                releases = await self._read()
            else:
                self.serving = release.number
                return
        # One that does not pass may still serve better than nothing; the failure is told all the same.
        with contextlib.suppress(HoldfastError):
            await self.make(
                [step for step in settle(releases.standing) if step.kind != StepKind.GATE], parent=UNDO
            )
            if changed and former is not None:  # nothing else can be had, and it may pass as it is
                await self.make([Step(StepKind.GATE, former)], parent=UNDO)
                return
        raise error

    async def _withdraw(self, new: int) -> None:
        releases = await self._read()
        await self.make(withdraw(releases.standing, new), parent=UNDO)

    async def _read(self) -> Deployed:
        """As things stand now, and all that steps need to know of it."""
        means = self._means
        self._releases = releases = await read_releases(means.engine, means.ledger, means.app.name)
        self._containers |= {number: one.id for number, one in releases.containers.items()}
        self._policies |= {number: policy_of(number, releases) for number in releases.containers}
        self._ready |= {number: entry.release.ready for number, entry in releases.entries.items()}
        self._unrecorded = unrecorded(releases)
        return releases

    def _is_done(self, entry: Entry | None) -> bool:
        """Whether the new release is on record as good: this one, and not somebody else's of its number."""
        ours = self._means.release
        return entry is not None and bool(entry.good) and (not ours or entry.release.op == ours.op)

    async def _restore(self, releases: Deployed, new: int, old: int | None, order: str) -> None:
        self._releases = releases
        self._containers |= {number: one.id for number, one in releases.containers.items()}
        self._policies |= {number: policy_of(number, releases) for number in releases.containers}
        self._unrecorded = unrecorded(releases)
        again = undrained(releases.standing, old) if old in self._drained else []
        steps = [*again, *restore(all_after(releases.standing, again), new, order)]
        if new in self._unrecorded and self._means.release is not None:
            steps.remove(Step(StepKind.FAILED, new))  # it could not be recorded just now
        await self.make(steps, parent=UNDO)
