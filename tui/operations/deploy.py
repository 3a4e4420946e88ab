"""Putting an exact digest into service, and a way back at every step."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.uncancelled import to_the_end
from tui.errors import HoldfastError, Refused
from tui.evidence.files import name_version
from tui.ledger.errors import LeaseLost
from tui.ledger.lease import Lease
from tui.ledger.ledger import Ledger
from tui.ledger.records import spec_hash
from tui.ledger.way_out import refuse_beyond
from tui.model.digest import short_id
from tui.model.evidence import facts_of
from tui.model.operation import CANCELLED, Plan, PlanStep, Result
from tui.model.reference import valid_tag
from tui.model.release import Referenced, Release
from tui.model.step import NETWORKS
from tui.model.switching import START_FIRST, deploy
from tui.operations.carrying import GoingOn, foreseen
from tui.operations.checks import check_run, file_hashes
from tui.operations.gate import kept
from tui.operations.host_checks import check_room
from tui.operations.known_versions import moved_words, refuse_moved
from tui.operations.live_already import live_already, nothing_to_do
from tui.operations.pulling import PULL, pull, pulled
from tui.operations.recreating import new_creation
from tui.operations.release_source import Target, check_image_platform, resolve_version
from tui.operations.releases import Deployed, read_releases
from tui.operations.retiring import PRUNE, image_steps, outgoing, retire
from tui.operations.rollout import Means, Rollout
from tui.operations.runner import this_process, whoami
from tui.operations.taken import refuse_taken
from tui.operations.undisturbed import read_undisturbed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.retention import Going
    from tui.model.step import Step
    from tui.operations.report import Report

LEASE = "lease"


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


class Deploy:
    """Deploying a version of an app (see operations.runner.Verb); `op` is the operation's ID."""

    name, verb = "deploy", "Deploy"

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        policy: Policy,
        op: str,
        version: str,
        *,
        digest: str = "",
        again: bool = False,
    ) -> None:
        """`digest` are the exact bytes that are meant, whatever `version` names; `again` also where they are
        live already."""
        self._engine = engine
        self._app = app
        self._policy = policy
        self._op = op
        self._version = version
        self._digest = digest
        self._again = again
        self._target: Target
        self._releases: Deployed
        self._ledger: Ledger
        self._volumes: GoingOn
        self._outgoing: list[Going]

    async def plan(self) -> Plan:
        app = self._app
        self._ledger = await Ledger.open(self._engine)
        self._releases, self._target = await asyncio.gather(
            read_undisturbed(self._engine, self._ledger, app.name), self._resolved()
        )
        self._refuse_if_blocked()
        await self._look_for_moves()
        self._refuse_untested()
        await self._end_if_live()
        release = await self._release()
        warnings = [*self._ledger.notes, *self._releases.stranger_notes(), *self._target.warnings]
        warnings += await self._check(release)
        return self._plan(release, warnings)

    async def foresee(self) -> Plan:
        """What can be said before the version has bytes: what is refused whatever they are is raised.

        Raises HoldfastError.
        """
        app = self._app
        self._ledger = await Ledger.open(self._engine)
        self._releases = await read_undisturbed(self._engine, self._ledger, app.name)
        self._refuse_if_blocked()
        reference = f"{app.image}:{self._version}"
        self._target = Target(self._version, reference, "", "", "", local=False)
        release = await self._release()
        warnings = [*self._ledger.notes, *self._releases.stranger_notes(), *await self._check(release)]
        return self._plan(release, warnings)

    async def _resolved(self) -> Target:
        """The bytes that are meant. An image's ID is the digest where there is no registry."""
        if not self._digest:
            return await resolve_version(self._engine, self._app, self._version)
        digest = f"sha256:{self._digest.removeprefix('sha256:')}"
        found = await resolve_version(self._engine, self._app, digest)
        return found._replace(version=self._version if not valid_tag(self._version) else "")

    async def _look_for_moves(self) -> None:
        """Other bytes than the version named before are refused, unless they are meant."""
        app, target = self._app, self._target
        words = await moved_words(
            self._engine, app, self._policy, target.version, target, self._releases.entries
        )
        if not self._digest:
            refuse_moved(app, words, target)
        elif words:
            self._target = target._replace(warnings=(*target.warnings, f"{words}, which is meant"))

    async def _end_if_live(self) -> None:
        target = self._target
        if self._again:
            return
        live = await live_already(
            self._releases, self._app, version=target.version, digest=target.digest, image=target.image
        )
        if live is not None:
            raise nothing_to_do(self._releases, live)

    async def _check(self, release: Release) -> list[str]:
        """Warnings; what cannot work is refused now, while nothing has been changed."""
        if self._target.local:
            await self._image_of(release)
        engine, app, steps = self._engine, self._app, self._steps(release)
        warnings, self._outgoing = await asyncio.gather(
            check_run(engine, app, release, self._releases),
            outgoing(engine, self._ledger, app, self._releases, release, steps),
        )
        warnings += await check_room(self._engine, self._target.size)
        creation = await self._creation(release)
        self._volumes = going_on = await foreseen(self._engine, creation, release, self._releases)
        if release.order == START_FIRST and self._releases.live is not None:
            warnings += [f"both releases write {one.target} for a while" for one in going_on.carried]
        return [*warnings, *going_on.warnings]

    def _refuse_if_blocked(self) -> None:
        app, releases = self._app, self._releases
        refuse_taken(releases)
        refuse_beyond(app.name, releases.standing.next_number)
        if releases.standing.open:
            number = releases.standing.open[0]
            raise Refused(
                f"a deploy of {app.name} (r{number}) was interrupted and is neither finished nor undone",
                f"holdfast recover {app.name}",
            )

    def _refuse_untested(self) -> None:
        name, version = self._app.name, self._version
        for missing in self._policy.missing(self._target.evidence, name, version):
            if missing.enforced:
                raise Refused(f"{name} {version} {missing.lacks} here", missing.remedy)

    async def _release(self) -> Release:
        """The release as it will be recorded."""
        app, target, standing = self._app, self._target, self._releases.standing
        files = await asyncio.to_thread(file_hashes, app.run)
        return Release(
            app.name,
            standing.next_number,
            target.version,
            target.reference,
            target.digest,
            target.image,
            app.run,
            app.ready,
            tuple(Referenced(path, digest) for path, digest in files.items()),
            app.order,
            facts_of(target.evidence),
            whoami(),
            socket.gethostname(),
            time.time(),
            self._op,
            standing.live or 0,
        )

    async def _creation(self, release: Release) -> Creation:
        return await new_creation(release)

    def _steps(self, release: Release) -> list[Step]:
        drain = bool(self._app.drain) or release.order == "start-first"
        return deploy(self._releases.standing, release.order, drain=drain)

    def _title(self, release: Release) -> str:
        return f"Deploy {self._app.name} {release.version or short_id(release.digest)} as r{release.number}"

    def _what(self, release: Release) -> str:
        """What it acts on, in words."""
        return release.version or short_id(release.digest)

    def _plan(self, release: Release, warnings: Sequence[str]) -> Plan:
        app, releases = self._app, self._releases
        steps = [PlanStep(LEASE, f"Take the lease of {app.name}")]
        if not self._target.local:
            steps.append(PlanStep(PULL, f"Pull {release.reference}"))
        if app.create_networks or app.create_volumes:
            steps.append(PlanStep(NETWORKS, "Create declared networks and volumes that are missing"))
        steps += [PlanStep(step.id, step.title) for step in self._steps(release)]
        going = self._going(release)
        if going:
            steps.append(PlanStep(PRUNE, f"Remove {', '.join(f'r{number}' for number in going)}"))
        steps += image_steps(self._outgoing)
        live = releases.live
        facts = [("host", self._ledger.host), ("engine", self._engine.endpoint.url)]
        facts.append(("new", f"{release.version} {release.digest or release.image}".strip()))
        if live is not None and releases.standing.live is not None:
            entry = releases.entries.get(releases.standing.live)
            digest = (entry.release.digest or entry.release.image) if entry else live.image_id
            facts.append(("old", f"{releases.called(releases.standing.live)} {digest}"))
            facts.append(("way back", f"{releases.called(releases.standing.live)}, at every step"))
        else:
            facts.append(("way back", "none: nothing of this app serves now; a failure leaves it so"))
        facts.append(("gap", self._expected_gap(release)))
        facts += self._volumes.facts
        return Plan(
            self._title(release),
            tuple(steps),
            tuple(facts),
            tuple(dict.fromkeys(warnings)),
            self._equal(release),
            self.verb,
        )

    def _expected_gap(self, release: Release) -> str:
        if self._releases.live is None:
            return "none: nothing serves now"
        if release.order == "start-first":
            return "none: the new one is ready before the old one stops"
        for number in self._releases.standing.good:
            outcome = self._releases.entries[number].outcome
            if outcome is not None and outcome.gap_seconds is not None:
                return f"about {outcome.gap_seconds:.1f} s, as for r{number}"
        return "from the stop of the old one until the new one is ready; not measured yet"

    def _equal(self, release: Release) -> str:
        name, live = self._app.name, self._releases.standing.live
        run = f"docker run -d --name {name} ... {release.reference}"
        return run if live is None else f"docker stop {name} && docker rename {name} {name}.r{live} && {run}"

    def _going(self, release: Release) -> list[int]:
        """Releases that retention removes once the new one is good."""
        standing = self._releases.standing
        kept = [number for number in standing.good if number in standing.slots]
        return kept[max(self._app.keep, 1) :]

    async def run(self, report: Report) -> Result:
        app = self._app
        release = await self._release()
        title, what = self._title(release), self._what(release)
        owner = this_process(self._op, title=title, verb=self.name, what=what)
        async with report.step(LEASE):
            lease = await Lease.acquire(self._engine, app.name, owner)
        try:
            # Only now nobody else changes it: what was planned may be out of date.
            before, self._releases = self._releases, await self._read_again()
            self._refuse_if_blocked()
            if before.standing != self._releases.standing:
                report.warn("the releases have changed since the plan was made: the steps follow them")
            return await self._under_lease(lease, report)
        except asyncio.CancelledError as error:
            raise Cancelled(await to_the_end(self._serving())) from error
        finally:
            await to_the_end(lease.release())

    async def _read_again(self) -> Deployed:
        """As things stand now; the ledger, which takes long, only where there is something new."""
        engine, ledger, name = self._engine, self._ledger, self._app.name
        before = self._releases
        found = await read_releases(engine, ledger, name, before.entries)
        same = found.standing == before.standing and found.foreign is None
        if same and not await ledger.is_recorded(name, before.standing.next_number):
            return found
        return await read_releases(engine, ledger, name)

    async def _under_lease(self, lease: Lease, report: Report) -> Result:
        release = await self._release()
        if not self._target.local:
            async with report.step(PULL):
                await pull(self._engine, release.reference, self._target.host, report)
        image = await self._image_of(release)
        if self._app.create_networks or self._app.create_volumes:
            async with report.step(NETWORKS):
                await self._create_declared(lease, report)
        release = release._replace(image=image)
        creation = await self._creation(release)
        means = Means(self._engine, self._app, self._ledger, lease, report, release, creation)
        rollout = Rollout(means, self._releases)
        try:
            await rollout.make(self._steps(release))
        except LeaseLost:
            raise  # whoever has it now decides what becomes of the app
        except asyncio.CancelledError:
            if await to_the_end(rollout.undo(release.number, None, release.order)):
                raise
            report.warn("too late to cancel: it is done")
        except HoldfastError as error:
            if await to_the_end(rollout.undo(release.number, error, release.order)):
                hint = kept(error, self._op)
                back, serves = self._back(rollout)
                raise Undone(f"{error.message}; {back}", hint, error.detail, serves) from error
            report.warn(f"it is done all the same: {error.message}")
        await retire(means, rollout, self._outgoing)
        await self._keep_in_mind(release, report)
        return Result(
            image=image,
            digest=release.digest,
            tags=(f"{self._app.image}:{release.version}",) if release.version else (),
            release=f"r{release.number}",
            gap_seconds=rollout.gap,
            facts=(("configuration", spec_hash(release.run, release.ready)),),
        )

    async def _keep_in_mind(self, release: Release, report: Report) -> None:
        """So that a version that moves is noticed on every engine that is deployed to from here."""
        if not release.version:
            return
        name, image, version, digest = release.app, release.image, release.version, release.digest
        try:
            await asyncio.to_thread(name_version, name, image, version, digest, time.time())
        except OSError as error:
            report.warn(f"which bytes {version} names could not be kept in mind here: {error.strerror}")

    async def _serving(self) -> str:
        """Which release serves now, "r12 v1.4.0"; "" where none does, or the engine does not say."""
        try:
            releases = await read_releases(self._engine, self._ledger, self._app.name)
        except EngineError:
            return ""
        live = releases.standing.live
        return releases.called(live) if live is not None else ""

    def _back(self, rollout: Rollout) -> tuple[str, str]:
        """What serves now that it is undone: in words, and by its name."""
        if (anew := rollout.serving) is not None:
            return f"the former release did not serve any more: made anew as r{anew}, it serves", f"r{anew}"
        if (back := rollout.back) is None:
            return "nothing was in service, and nothing is", ""
        called = self._releases.called(back)
        again = back == self._releases.standing.live
        return f"{called} {'serves again' if again else 'was started, and serves now'}", called

    async def _image_of(self, release: Release) -> str:
        """The image's ID on this engine. Raises HoldfastError where it is not there, or cannot run here."""
        image = await pulled(self._engine, release.reference)
        check_image_platform(self._engine, self._app, image)
        return image.id

    async def _create_declared(self, lease: Lease, report: Report) -> None:
        networks = {network.name for network in await self._engine.networks.list()}
        volumes = {volume.name for volume in await self._engine.volumes.list()}
        for name in self._app.create_networks:
            if name not in networks:
                await lease.guard(NETWORKS)
                await self._engine.networks.create(name)
                report.log(NETWORKS, f"network {name}", 0)
        for name in self._app.create_volumes:
            if name not in volumes:
                await lease.guard(NETWORKS)
                await self._engine.volumes.create(name)
                report.log(NETWORKS, f"volume {name}", 0)
