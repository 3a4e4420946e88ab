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
from tui.operations.checks import file_hashes
from tui.operations.deploy import Deploy
from tui.operations.release_source import Target
from tui.operations.runner import whoami
from tui.operations.undisturbed import read_undisturbed

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.recreation import Kept
    from tui.model.app import AppSpec
    from tui.model.operation import Plan
    from tui.model.policy import Policy
    from tui.model.release import Release
    from tui.operations.releases import Releases


def default_target(releases: Releases) -> int | None:
    """The newest earlier release that passed its gate, None where there is none."""
    live = releases.standing.live
    earlier = [number for number in releases.standing.good if number != live]
    return next((number for number in earlier if live is None or number < live), None)


class Rollback(Deploy):
    """A deploy of what an earlier release was; `to` is its number, 0 for the newest good one."""

    verb = "Roll back"

    def __init__(self, engine: Engine, app: AppSpec, policy: Policy, op: str, to: int = 0) -> None:
        super().__init__(engine, app, policy, op, "")
        self._to = to
        self._earlier: Release
        self._past: Kept | None = None

    async def plan(self) -> Plan:
        self._ledger = await Ledger.open(self._engine)
        self._releases = await read_undisturbed(self._engine, self._ledger, self._app.name)
        self._refuse_if_blocked()
        self._earlier = self._chosen()
        self._source = self._past = self._releases.containers.get(self._earlier.number)
        self._target = await self._find()
        release = await self._release()
        warnings = [*self._ledger.notes, *self._releases.stranger_notes(), *await self._changed_files()]
        warnings += await self._check(release)
        plan = self._plan(release, warnings)
        return plan._replace(facts=(*plan.facts, *self._differences()))

    def _chosen(self) -> Release:
        app, releases = self._app, self._releases
        number = self._to or default_target(releases)
        if number is None:
            raise Refused(
                f"{app.name} has no earlier release that passed its gate",
                f"holdfast history {app.name} shows what there is",
            )
        entry = releases.entries.get(number)
        if entry is None:
            known = ", ".join(f"r{one}" for one in releases.standing.good) or "none"
            raise Refused(f"{app.name} has no release r{number}", f"good ones: {known}")
        if number == releases.standing.live:
            raise Refused(f"r{number} is live already", f"holdfast history {app.name}")
        if not entry.good:
            raise Refused(f"r{number} never passed its gate: it is no way back", "choose a good release")
        return entry.release

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
                earlier.version, name, earlier.digest, image.id, "", local=True, tested=True,
                evidence=tuple(earlier.evidence.items()),
            )  # fmt: skip
        if not earlier.digest:
            raise Refused(
                f"the image of r{earlier.number} ({earlier.image[7:19]}) is gone, and it was local only",
                f"build {earlier.version or 'it'} again and deploy that",
            )
        return Target(
            earlier.version, earlier.reference, earlier.digest, "", registry_host(self._app.image),
            local=False, tested=True, evidence=tuple(earlier.evidence.items()),
        )  # fmt: skip

    async def _release(self) -> Release:
        standing = self._releases.standing
        return self._earlier._replace(
            number=standing.next_number,
            reference=self._target.reference,
            by=whoami(),
            host=socket.gethostname(),
            at=time.time(),
            op=self._op,
            previous=standing.live or 0,
            rollback_of=self._earlier.number,
            adopted=False,
        )

    def _title(self, release: Release) -> str:
        return f"Roll {self._app.name} back to r{release.rollback_of} {release.version} as r{release.number}"

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
