"""Going back to an earlier release: its exact bytes and its exact configuration."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.errors import Refused
from tui.ledger.ledger import Ledger
from tui.model.differences import differences
from tui.model.reference import registry_host
from tui.model.release import Soundness
from tui.model.ways_back import default_of, doubt_of, passed_over
from tui.operations.checks import file_hashes
from tui.operations.deploy import Deploy
from tui.operations.recreating import creation_again
from tui.operations.release_source import Target
from tui.operations.runner import whoami
from tui.operations.undisturbed import read_undisturbed
from tui.operations.ways_back import find_ways_back, not_as_recorded

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.engine.container.inspected import Inspected
    from tui.model.app import AppSpec
    from tui.model.operation import Plan
    from tui.model.policy import Policy
    from tui.model.release import Entry, Release


class Rollback(Deploy):
    """A deploy of what an earlier release was, or of what the live one was recorded as.

    to      its number, 0 for the newest one that nothing speaks against
    force   whether it may be one whose record or container is not to be trusted
    """

    name, verb = "rollback", "Roll back"

    def __init__(
        self, engine: Engine, app: AppSpec, policy: Policy, op: str, to: int = 0, *, force: bool = False
    ) -> None:
        super().__init__(engine, app, policy, op, "")
        self._to = to
        self._force = force
        self._doubts: tuple[str, ...] = ()
        self._forced = False
        self._entry: Entry
        self._past: Inspected | None = None

    async def plan(self) -> Plan:
        self._ledger = await Ledger.open(self._engine)
        self._releases = await read_undisturbed(self._engine, self._ledger, self._app.name)
        self._refuse_if_blocked()
        self._entry = await self._chosen()
        self._past = self._releases.containers.get(self._earlier.number)
        if self._earlier.from_labels and self._past is not None:
            found = await self._engine.containers.adoption(self._past.id)
            self._entry = self._entry._replace(release=self._earlier._replace(run=found.run))
        self._target = await self._find()
        release = await self._release()
        warnings = [
            *self._doubts,
            *self._ledger.notes,
            *self._releases.stranger_notes(),
            *await self._changed_files(),
        ]
        warnings += await self._check(release)
        plan = self._plan(release, warnings)
        typed = self._app.name if self._forced else ""
        return plan._replace(facts=(*plan.facts, *self._differences()), typed=typed)

    @property
    def _earlier(self) -> Release:
        """What is gone back to."""
        return self._entry.release

    async def _check(self, release: Release) -> list[str]:
        """What the earlier container has by reference needs no file on this machine."""
        if self._past is None:
            return await super()._check(release)
        known = {name: value or "" for name, value in release.run.environment.items()}
        run = release.run._replace(env_file=(), environment=known, security_opt=())
        return await super()._check(release._replace(run=run))

    async def _creation(self, release: Release) -> Creation:
        full = release._replace(run=self._earlier.run)
        return await creation_again(self._engine, full, self._entry, self._past)

    async def _chosen(self) -> Entry:
        app, releases = self._app, self._releases
        ways = await find_ways_back(self._engine, releases)
        number = self._to or default_of(ways)
        if number is None:
            raise Refused(
                f"{app.name} has no earlier release that a roll back may go to by itself",
                f"holdfast rollback {app.name} --to rN says what it needs"
                if ways
                else f"holdfast history {app.name} shows what there is",
                tuple(f"{releases.called(way.number)}: {way.why_not}" for way in ways),
            )
        entry = releases.entries.get(number)
        if entry is None:
            known = ", ".join(f"r{one}" for one in releases.standing.good) or "none"
            raise Refused(f"{app.name} has no release r{number}", f"good ones: {known}")
        if number == releases.standing.live:
            return await self._live(entry)
        way = next((way for way in ways if way.number == number), None)
        if way is None:
            return self._refuse(entry)
        if not self._to:
            self._doubts = tuple(
                f"{releases.called(one.number)} is passed over: {one.why_not}"
                for one in passed_over(ways, number)
            )
        elif way.why_not:
            self._doubt(number, way.why_not, untrusted=way.untrusted)
        return entry

    async def _live(self, entry: Entry) -> Entry:
        """The live one is made anew from its record, and what its container has become is named."""
        live, number = self._releases.live, entry.release.number
        changed = entry.integrity.state is Soundness.CHAIN_BROKEN
        if entry.outcome is None or (not entry.good and not changed):
            return self._refuse(entry)
        if doubt := doubt_of(entry):
            self._doubt(number, doubt, untrusted=True)
        if live is not None and (found := await not_as_recorded(self._engine, live, entry, live=True)):
            self._doubts += (f"the container of r{number} is not as recorded: {', '.join(found)}",)
        return entry

    def _doubt(self, number: int, why: str, *, untrusted: bool) -> None:
        if untrusted and not self._force:
            raise Refused(
                f"r{number} is not to be trusted: {why}",
                f"holdfast rollback {self._app.name} --to r{number} --force goes there all the same",
            )
        self._forced = untrusted
        self._doubts = (f"r{number}: {why}",)

    def _refuse(self, entry: Entry) -> Entry:
        number, release = entry.release.number, entry.release
        if doubt := doubt_of(entry):
            raise Refused(f"r{number} is no way back: {doubt}", "choose a good release")
        if entry.good or release.adopted:
            raise Refused(
                f"the image of r{number} ({release.image[7:19]}) is gone, and it was local only",
                f"build {release.version or 'it'} again and deploy that",
            )
        raise Refused(f"r{number} never passed its gate: it is no way back", "choose a good release")

    async def _find(self) -> Target:
        """Its image on this engine, else where to pull it from; the network is needed only then."""
        earlier = self._earlier
        names = [earlier.reference, self._past.image_id if self._past else "", earlier.image]
        for name in filter(None, names):
            try:
                image = await self._engine.images.config(name)
            except NotFound:
                continue
            return Target(
                earlier.version, name, earlier.digest, image.id, "", local=True,
            )  # fmt: skip
        if not earlier.digest:
            raise Refused(
                f"the image of r{earlier.number} ({earlier.image[7:19]}) is gone, and it was local only",
                f"build {earlier.version or 'it'} again and deploy that",
            )
        return Target(
            earlier.version, earlier.reference, earlier.digest, "", registry_host(self._app.image),
            local=False,
        )  # fmt: skip

    async def _release(self) -> Release:
        standing = self._releases.standing
        return self._earlier.made_anew(
            number=standing.next_number,
            reference=self._target.reference,
            previous=standing.live or 0,
            by=whoami(),
            host=socket.gethostname(),
            at=time.time(),
            op=self._op,
        )

    def _title(self, release: Release) -> str:
        if release.rollback_of == self._releases.standing.live:
            called = self._releases.called(release.rollback_of)
            return f"Make {self._app.name} {called} anew as r{release.number}"
        return f"Roll {self._app.name} back to r{release.rollback_of} {release.version} as r{release.number}"

    def _what(self, release: Release) -> str:
        return self._releases.called(release.rollback_of)

    async def _changed_files(self) -> list[str]:
        """Files that were referred to and are something else now; the container, if it is there, has them."""
        if self._past is not None:
            return []
        now = await asyncio.to_thread(file_hashes, self._earlier.run)
        return [
            f"{file.path} has changed since r{self._earlier.number}: its present contents are used"
            for file in self._earlier.files
            if now.get(file.path) != file.sha256
        ]

    def _differences(self) -> list[tuple[str, str]]:
        """What is different from the live release, values of variables left out."""
        live = self._releases.standing.live
        entry = self._releases.entries.get(live) if live is not None else None
        if entry is None:
            return []
        found = differences(entry.release, self._earlier)
        return [(f"changes {name}", words) for name, words in found] or [("changes", "nothing but the image")]
