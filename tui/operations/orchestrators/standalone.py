"""Releases as containers of one engine, without a swarm: the ledger is in a volume of that engine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.model.switching import START_FIRST
from tui.operations.deploying.carrying import foreseen
from tui.operations.deploying.checks import check_run
from tui.operations.deploying.host_checks import check_room
from tui.operations.deploying.leased import leased
from tui.operations.deploying.orchestrator import Foreseen
from tui.operations.deploying.pulling import pull, pulled
from tui.operations.deploying.recreating import creation_again, new_creation
from tui.operations.deploying.retention import leftover
from tui.operations.deploying.retiring import outgoing, unneeded
from tui.operations.deploying.surroundings import look_around
from tui.operations.deploying.targets import check_image_platform
from tui.operations.deploying.undisturbed import read_undisturbed
from tui.operations.looking.releases import read_releases
from tui.operations.looking.ways_back import find_ways_back, not_as_recorded
from tui.operations.orchestrators.containers import Containers
from tui.operations.testing.cleanup import alive, left_over
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.ledger.lease import Lease
    from tui.ledger.lease_state import Owner
    from tui.model.app import AppSpec, RunSpec
    from tui.model.engine import Usage
    from tui.model.image import ImageConfig
    from tui.model.network import Network
    from tui.model.release import Entry, Outcome, Release
    from tui.model.retention import Going
    from tui.model.step import RolloutStep
    from tui.model.volume import Volume
    from tui.model.ways_back import WayBack
    from tui.operations.deploying.orchestrator import HeldLease
    from tui.operations.deploying.retention import Leftover
    from tui.operations.deploying.surroundings import Surroundings
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report


class Standalone:
    """One engine and its ledger (see deploying.orchestrator.Orchestrator). Making it asks nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ledger = Ledger(engine)
        self._around: Surroundings | None = None

    @property
    def host(self) -> str:
        return self._ledger.host

    @property
    def url(self) -> str:
        return self._engine.endpoint.url

    @property
    def notes(self) -> Sequence[str]:
        return self._ledger.notes

    async def read(self, app: str) -> Deployed:
        return await read_releases(self._engine, self._ledger, app)

    async def read_undisturbed(self, app: str) -> Deployed:
        found = await read_undisturbed(self._engine, self._ledger, app)
        self._around = found.around
        return found.releases

    async def read_again(self, before: Deployed) -> Deployed:
        """The ledger takes long: it is read only where there is something new."""
        engine, ledger, app = self._engine, self._ledger, before.standing.app
        likely = [one.id for one in before.containers.values()]
        reading = read_releases(engine, ledger, app, before.entries, likely)
        found: Deployed
        found, newer = await all_of(reading, ledger.is_recorded(app, before.standing.next_number))
        if found.standing == before.standing and found.foreign is None and not newer:
            return found
        return await read_releases(engine, ledger, app, likely=likely)

    async def read_own(self, before: Deployed, number: int) -> Deployed:
        engine, ledger, app = self._engine, self._ledger, before.standing.app
        made = await ledger.written(app, number)
        entries = None if made is None else {**before.entries, number: made}
        likely = [one.id for one in before.containers.values()]
        return await read_releases(engine, ledger, app, entries, likely)

    async def ways_back(self, releases: Deployed) -> tuple[WayBack, ...]:
        return await find_ways_back(self._engine, releases)

    async def differing(self, releases: Deployed, number: int, *, live: bool) -> tuple[str, ...]:
        one, entry = releases.containers.get(number), releases.entries.get(number)
        if one is None or entry is None:
            return ()
        return await not_as_recorded(self._engine, one, entry, live=live)

    async def run_of(self, releases: Deployed, number: int) -> RunSpec | None:
        one = releases.containers.get(number)
        return (await self._engine.containers.adoption(one.id, one.image_id)).run if one is not None else None

    async def record(self, release: Release) -> None:
        await self._ledger.record(release)

    async def outcome(self, app: str, outcome: Outcome) -> None:
        await self._ledger.outcome(app, outcome)

    def leased(
        self, app: str, owner: Owner, report: Report | None = None
    ) -> AbstractAsyncContextManager[Lease]:
        return leased(self._engine, app, owner, report)

    async def left_behind(self, app: str) -> bool:
        if await read_lease(self._engine, app) is not None:
            return True
        return bool(await left_over(self._engine, alive, socket.gethostname()))

    async def image(self, reference: str) -> ImageConfig | None:
        try:
            return await self._engine.images.config(reference)
        except NotFound:
            return None

    async def runnable(self, app: AppSpec, reference: str, known: ImageConfig | None = None) -> ImageConfig:
        image = known or await pulled(self._engine, reference)
        check_image_platform(self._engine, app, image)
        return image

    async def pull(self, reference: str, host: str, report: Report, step: str) -> None:
        await pull(self._engine, reference, host, report, step)

    async def unneeded(self, app: AppSpec, releases: Deployed) -> list[Going]:
        return await unneeded(self._engine, self._ledger, app, releases)

    async def leftover(self, app: AppSpec, releases: Deployed, leaving: Sequence[int]) -> Leftover:
        return await leftover(self._engine, self._ledger, app, releases, leaving)

    async def usage(self) -> Usage:
        return await self._engine.usage()

    async def remove_image(self, reference: str) -> None:
        await self._engine.images.remove(reference)

    async def remove_volume(self, name: str) -> None:
        await self._engine.volumes.remove(name)

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
        engine = self._engine
        checked = release
        if former is not None and former.release.number in releases.containers:
            # What that container has by reference needs no file on this machine.
            known = {name: value or "" for name, value in release.run.environment.items()}
            run = release.run._replace(env_file=(), environment=known, security_opt=())
            checked = release._replace(run=run)
        around = self._around or await look_around(engine)
        checking, going, scarce, creation = await all_of(
            check_run(engine, app, checked, releases, around),
            outgoing(self, app, releases, release, steps),
            check_room(engine, size),
            self._creation(release, former, releases),
        )
        declared = image.volumes if image is not None else None
        volumes = foreseen(creation, declared, release, releases, around.volumes)
        warnings = [*checking, *scarce]
        if release.order == START_FIRST and releases.live is not None:
            warnings += [f"both releases write {one.target} for a while" for one in volumes.carried]
        missing = _named(*_absent(app, around.networks, around.volumes))
        return Foreseen([*warnings, *volumes.warnings], volumes.facts, going, missing)

    async def _creation(self, release: Release, former: Entry | None, releases: Deployed) -> Creation:
        if former is None:
            return await new_creation(release)
        past = releases.containers.get(former.release.number)
        return await creation_again(self._engine, release, former, past)

    async def missing(self, app: AppSpec) -> list[str]:
        return _named(*await self._absent_now(app))

    async def _absent_now(self, app: AppSpec) -> tuple[list[str], list[str]]:
        if not (app.create_networks or app.create_volumes):
            return [], []
        return _absent(app, *await all_of(self._engine.networks.list(), self._engine.volumes.list()))

    async def create_declared(self, app: AppSpec, lease: HeldLease, report: Report, step: str) -> None:
        networks, volumes = await self._absent_now(app)
        for name in networks:
            await lease.guard(step)
            await self._engine.networks.create(name)
            report.log(step, f"network {name}", 0)
        for name in volumes:
            await lease.guard(step)
            await self._engine.volumes.create(name)
            report.log(step, f"volume {name}", 0)

    async def stage(
        self,
        app: AppSpec,
        releases: Deployed,
        report: Report,
        release: Release | None = None,
        former: Entry | None = None,
        *,
        volumes_going: Collection[str] = (),
    ) -> Containers:
        creation = await self._creation(release, former, releases) if release is not None else None
        return Containers(self._engine, app, releases, report, release, creation, volumes_going)


def _absent(
    app: AppSpec, networks: Sequence[Network], volumes: Sequence[Volume]
) -> tuple[list[str], list[str]]:
    """Networks and volumes that are declared and not there."""
    there, kept = {network.name for network in networks}, {volume.name for volume in volumes}
    return (
        [name for name in app.create_networks if name not in there],
        [name for name in app.create_volumes if name not in kept],
    )


def _named(networks: Sequence[str], volumes: Sequence[str]) -> list[str]:
    return [*(f"network {name}" for name in networks), *(f"volume {name}" for name in volumes)]
