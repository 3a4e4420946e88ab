"""A running container that nobody manages becomes an app, as it stands: nothing is stopped or made anew."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.engine.uncancelled import to_the_end
from tui.errors import HoldfastError, Refused
from tui.files import read_file
from tui.ledger.lease import Lease
from tui.ledger.ledger import Ledger
from tui.ledger.way_out import refuse_beyond
from tui.model.app import ReadySpec
from tui.model.app_name import free_name, is_app_name, taken_by
from tui.model.digest import short_id
from tui.model.drift import definition_differences
from tui.model.labels import APP, COMPOSE, LEDGER, RELEASE, TEST
from tui.model.labels import LEASE as LEASE_OF
from tui.model.operation import UNDONE, Plan, PlanStep, Result
from tui.model.release import Outcome, Release
from tui.model.remedies import taken_remedy
from tui.model.secrets import is_secret_name, mask_text
from tui.model.step import RENAME, Step, StepKind
from tui.operations.adopted_image import AdoptedImage, image_of
from tui.operations.gate import NotReady, gate
from tui.operations.reachable import reachable
from tui.operations.releases import read_releases
from tui.operations.runner import this_process, whoami
from tui.operations.undisturbed import read_undisturbed
from tui.settings.app_file import app_file, write_app

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine
    from tui.engine.container.adoption import Adoption
    from tui.engine.container.inspected import Inspected
    from tui.model.app import AppSpec
    from tui.operations.releases import Deployed
    from tui.operations.report import Report
    from tui.settings.app_file import AppFile

LEASE, FILE, RECORD = "lease", "file", "record"

SWARM_SERVICE = "com.docker.swarm.service.name"


class NoSuchContainer(HoldfastError):
    """There is no such container, or it cannot be told what the app is to be called."""

    exit_status = 2


class Adopt:
    """Adopting a container as the app `name` (see operations.runner.Verb).

    apps       those that are configured: one of this name keeps its definition, and no file is written
    container  its name or ID; "" where it is called as the app is to be
    place      the docker context or endpoint that the app is tied to, "" for none
    """

    def __init__(
        self,
        engine: Engine,
        apps: Mapping[str, AppSpec],
        op: str,
        name: str,
        container: str = "",
        place: str = "",
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._engine = engine
        self._configured = apps.get(name)
        self._op = op
        self._name = name
        self._wanted = container or name
        self._place = place
        self._environ = environ
        self._ledger: Ledger
        self._kept: Inspected
        self._found: Adoption
        self._number = 1
        self._image: AdoptedImage
        self._file: AppFile | None = None
        self._recorded = False
        self._gate_passed = False

    async def plan(self) -> Plan:
        self._ledger = await Ledger.open(self._engine, self._environ)
        self._kept, self._found = await self._look()
        await self._refuse_our_own()
        self._refuse_unfit()
        releases = await read_undisturbed(self._engine, self._ledger, self._name)
        self._refuse_taken(releases)
        await self._refuse_adopted_elsewhere()
        self._number = releases.standing.next_number
        refuse_beyond(self._name, self._number)
        self._image = image_of(self._found, self._name, self._configured.image if self._configured else "")
        self._file = await asyncio.to_thread(self._new_file) if self._configured is None else None
        if self._file is not None and await asyncio.to_thread(os.path.exists, self._file.path):
            raise Refused(f"{self._file.path} exists and is not overwritten", "move it away first")
        return Plan(
            f"Adopt the container {self._kept.name} as {self._name} r{self._number}",
            tuple(self._steps()),
            (
                ("host", self._ledger.host),
                ("engine", self._engine.endpoint.url),
                ("container", f"{self._kept.name} ({short_id(self._kept.id)})"),
                ("image", self._image.reference),
                ("file", self._file.path if self._file is not None else ""),
            ),
            tuple(self._warnings()),
            verb="Adopt",
            text=self._file.shown if self._file is not None else (),
        )

    async def _look(self) -> tuple[Inspected, Adoption]:
        try:
            found = await self._engine.containers.adoption(self._wanted)
            return found.container, found
        except NotFound:
            raise NoSuchContainer(
                f"there is no container {self._wanted} on this engine", "docker ps lists what runs"
            ) from None

    def _refuse_unfit(self) -> None:
        kept, name = self._kept, self._name
        if not is_app_name(name):
            raise NoSuchContainer(
                f'"{name}" is no name of an app: it takes a-z, 0-9, ".", "_" and "-", 2 at least',
                f"holdfast adopt {kept.name} --name NAME: the container gets that name",
            )
        if whose := taken_by(name):
            raise NoSuchContainer(
                f'"{name}" is no name of an app: {whose} is called so',
                f"holdfast adopt {kept.name} --name {free_name(name)}: the container gets that name",
            )
        if name != kept.name and kept.id.startswith(name):
            raise NoSuchContainer(
                f"how is the app to be called? {name} is the ID of the container {kept.name}",
                f"holdfast adopt {kept.name}, or holdfast adopt {name} --name NAME",
            )
        if service := kept.labels.get(SWARM_SERVICE):
            raise Refused(
                f"the container {kept.name} is a task of the service {service}, and Swarm manages it",
                "a task cannot be taken from its service",
            )
        if self._found.container.removed:
            raise Refused(
                f"the container {kept.name} was started with --rm: it is gone once it stops, "
                "and there would be no way back to it",
                "start it anew without --rm, then adopt it",
            )
        if not kept.running:
            raise Refused(f"the container {kept.name} does not run", f"docker start {kept.name}")

    async def _refuse_our_own(self) -> None:
        """What the ledger calls a release is ours; labels alone say nothing: images pass them on."""
        kept = self._kept
        if serving := next((label for label in (LEASE_OF, LEDGER, TEST) if label in kept.labels), ""):
            raise Refused(
                f"the container {kept.name} bears the label {serving}: it is one of Holdfast's own",
                f"docker rename {kept.name} ANOTHER-NAME gives its name back; adopt one without that label",
            )
        app = kept.labels.get(APP, "")
        if RELEASE not in kept.labels or not is_app_name(app):
            return
        self._refuse_release(await read_releases(self._engine, self._ledger, app))

    def _refuse_release(self, releases: Deployed) -> None:
        app = releases.standing.app
        for number, one in releases.containers.items():
            if one.id == self._kept.id:
                raise Refused(
                    f"the container {one.name} is {releases.called(number)} of {app} already",
                    f"holdfast status {app}",
                )

    def _refuse_taken(self, releases: Deployed) -> None:
        name, live = self._name, releases.live
        if live is not None:
            number = releases.called(releases.standing.live or 0)
            what = "it is" if live.id == self._kept.id else f"{name} has"
            raise Refused(f"{what} {number} of {name} already, and live", f"holdfast status {name}")
        if releases.foreign is not None and releases.foreign.id != self._kept.id:
            raise Refused(f"another container is called {name}", "choose another name")
        self._refuse_release(releases)
        if releases.standing.open:
            mine = releases.foreign is not None
            remedy = taken_remedy(name, interrupted=True) if mine else f"holdfast recover {name}"
            raise Refused(f"a deploy of {name} was interrupted", remedy)

    async def _refuse_adopted_elsewhere(self) -> None:
        others = [app for app in await self._ledger.apps() if app != self._name]
        for app, entries in zip(
            others, await asyncio.gather(*map(self._ledger.entries, others)), strict=True
        ):
            for entry in entries:
                if entry.release.adopted and entry.release.container == self._kept.id:
                    raise Refused(
                        f"the container {self._kept.name} is r{entry.release.number} of {app} already",
                        f"holdfast status {app}",
                    )

    def _new_file(self) -> AppFile:
        day = time.strftime("%Y-%m-%d")
        comments = [
            f"Adopted on {day} from the container {self._kept.name} on {self._ledger.host}.",
            "It is yours now: Holdfast does not write it again. holdfast init --example shows every key.",
        ]
        return app_file(
            self._name, self._image.repository, self._found.run, comments, self._place, self._environ
        )

    def _steps(self) -> list[PlanStep]:
        name, kept = self._name, self._kept
        steps = [PlanStep(LEASE, f"Take the lease of {name}")]
        if kept.name != name:
            steps.append(PlanStep(RENAME, f"Rename the container {kept.name} to {name}; it runs on"))
        if self._file is not None:
            steps.append(PlanStep(FILE, f"Write {self._file.path}"))
        return [*steps, PlanStep(RECORD, f"Record it as r{self._number} in the ledger")]

    def _warnings(self) -> list[str]:
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
        if self._configured is not None and (other := self._differing(self._configured)):
            warnings.append(
                f"{self._configured.origin} says otherwise than the container: {', '.join(other)}; "
                "the next deploy puts that into service"
            )
        return warnings

    def _differing(self, app: AppSpec) -> list[str]:
        return definition_differences(app, self._release())

    def _release(self) -> Release:
        app, image = self._configured or (self._file.app if self._file else None), self._image
        return Release(
            self._name,
            self._number,
            image.version,
            image.reference,
            image.digest,
            self._kept.image_id,
            self._found.run,
            app.ready if app is not None else ReadySpec(),
            order=app.order if app is not None else "stop-first",
            by=whoami(),
            host=socket.gethostname(),
            at=time.time(),
            op=self._op,
            adopted=True,
            container=self._kept.id,
            gate_passed=self._gate_passed,
        )

    async def run(self, report: Report) -> Result:
        variables = self._found.run.environment
        report.hide(variables[name] or "" for name in _secrets(variables))
        name = self._kept.name
        owner = this_process(self._op, title=f"adopt {name}", verb="adopt", what=name)
        async with report.step(LEASE):
            lease = await Lease.acquire(self._engine, self._name, owner)
        try:
            await self._check_again()
            await self._under_lease(lease, report)
        finally:
            await to_the_end(lease.release())
        release = self._release()
        return Result(
            image=release.image,
            digest=release.digest,
            tags=(f"{self._image.repository}:{release.version}",) if release.version else (),
            release=f"r{release.number}",
            facts=(("file", self._file.path),) if self._file is not None else (),
        )

    async def _check_again(self) -> None:
        """Only now nobody else changes it. Raises Refused where it is not what was planned any more."""
        kept, found = await self._look()
        releases = await read_releases(self._engine, self._ledger, self._name)
        self._refuse_taken(releases)
        same = (kept.id, kept.name, kept.running) == (self._kept.id, self._kept.name, True)
        if not same or found.run != self._found.run or releases.standing.next_number != self._number:
            raise Refused(f"the container {self._kept.name} has changed since the plan was made", "try again")

    async def _under_lease(self, lease: Lease, report: Report) -> None:
        """The record comes last: until then everything can be taken back."""
        try:
            if self._kept.name != self._name:
                async with report.step(RENAME):
                    await lease.guard(RENAME)
                    await to_the_end(self._engine.containers.rename(self._kept.id, self._name))
            if self._file is not None:
                async with report.step(FILE):
                    await to_the_end(asyncio.to_thread(write_app, self._file))
            async with report.step(RECORD):
                await self._look_whether_it_passes(report)
                await lease.guard(Step(StepKind.RECORD, self._number).id)
                await to_the_end(self._record())
        except (asyncio.CancelledError, HoldfastError) as error:
            if not self._recorded:
                await to_the_end(self._take_back(report))
                raise
            if isinstance(error, HoldfastError):
                report.warn(f"how it turned out could not be recorded: {error.message}")

    async def _look_whether_it_passes(self, report: Report) -> None:
        """It is adopted as it stands; whether a roll back may come back to it by itself, its gate says."""

        async def address(port: int) -> tuple[str, int]:
            return await reachable(self._engine, self._kept.id, port)

        try:
            await gate(
                self._engine,
                self._kept.id,
                self._release().ready,
                say=lambda words: report.log(RECORD, words, 0),
                address=address,
            )
        except NotReady as error:
            report.warn(f"{error.message}: no roll back goes back to it by itself")
        else:
            self._gate_passed = True

    async def _record(self) -> None:
        release = self._release()
        await self._ledger.record(release)
        self._recorded = True
        outcome = Outcome(
            release.number, True, time.time(), message="adopted as it stood", container=self._kept.id
        )
        await self._ledger.outcome(self._name, outcome)

    async def _take_back(self, report: Report) -> None:
        """By what is there: a step that was begun may have failed, or have been done and cancelled."""
        if self._file is not None and await asyncio.to_thread(_remove_if_ours, self._file):
            report.state(FILE, UNDONE)
        if self._kept.name != self._name:
            now = await self._engine.containers.inspect(self._kept.id)
            if now.name == self._name:
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
