"""An orchestrator that runs nothing: releases in memory, by the rules of `tui.model.standing` alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.ledger.errors import LeaseLost
from tui.model.engine import Usage
from tui.model.image import ImageConfig
from tui.model.release import Entry
from tui.model.releases import Releases
from tui.model.standing import Slot, Standing, after
from tui.model.step import StepKind
from tui.model.ways_back import ways_back
from tui.operations.deploying.leased import LEASE
from tui.operations.deploying.orchestrator import Foreseen
from tui.operations.deploying.retention import Leftover
from tui.operations.looking.releases import Deployed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from tui.ledger.lease_state import Owner
    from tui.model.app import AppSpec, RunSpec
    from tui.model.release import Outcome, Release
    from tui.model.retention import Going
    from tui.model.step import RolloutStep
    from tui.model.ways_back import WayBack
    from tui.operations.deploying.orchestrator import HeldLease
    from tui.operations.running.report import Report


class Memory:
    """One app at a time (see tui.operations.deploying.orchestrator.Orchestrator).

    fails      the ID of a step -> why it fails, however often it is tried
    begun      an event for the ID of a step that never ends by itself: set once it has been begun
    lost_at    the ID of a step before which the lease is lost
    failing    versions whose gate fails, and why
    images     that are there, by any name
    going      images that nobody needs
    changed    releases whose container is not as it was recorded, and in what
    left       whether somebody who ended left something
    pause      seconds that each step takes; `busy` is set once one has been begun
    made       IDs of the steps that were made
    removed    images that were
    absent     networks and volumes that are declared and missing
    told       steps that the lease was told, one after the other
    """

    host = "box"
    url = "memory://"

    def __init__(self, app: str) -> None:
        self.notes: list[str] = []
        self.fails: dict[str, HoldfastError] = {}
        self.begun: dict[str, asyncio.Event] = {}
        self.lost_at = ""
        self.failing: dict[str, HoldfastError] = {}
        self.images: set[str] = set()
        self.going: list[Going] = []
        self.left = False
        self.pause = 0.0
        self.busy = asyncio.Event()
        self.removed: list[str] = []
        self.made: list[str] = []
        self.held = 0
        self.standing = Standing(app)
        self.entries: dict[int, Entry] = {}
        self.told: list[str] = []
        self.absent: list[str] = []
        self.changed: dict[int, tuple[str, ...]] = {}

    async def read(self, app: str) -> Deployed:
        return Deployed(Releases(self.standing, dict(self.entries)), {})

    async def read_undisturbed(self, app: str) -> Deployed:
        return await self.read(app)

    async def read_again(self, before: Deployed) -> Deployed:
        return await self.read(before.standing.app)

    async def read_own(self, before: Deployed, number: int) -> Deployed:
        return await self.read(before.standing.app)

    async def ways_back(self, releases: Deployed) -> tuple[WayBack, ...]:
        return ways_back(releases.standing, releases.entries, self.images, self.changed)

    async def differing(self, releases: Deployed, number: int, *, live: bool) -> tuple[str, ...]:
        return self.changed.get(number, ())

    async def run_of(self, releases: Deployed, number: int) -> RunSpec | None:
        return None

    async def record(self, release: Release) -> None:
        await self._begin(f"record r{release.number}")
        assert release.number not in self.entries
        self.entries[release.number] = Entry(release)
        self.standing = self.standing._replace(records={**self.standing.records, release.number: None})

    async def outcome(self, app: str, outcome: Outcome) -> None:
        kind = StepKind.GOOD if outcome.good else StepKind.FAILED
        await self._begin(f"{kind} r{outcome.number}")
        entry = self.entries[outcome.number]
        assert entry.outcome is None, "an outcome is written once"
        self.entries[outcome.number] = entry._replace(outcome=outcome)
        self.standing = self.standing._replace(
            records={**self.standing.records, outcome.number: outcome.good}
        )

    @asynccontextmanager
    async def leased(self, app: str, owner: Owner, report: Report | None = None) -> AsyncIterator[_Lease]:
        if report is not None:
            async with report.step(LEASE):
                pass
        assert self.held == 0
        self.held += 1
        try:
            yield _Lease(self)
        finally:
            self.held -= 1

    async def left_behind(self, app: str) -> bool:
        return self.left

    async def image(self, reference: str) -> ImageConfig | None:
        if reference not in self.images:
            return None
        return ImageConfig(reference, (), (), 0.0, 0, "linux", "amd64")

    async def runnable(self, app: AppSpec, reference: str, known: ImageConfig | None = None) -> ImageConfig:
        found = await self.image(reference)
        if found is None:
            raise HoldfastError(f"{reference} is not here")
        return found

    async def pull(self, reference: str, host: str, report: Report, step: str) -> None:
        await self._begin(step)
        self.images.add(reference)

    async def unneeded(self, app: AppSpec, releases: Deployed) -> list[Going]:
        return list(self.going)

    async def leftover(self, app: AppSpec, releases: Deployed, leaving: Sequence[int]) -> Leftover:
        return Leftover(self.going, ())

    async def usage(self) -> Usage:
        return Usage()

    async def remove_image(self, reference: str) -> None:
        await self._begin(f"removing {reference}")
        self.removed.append(reference)

    async def remove_volume(self, name: str) -> None:
        self.removed.append(name)

    async def foresee(
        self,
        app: AppSpec,
        release: Release,
        former: Entry | None,
        releases: Deployed,
        steps: Sequence[RolloutStep],
        *,
        size: int,
        image: ImageConfig | None,
    ) -> Foreseen:
        return Foreseen(outgoing=self.going, missing=await self.missing(app))

    async def missing(self, app: AppSpec) -> list[str]:
        return list(self.absent)

    async def create_declared(self, app: AppSpec, lease: HeldLease, report: Report, step: str) -> None:
        await lease.guard(step)
        self.absent.clear()

    async def stage(
        self,
        app: AppSpec,
        releases: Deployed,
        report: Report,
        release: Release | None = None,
        former: Entry | None = None,
        *,
        volumes_going: Collection[str] = (),
    ) -> _Stage:
        return _Stage(self)

    async def _begin(self, id: str) -> None:
        assert self.held == 1, f"{id} without the lease"
        if id in self.begun:
            self.begun[id].set()
            await asyncio.Event().wait()
        self.busy.set()
        await asyncio.sleep(self.pause)
        if id in self.fails:
            raise self.fails[id]
        self.made.append(id)


class _Lease:
    def __init__(self, memory: Memory) -> None:
        self.again = 0
        self._memory = memory

    def tell(self, step: str) -> None:
        self._memory.told.append(step)

    async def guard(self, step: str) -> None:
        self.tell(step)
        if step == self._memory.lost_at:
            raise LeaseLost(self._memory.standing.app, None)


class _Stage:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def take(self, releases: Deployed) -> None:
        """There is nothing to keep: all is in the memory."""

    def container(self, number: int) -> str:
        slot = self._memory.standing.slots.get(number)
        return slot.id if slot is not None else ""

    async def make(self, step: RolloutStep, id: str) -> None:
        memory, number = self._memory, step.release
        await memory._begin(step.id)
        if step.kind is StepKind.CREATE:
            slot = Slot(f"id{number}", memory.standing.retired_name(number), number, False, False)
            memory.standing = memory.standing._replace(slots={**memory.standing.slots, number: slot})
        else:
            memory.standing = after(memory.standing, step)
        if (
            step.kind is StepKind.GATE
            and (release := memory.entries[number].release).version in memory.failing
        ):
            raise memory.failing[release.version]
