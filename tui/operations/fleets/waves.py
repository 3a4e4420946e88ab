"""Doing what was planned for each engine of a fleet, wave by wave, and stopping by its rules."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineUnreachable
from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.model.fleet import HAS_IT, EngineOutcome, EngineState, OnFailure, Unreachable
from tui.model.operation import CANCELLED, DONE, FAILED, RUNNING, SERVES, SKIPPED, UNDONE, WAITING, Result
from tui.operations.deploying.turn import Immediate
from tui.operations.fleets.tickets import NotBegun, Ticket
from tui.operations.fleets.watched import Watched
from tui.operations.running.runner import PartlyDone
from tui.operations.running.signals import PAUSING, ignore_pausing
from tui.operations.verbs.deploy import Cancelled, Undone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.model.fleet import Fleet
    from tui.operations.fleets.part import Part, Serving
    from tui.operations.running.report import Report
    from tui.operations.running.runner import Planned

UNFORESEEN = "it ended as nobody foresaw: look at it, and recover it"

WATCH = "watch"
"""The step after a wave, with its number behind."""

CUT_SHORT = "cancelled: the watch was cut short"
"""Why one that had it goes back, as a deploy alone does that is cancelled while it is watched."""

LOOK_SECONDS = 2.0
"""Between two looks at what is watched after a wave."""


class FleetFailed(PartlyDone):
    """No engine has it: all serve what they served before."""


class FleetSplit(PartlyDone):
    """Some engines have it and others do not, or one of them wants attention."""

    exit_status = 6


class FleetCancelled(PartlyDone):
    """It was cancelled; what had been begun on an engine was undone there."""

    exit_status = CANCELLED


class Member(NamedTuple):
    """An engine on which something is to be done, and what.

    before   what serves there now
    """

    part: Part
    planned: Planned
    before: Serving
    ticket: Ticket

    @property
    def name(self) -> str:
        return self.part.name


class FleetRun:
    """What is done on several engines.

    op         the ID of the operation
    what       "v1.5.0 of shop", for people
    waves      who switches after whom
    outcomes   of engines on which nothing is to be done; then of all
    leasing    held while a lease is taken
    """

    def __init__(
        self,
        op: str,
        fleet: Fleet,
        what: str,
        waves: Sequence[Sequence[Member]],
        outcomes: Sequence[EngineOutcome],
        leasing: asyncio.Lock,
        *,
        hint: str,
    ) -> None:
        self._op = op
        self._fleet = fleet
        self._what = what
        self._waves = waves
        self._outcomes = {one.engine: one for one in outcomes}
        self._again = Immediate(op, fleet.engines, leasing)
        self._hint = hint
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._results: dict[str, Result] = {}
        self._watched: dict[str, Watched] = {}
        self._going = asyncio.Event()
        self._going.set()

    async def run(self, report: Report) -> Result:
        """Do it. Raises FleetFailed, FleetSplit, FleetCancelled."""
        members = [member for wave in self._waves for member in wave]
        for outcome in self._outcomes.values():
            report.state(outcome.engine, SKIPPED, title=_title(outcome))
        self._tasks = {
            member.name: asyncio.create_task(self._one(member, report), name=member.name)
            for member in sorted(members, key=lambda member: member.name)
        }
        cancelled = False
        try:
            with self._pausing(report):
                await self._all_arrived(members, report)
                await self._all_waves(report)
        except asyncio.CancelledError:
            cancelled = True
            for task in self._tasks.values():
                task.cancel()
        finally:
            for member in members:
                member.ticket.refuse()
            await shielded(asyncio.wait(self._tasks.values()))
        if not cancelled and self._stopped:
            try:
                await shielded(self._go_back(report))
            except asyncio.CancelledError:  # it is back by now: how each engine stands has to be said
                cancelled = True
        if cancelled and self._fleet.bake:
            await shielded(self._unwatched_back(report))
        return self._end(cancelled=cancelled)

    @contextmanager
    def _pausing(self, report: Report) -> Iterator[None]:
        def turn() -> None:
            if self._going.is_set():
                self._going.clear()
                report.pause(paused=True)
                report.warn("paused: what has begun goes on, and no other engine begins")
            else:
                self._going.set()
                report.pause(paused=False)
                report.warn("it goes on")

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(PAUSING, turn)
        try:
            yield
        finally:
            loop.remove_signal_handler(PAUSING)
            ignore_pausing()

    @property
    def _stopped(self) -> bool:
        if any(task.done() and not task.cancelled() and task.exception() for task in self._tasks.values()):
            return True  # a journal that is full, or a mistake of ours: no other engine begins
        failed = [
            one for one in self._outcomes.values() if one.state in (EngineState.UNDONE, EngineState.BROKEN)
        ]
        return len(failed) > self._fleet.max_failures

    async def _all_arrived(self, members: Sequence[Member], report: Report) -> None:
        """Every lease is taken and every image is there, or it has failed, before anything is switched."""
        for member in members:
            arrived = asyncio.ensure_future(member.ticket.arrived.wait())
            try:
                await asyncio.wait({arrived, self._tasks[member.name]}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                arrived.cancel()
        for member in members:
            if not self._tasks[member.name].done():
                report.state(member.name, WAITING)

    async def _all_waves(self, report: Report) -> None:
        for number, wave in enumerate(self._waves, 1):
            if self._stopped:
                return
            await self._wave(wave, report)
            if self._fleet.bake and not self._stopped:
                report.state(
                    f"{WATCH} {number}", RUNNING, title=f"Watch all that have it for {self._fleet.bake:g} s"
                )
                async with report.step(f"{WATCH} {number}"):
                    await self._watch(report)
                for watched in self._watched.values():
                    watched.over = True

    async def _wave(self, wave: Sequence[Member], report: Report) -> None:
        limit = asyncio.Semaphore(self._fleet.parallel or len(wave))

        async def one(member: Member) -> None:
            async with limit:
                await self._going.wait()
                if not self._stopped and not self._tasks[member.name].done():
                    report.state(member.name, RUNNING)
                    member.ticket.go()
                    await asyncio.wait([self._tasks[member.name]])

        await asyncio.gather(*map(one, wave))

    async def _one(self, member: Member, report: Report) -> None:
        """One engine, from its lease to its end; how that is goes to the outcomes."""
        name, began = member.name, time.time()
        inner = report.within(name, name)
        # What ends as nobody foresaw wants attention: it is never taken for done, nor forgotten.
        state, message, result = EngineState.BROKEN, UNFORESEEN, Result()
        try:
            report.state(name, RUNNING)
            for step in member.planned.plan.steps:
                inner.state(step.id, WAITING, title=step.title)
            result = await member.planned.run(inner)
            state, message = EngineState.DONE, ""
            if self._fleet.bake:
                watched = self._watched[name] = Watched(member.part)
                with suppress(asyncio.CancelledError):  # it has it all the same
                    await shielded(watched.begin())
        except NotBegun as error:
            state, message = EngineState.BEHIND, error.message
        except asyncio.CancelledError:
            state, message = EngineState.BEHIND, "cancelled before anything was begun"
        except HoldfastError as error:
            state, message = self._failed(member, error), error.message
        finally:
            seconds = max(time.time() - began - member.ticket.waited, 0.0)
            self._note(member, state, message, result, seconds)
            inner.close()
        ends = {EngineState.DONE: DONE, EngineState.BEHIND: SKIPPED}
        report.state(name, ends.get(state, FAILED), seconds=seconds)

    def _note(self, member: Member, state: EngineState, message: str, result: Result, seconds: float) -> None:
        serves = member.before.called
        if state is EngineState.DONE:
            self._results[member.name] = result
            serves = _serves(result)
        self._outcomes[member.name] = EngineOutcome(
            engine=member.name,
            state=state,
            before=member.before.called,
            after=serves if state is not EngineState.BROKEN else "",
            gap_seconds=result.gap_seconds,
            seconds=seconds,
            message=message,
        )

    def _failed(self, member: Member, error: HoldfastError) -> EngineState:
        """What becomes of an engine whose deploy has failed."""
        if not member.ticket.used:  # nothing was changed there
            skips = self._fleet.on_unreachable is Unreachable.SKIP
            away = skips and isinstance(error, EngineUnreachable)
            return EngineState.BEHIND if away or error.exit_status == CANCELLED else EngineState.UNDONE
        return EngineState.UNDONE if isinstance(error, Undone | Cancelled) else EngineState.BROKEN

    # After a wave

    async def _watch(self, report: Report) -> None:
        """All that have it by now, for as long as the fleet wants; one that gets sick goes back by itself."""
        until = time.monotonic() + self._fleet.bake
        while (left := until - time.monotonic()) > 0 and not self._stopped:
            await asyncio.sleep(min(left, LOOK_SECONDS))
            done = self._done()
            looks = [self._watched[member.name].trouble() for member in done]
            for member, trouble in zip(done, await asyncio.gather(*looks), strict=True):
                if trouble:
                    why = f"it did not stay well after its wave: {trouble}"
                    await shielded(self._back(member, report, EngineState.UNDONE, why))

    async def _unwatched_back(self, report: Report) -> None:
        """It was cancelled: who has it, but was not watched to the end, goes back, and who cannot says so."""
        going = []
        for member in self._done():
            if self._watched[member.name].over:
                continue
            if member.before.number:
                going.append(self._back(member, report, EngineState.UNDONE, CUT_SHORT))
            else:
                message = f"{CUT_SHORT}; nothing served before, so it stays"
                self._outcomes[member.name] = self._outcomes[member.name]._replace(message=message)
        await asyncio.gather(*going)

    def _done(self) -> list[Member]:
        return [member for member in self._members() if self._state(member) is EngineState.DONE]

    def _members(self) -> list[Member]:
        return [member for wave in self._waves for member in wave]

    def _state(self, member: Member) -> str:
        outcome = self._outcomes.get(member.name)
        return outcome.state if outcome is not None else ""

    async def _go_back(self, report: Report) -> None:
        """By the fleet's rule, once it has stopped: nobody, the wave that failed, or all."""
        if self._fleet.on_failure is OnFailure.STOP:
            return
        waves = self._waves
        if self._fleet.on_failure is OnFailure.BACK:
            failed = (EngineState.UNDONE, EngineState.BROKEN)
            last = max(
                (n for n, wave in enumerate(waves) if any(self._state(m) in failed for m in wave)), default=0
            )
            waves = waves[last : last + 1]
        going = [m for wave in waves for m in wave if self._state(m) is EngineState.DONE]
        others = "others failed: by on_failure it goes back"
        await asyncio.gather(*(self._back(member, report, EngineState.BACK, others) for member in going))

    async def _back(self, member: Member, report: Report, state: EngineState, why: str) -> None:
        outcome, before = self._outcomes[member.name], member.before
        step = f"{member.name}/back"
        report.state(step, RUNNING, title=f"Back to {before.called or 'nothing'}", parent=member.name)
        try:
            if not before.number:
                raise HoldfastError("nothing served before: there is nothing to go back to")
            planned = await member.part.back(before.number, self._again)
            result = await planned.run(report.within(step, member.name))
        except HoldfastError as error:
            report.state(step, FAILED)
            message = f"{why}, and that failed: {error.message}"
            self._outcomes[member.name] = outcome._replace(state=EngineState.BROKEN, message=message)
            return
        report.state(step, UNDONE)
        version = before.called.partition(" ")[2]
        after = f"{result.release} {version}".rstrip()
        self._outcomes[member.name] = outcome._replace(state=state, after=after, message=why)

    # The end

    def _end(self, *, cancelled: bool) -> Result:
        """Raises where not all engines have it."""
        for member in self._members():
            if member.name not in self._outcomes:  # cancelled before it had begun at all
                self._note(member, EngineState.BEHIND, "nothing was begun", Result(), 0.0)
        order = {name: at for at, name in enumerate(self._fleet.engines)}
        outcomes = tuple(sorted(self._outcomes.values(), key=lambda one: order.get(one.engine, len(order))))
        made = next(iter(self._results.values()), Result())
        have = [one for one in outcomes if one.state in HAS_IT]
        result = Result(image=made.image, digest=made.digest, tags=made.tags, engines=outcomes)
        cut = cancelled and any(
            not self._watched[member.name].over for member in self._done() if self._fleet.bake
        )
        if len(have) == len(outcomes) and not cut:
            return result
        if cancelled:
            hint = self._hint if 0 < len(have) < len(outcomes) else ""
            raise FleetCancelled(_cancelled(self._what, outcomes, cut=cut), hint, result)
        troubles = [task.exception() for task in self._tasks.values() if not task.cancelled()]
        said = [trouble.message for trouble in troubles if isinstance(trouble, HoldfastError)]
        words = "; ".join([*(_why(one) for one in outcomes if one.state not in HAS_IT), *dict.fromkeys(said)])
        message = f"{self._what} is on {len(have)} of {len(outcomes)} engines: {words}"
        if have or any(one.state == EngineState.BROKEN for one in outcomes):
            raise FleetSplit(message, self._hint, result)
        raise FleetFailed(message, "every engine serves what it served before", result)


def _cancelled(what: str, outcomes: Sequence[EngineOutcome], *, cut: bool) -> str:
    """How the fleet stands now; the lines of the engines say why."""
    have = sum(one.state in HAS_IT for one in outcomes)
    undone = any(one.state == EngineState.UNDONE for one in outcomes)
    before = "what was under way is undone; " if undone else ""
    before += "the watch was cut short, and " if cut else ""
    words = f"{what} is on {have or 'none'} of {len(outcomes)} engines"
    broken = [one.engine for one in outcomes if one.state == EngineState.BROKEN]
    words += f"; {', '.join(broken)} wants attention" if broken else ""
    return f"cancelled: {before}{words}"


def _serves(result: Result) -> str:
    """The release that serves by a result, "r2 v1.5.0"."""
    version = result.tags[0].rpartition(":")[2] if result.tags else ""
    return dict(result.facts).get(SERVES) or f"{result.release} {version}".rstrip()


def _title(outcome: EngineOutcome) -> str:
    return f"{outcome.engine}: {outcome.state}" + (f": {outcome.message}" if outcome.message else "")


def _why(outcome: EngineOutcome) -> str:
    return f"{outcome.engine} {outcome.state}" + (f" ({outcome.message})" if outcome.message else "")
