"""Promoting a version: what is required of it is verified, and a further key stands for it then."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING

from tui.model.evidence import Claim, ClaimKind
from tui.model.operation import Plan, PlanStep, Result
from tui.model.predicates import OWN, Judgement
from tui.model.verdict import LEVEL
from tui.operations.attesting.attest import Attest
from tui.operations.attesting.pinned import missing, pinned, verified
from tui.operations.attesting.said import Known
from tui.operations.attesting.signing_keys import WhichKey, named_signer, signed_by, signing_keys
from tui.operations.looking.trusted_keys import verify_keys
from tui.operations.running.runner import Planned, whoami
from tui.operations.verbs.sign import refuse_moved

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.verdict import Wanted
    from tui.operations.attesting.pinned import Pinned
    from tui.operations.looking.verification import Verified
    from tui.operations.running.report import Report
    from tui.registry.client import Registry
    from tui.trust.keys import Signer

VERIFY = "verify"
"""The step before `attest`."""

POLICY = OWN.replace("/claim/", "/policy/")
"""The URI of the policy that is judged by; its digest says which."""


async def plan(registry: Registry, app: AppSpec, policy: Policy, op: str, version: str, key: str) -> Planned:
    """Have a further key stand for a version, or a digest. Raises HoldfastError."""
    if not key:
        names = ", ".join(signing_keys(policy.trust))
        raise WhichKey(
            "by which key?", f"--key NAME: there are {names}" if names else "set sign_keys in [trust]"
        )
    signer = await named_signer(policy.trust, key)
    found = await pinned(registry, app, version)
    own = await _names(policy, signer)
    wanted = [one for one in policy.wanted(app.image, found.evidence) if not _is_own(one, own)]
    promote = _Promote(registry, app, policy, found, signer, wanted, op)
    judged = await promote.judged()
    return Planned(promote.plan(judged), promote.run)


async def _names(policy: Policy, signer: Signer) -> set[str]:
    """What the promoting key is called: among those that sign, and among those that count."""
    keys = await verify_keys(policy.trust) if policy.trust is not None else ()
    pem = signer.verify_key.pem
    return {signer.name} | {key.name for key in keys if key.pem == pem}


def _is_own(wanted: Wanted, own: Collection[str]) -> bool:
    """Whether the promotion itself brings it: what only this key can say, and that it was promoted."""
    if wanted.keys:
        return {*wanted.keys} <= {*own} or (
            wanted.kind == ClaimKind.VERDICT and not {*own}.isdisjoint(wanted.keys)
        )
    return wanted.kind == ClaimKind.VERDICT


class _Promote:
    """Promoting one digest. wanted: what is verified before."""

    def __init__(
        self,
        registry: Registry,
        app: AppSpec,
        policy: Policy,
        found: Pinned,
        signer: Signer,
        wanted: Sequence[Wanted],
        op: str,
    ) -> None:
        self._registry = registry
        self._app = app
        self._policy = policy
        self._found = found
        self._signer = signer
        self._wanted = wanted
        self._op = op

    async def judged(self) -> Verified:
        """What is wanted, verified. Raises Refused, which names all that is missing: also where that would
        only be told of, as what a key stands for has to be so."""
        policy, app, found = self._policy, self._app, self._found
        judged = await verified(self._registry, app, policy, found, self._wanted)
        kinds = {one.kind for one in self._wanted}
        required = (
            {one.kind for one in policy.trust.required(app.image)} if policy.trust is not None else set()
        )
        # Who only this key can be told by stays out; what [policy] wants as well does not.
        looked_for = {ClaimKind.TEST} if policy.require_tests else set()
        looked_for |= {ClaimKind.SCAN} if policy.require_scan else set()
        missing(policy, app, found, judged, required - kinds - looked_for, kinds)
        return judged

    def plan(self, judged: Verified) -> Plan:
        """What will be done, now that this is known."""
        app, found = self._app, self._found
        facts = [("digest", found.digest), ("registry", self._registry.host), signed_by(self._signer)]
        facts += [
            (f"verified: {one.kind}", f"by {one.key}" if one.key else "unsigned")
            for one in judged.verdicts
            if one.ok
        ]
        warnings = [f"it {one.lacks}" for one in judged.verdicts if not one.ok]
        if not judged.verdicts:
            warnings.append(
                "nothing is required of it that somebody else has to have signed: see require in [trust]"
            )
        return Plan(
            title=f"Promote {app.name} {found.called}",
            steps=(
                PlanStep(VERIFY, "Verify what is required of it"),
                PlanStep("attest", f"Attach that it is so, signed by {self._signer.name}"),
            ),
            facts=tuple(facts),
            warnings=tuple(warnings),
            verb="Promote",
        )

    async def run(self, report: Report) -> Result:
        app, found, signer = self._app, self._found, self._signer
        async with report.step(VERIFY):
            await refuse_moved(self._registry, app, found)
            judged = await self.judged()
            for one in judged.verdicts:
                report.log(VERIFY, f"{one.kind}: {one.answer}{f', by {one.key}' if one.key else ''}")
        attest = Attest(app, self._policy, Known(), signer, self._op)
        await attest.run(
            report, found.place, found.versions, [(self._claim(judged), self._judgement(judged))]
        )
        return Result(digest=found.digest, tags=found.named(app), facts=(signed_by(signer),))

    def _claim(self, judged: Verified) -> Claim:
        met = [f"{one.kind} by {one.key or 'nobody'}" for one in judged.verdicts if one.ok]
        return Claim(
            kind=ClaimKind.VERDICT,
            passed=True,
            at=time.time(),
            by=whoami(),
            op=self._op,
            detail=f"verified: {', '.join(met)}" if met else "nothing was required",
        )

    def _judgement(self, judged: Verified) -> Judgement:
        return Judgement(
            resource=self._found.reference(self._app),
            policy=POLICY,
            policy_digest=_digest(self._wanted),
            levels=tuple(f"{LEVEL}{one.kind.upper()}" for one in judged.verdicts if one.ok),
        )


def _digest(wanted: Sequence[Wanted]) -> str:
    """Of what was required: the same wherever the same was."""
    said = json.dumps([one._asdict() for one in wanted], sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
