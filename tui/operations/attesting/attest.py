"""The step `attest`: what this account knows of an image is put beside it in its registry."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.evidence.scans import read_scan
from tui.model.codec import Unfit
from tui.model.digest import short_id
from tui.model.evidence import Claim, ClaimKind
from tui.model.operation import CACHED, PlanStep
from tui.operations.attesting.hanging import hang
from tui.operations.attesting.said import Known, known_of, signatures_of, statement, statements_of
from tui.operations.attesting.signing_keys import signed_by
from tui.operations.running.runner import whoami
from tui.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.policy import Policy
    from tui.model.predicates import Said
    from tui.operations.running.report import Report
    from tui.registry.client import Registry
    from tui.registry.payloads import Manifest
    from tui.trust.keys import Signer

ATTEST = "attest"
"""The step."""


class Place(NamedTuple):
    """Where it is put.

    manifest   what it hangs on
    platform   "linux/amd64", of which platform's image it is said where that is an index; "" where unknown
    """

    registry: Registry
    manifest: Manifest
    platform: str = ""

    @property
    def digests(self) -> tuple[str, ...]:
        """Its own first; of an index the platform's besides, where it is clear which one that is."""
        found = (self.manifest.digest, self.manifest.taken(self.platform))
        return tuple(dict.fromkeys(filter(None, found)))


class Attest:
    """What this account knows of one image of an app. signer: by whom it is signed, None for nobody."""

    def __init__(self, app: AppSpec, policy: Policy, known: Known, signer: Signer | None, op: str) -> None:
        self._app = app
        self._policy = policy
        self._op = op
        self.known = known
        self.signer = signer

    @classmethod
    async def of(
        cls, app: AppSpec, policy: Policy, evidence: Evidence, signer: Signer | None, op: str
    ) -> Attest:
        """With the report of its newest scan."""
        report = None
        if evidence.passed(ClaimKind.SCAN) is not None:
            report = await asyncio.to_thread(read_scan, app.name, evidence.image)
        return cls(app, policy, known_of(evidence, report), signer, op)

    @property
    def steps(self) -> tuple[PlanStep, ...]:
        """None where there is nothing that could be attached."""
        if self.signer is None and not self.known.claims and not self.known.left_out:
            return ()
        by = f", signed by {self.signer.name}" if self.signer is not None else ""
        return (PlanStep(ATTEST, f"Attach what is known of it{by}"),)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        return (signed_by(self.signer),) if self.signer is not None else ()

    async def run(
        self,
        report: Report,
        place: Place,
        versions: Sequence[str],
        more: Sequence[tuple[Claim, Said]] = (),
    ) -> int:
        """Attach what does not hang there yet; how much that was. The step is cached where it was nothing.

        versions   the tags that name it, which a signature tells of
        more       further claims

        Raises RegistryError.
        """
        async with report.step(ATTEST) as step:
            added = await self._attach(report, place, versions, more)
            if not added:
                step.state = CACHED
        return added

    async def _attach(
        self,
        report: Report,
        place: Place,
        versions: Sequence[str],
        more: Sequence[tuple[Claim, Said]],
    ) -> int:
        for sentence in self.known.left_out:
            report.log(ATTEST, sentence)
        app, digests, now = self._app, place.digests, time.time()
        try:
            statements = statements_of(self.known, app.image, digests)
            statements += [statement(claim, said, app.image, digests) for claim, said in more]
            if self.signer is not None:
                claim = Claim(ClaimKind.SIGNATURE, passed=True, at=now, by=whoami(), op=self._op)
                # One that names no version is of any: also of a tag that somebody moves to it.
                statements += signatures_of(claim, app.name, versions or [""], app.image, digests)
            hung = await hang(
                place.registry, app.image, place.manifest, statements, self.signer, since=self._since(now)
            )
        except (Unfit, ValueError, OverflowError) as error:
            raise RegistryError(
                f"what is known of {short_id(digests[0])} cannot be written as a statement: {error}",
                f"make it anew: holdfast test {app.name}, holdfast scan {app.name}",
            ) from None
        by = f", signed by {self.signer.name}" if self.signer is not None else ", unsigned"
        if hung.new:
            report.log(ATTEST, f"attached to {digests[0]}: {', '.join(hung.new)}{by}")
        if hung.there:
            report.log(ATTEST, f"{hung.there} hung there already{by}")
        return len(hung.new)

    def _since(self, now: float) -> float:
        """Before when a signature is too old for what this configuration requires itself."""
        trust = self._policy.trust
        required = trust.required(self._app.image) if trust is not None else ()
        ages = [one.max_age for one in required if one.kind == ClaimKind.SIGNATURE and one.max_age]
        return now - min(ages) if ages else 0.0


async def place_of(registry: Registry, app: AppSpec, digest: str, platform: str = "") -> Place:
    """An image in its registry. Raises RegistryError: also where there is none."""
    manifest = await registry.manifest(app.image, digest)
    if manifest is None:
        raise RegistryError(f"the registry {registry.host} does not have {app.image}@{digest}")
    return Place(registry, manifest, platform)
