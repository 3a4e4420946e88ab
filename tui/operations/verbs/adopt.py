"""A running container that nobody manages becomes an app, as it stands: nothing is stopped or made anew."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.shielded import shielded
from tui.errors import HoldfastError, Refused
from tui.files import read_file
from tui.ledger.ledger import Ledger
from tui.ledger.way_out import refuse_beyond
from tui.model.app import ReadySpec
from tui.model.digest import short_id
from tui.model.drift import definition_differences
from tui.model.labels import COMPOSE
from tui.model.operation import UNDONE, Plan, PlanStep, Result
from tui.model.release import Outcome, Release
from tui.model.secrets import is_secret_name, mask_text
from tui.model.step import RENAME, RolloutStep, StepKind
from tui.operations.deploying.gate import NotReady, gate
from tui.operations.deploying.leased import lease_step, leased
from tui.operations.deploying.reachable import reachable
from tui.operations.deploying.undisturbed import read_undisturbed
from tui.operations.looking.releases import read_releases
from tui.operations.running.runner import Planned, this_process, whoami
from tui.operations.verbs.adoptable import (
    look,
    refuse_adopted_elsewhere,
    refuse_our_own,
    refuse_taken,
    refuse_unfit,
)
from tui.operations.verbs.adopted_image import AdoptedImage, image_of
from tui.settings.app_file import app_file, write_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine
    from tui.engine.container.adoption import Adoption
    from tui.ledger.lease import Lease
    from tui.model.app import AppSpec
    from tui.operations.running.report import Report
    from tui.settings.app_file import AppFile

FILE, RECORD = "file", "record"


async def plan(
    engine: Engine,
    apps: Mapping[str, AppSpec],
    op: str,
    name: str,
    container: str = "",
    place: str = "",
    environ: Mapping[str, str] = os.environ,
) -> Planned:
    """Adopt a container as the app `name`. Raises HoldfastError.

    apps       those that are configured: one of this name keeps its definition, and no file is written
    container  its name or ID; "" where it is called as the app is to be
    place      the docker context or endpoint that the app is tied to, "" for none
    """
    ledger = await Ledger.open(engine, environ)
    one = await look(engine, container or name)
    await refuse_our_own(engine, ledger, one.container)
    refuse_unfit(one, name)
    releases, _ = await read_undisturbed(engine, ledger, name)
    refuse_taken(releases, one.container)
    await refuse_adopted_elsewhere(ledger, one.container, name)
    number = releases.standing.next_number
    refuse_beyond(name, number)
    configured = apps.get(name)
    image = image_of(one, name, configured.image if configured else "")
    file = None
    if configured is None:
        day = time.strftime("%Y-%m-%d")
        comments = [
            f"Adopted on {day} from the container {one.container.name} on {ledger.host}.",
            "It is yours now: Holdfast does not write it again. holdfast init --example shows every key.",
        ]
        file = await asyncio.to_thread(app_file, name, image.repository, one.run, comments, place, environ)
        if await asyncio.to_thread(os.path.exists, file.path):
            raise Refused(f"{file.path} exists and is not overwritten", "move it away first")
    app = configured or (file.app if file is not None else None)
    release = Release(
        app=name,
        number=number,
        version=image.version,
        reference=image.reference,
        digest=image.digest,
        image=one.container.image_id,
        run=one.run,
        ready=app.ready if app is not None else ReadySpec(),
        order=app.order if app is not None else "stop-first",
        by=whoami(),
        host=socket.gethostname(),
        at=time.time(),
        op=op,
        adopted=True,
        container=one.container.id,
    )
    adoption = _Adoption(engine, ledger, one, release, image, file)
    return Planned(adoption.plan(configured), adoption.run)


class _Adoption:
    """Adopting a container as this release.

    file   that makes it an app, None where it is configured already
    """

    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        one: Adoption,
        release: Release,
        image: AdoptedImage,
        file: AppFile | None,
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._kept = one.container
        self._found = one
        self._release = release
        self._image = image
        self._file = file
        self._recorded = False

    def plan(self, configured: AppSpec | None) -> Plan:
        """What will be done; `configured` is the app of this name where there is one."""
        release, file = self._release, self._file
        return Plan(
            f"Adopt the container {self._kept.name} as {release.app} r{release.number}",
            tuple(self._steps()),
            (
                ("host", self._ledger.host),
                ("engine", self._engine.endpoint.url),
                ("container", f"{self._kept.name} ({short_id(self._kept.id)})"),
                ("image", self._image.reference),
                ("file", file.path if file is not None else ""),
            ),
            tuple(self._warnings(configured)),
            verb="Adopt",
            text=file.shown if file is not None else (),
        )

    def _steps(self) -> list[PlanStep]:
        name, kept = self._release.app, self._kept
        steps = [lease_step(name)]
        if kept.name != name:
            steps.append(PlanStep(RENAME, f"Rename the container {kept.name} to {name}; it runs on"))
        if self._file is not None:
            steps.append(PlanStep(FILE, f"Write {self._file.path}"))
        return [*steps, PlanStep(RECORD, f"Record it as r{self._release.number} in the ledger")]

    def _warnings(self, configured: AppSpec | None) -> list[str]:
        kept, found = self._kept, self._found
        warnings = [*self._ledger.notes]
        if project := kept.labels.get(f"{COMPOSE}project"):
            service = kept.labels.get(f"{COMPOSE}service", kept.name)
            files = kept.labels.get(f"{COMPOSE}project.config_files", "the compose file")
            warnings.append(
                f"Docker Compose made it (project {project}, service {service}) and still manages it: "
                f"take the service {service} out of {files}, and leave out --remove-orphans for as long as "
                "r1 is kept; containers that Holdfast makes are none of Compose's"
            )
        if found.left:
            warnings.append(
                f"an app has no word for: {'; '.join(found.left)}. The next deploy makes a container without"
            )
        if self._file is not None and self._file.left:
            warnings.append(f"left out of the file: {'; '.join(self._file.left)}")
        warnings += [
            f"what is in {target} lies in a volume without a name: the app names it by its ID, "
            "so that the next release finds it"
            for target in found.unnamed.values()
        ]
        if self._file is not None and (secret := _secrets(found.run.environment)):
            warnings.append(
                f"{', '.join(secret)}: the values of what looks secret stand in the file, which only you can "
                "read; move them to a file that env_file names"
            )
        if configured is not None and (other := definition_differences(configured, self._release)):
            warnings.append(
                f"{configured.origin} says otherwise than the container: {', '.join(other)}; "
                "the next deploy puts that into service"
            )
        return warnings

    async def run(self, report: Report) -> Result:
        variables = self._found.run.environment
        report.hide(variables[name] or "" for name in _secrets(variables))
        release = self._release
        name = self._kept.name
        owner = this_process(release.op, title=f"adopt {name}", verb="adopt", what=name)
        async with leased(self._engine, release.app, owner, report) as lease:
            await self._check_again()
            await self._under_lease(lease, report)
        return Result(
            image=release.image,
            digest=release.digest,
            tags=(f"{self._image.repository}:{release.version}",) if release.version else (),
            release=f"r{release.number}",
            facts=(("file", self._file.path),) if self._file is not None else (),
        )

    async def _check_again(self) -> None:
        """Only now nobody else changes it. Raises Refused where it is not what was planned any more."""
        found = await look(self._engine, self._kept.name)
        kept = found.container
        releases = await read_releases(self._engine, self._ledger, self._release.app)
        refuse_taken(releases, self._kept)
        same = (kept.id, kept.name, kept.running) == (self._kept.id, self._kept.name, True)
        if not same or found.run != self._found.run or releases.standing.next_number != self._release.number:
            raise Refused(f"the container {self._kept.name} has changed since the plan was made", "try again")

    async def _under_lease(self, lease: Lease, report: Report) -> None:
        """The record comes last: until then everything can be taken back."""
        try:
            if self._kept.name != self._release.app:
                async with report.step(RENAME):
                    await lease.guard(RENAME)
                    await shielded(self._engine.containers.rename(self._kept.id, self._release.app))
            if self._file is not None:
                async with report.step(FILE):
                    await shielded(asyncio.to_thread(write_app, self._file))
            async with report.step(RECORD):
                release = self._release._replace(gate_passed=await self._passes(report), at=time.time())
                await lease.guard(RolloutStep(StepKind.RECORD, self._release.number).id)
                await shielded(self._record(release))
        except (asyncio.CancelledError, HoldfastError) as error:
            if not self._recorded:
                await shielded(self._take_back(report))
                raise
            if isinstance(error, HoldfastError):
                report.warn(f"how it turned out could not be recorded: {error.message}")

    async def _passes(self, report: Report) -> bool:
        """It is adopted as it stands; whether a roll back may come back to it by itself, its gate says."""

        async def address(port: int) -> tuple[str, int]:
            return await reachable(self._engine, self._kept.id, port)

        try:
            await gate(
                self._engine,
                self._kept.id,
                self._release.ready,
                say=lambda words: report.log(RECORD, words, 0),
                address=address,
            )
        except NotReady as error:
            report.warn(f"{error.message}: no roll back goes back to it by itself")
            return False
        return True

    async def _record(self, release: Release) -> None:
        await self._ledger.record(release)
        self._recorded = True
        outcome = Outcome(
            release.number, True, time.time(), message="adopted as it stood", container=self._kept.id
        )
        await self._ledger.outcome(release.app, outcome)

    async def _take_back(self, report: Report) -> None:
        """By what is there: a step that was begun may have failed, or have been done and cancelled."""
        if self._file is not None and await asyncio.to_thread(_remove_if_ours, self._file):
            report.state(FILE, UNDONE)
        if self._kept.name != self._release.app:
            now = await self._engine.containers.inspect(self._kept.id)
            if now.name == self._release.app:
                await self._engine.containers.rename(now.id, self._kept.name)
                report.state(RENAME, UNDONE)


def _remove_if_ours(file: AppFile) -> bool:
    """Whether there was a file with these contents, which is removed. Blocks."""
    path = Path(file.path)
    try:
        if read_file(path) != file.text.encode():
            return False
        path.unlink()
    except OSError:
        return False
    return True


def _secrets(variables: Mapping[str, str | None]) -> list[str]:
    """The names of those that are secret by their name or by their look."""
    return sorted(
        name
        for name, value in variables.items()
        if value and (is_secret_name(name) or mask_text(value) != value)
    )
