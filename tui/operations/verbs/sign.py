"""Signing what is in a registry already, with everything that this account knows of it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tui.errors import Refused
from tui.model.digest import short_id
from tui.model.evidence import ClaimKind
from tui.model.operation import Plan, PlanStep, Result
from tui.operations.attesting.attest import Attest
from tui.operations.attesting.pinned import missing, pinned, verified
from tui.operations.attesting.signing_keys import key_name, named_signer, signed_by, signing_keys
from tui.operations.running.runner import Planned

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.attesting.pinned import Pinned
    from tui.operations.running.report import Report
    from tui.registry.client import Registry

GUARD = "guard"
"""The step before `attest`."""


async def plan(
    registry: Registry, app: AppSpec, policy: Policy, op: str, version: str = "", key: str = ""
) -> Planned:
    """Sign a version, or a digest, by the key of a name, else by that of `sign_key`. Raises HoldfastError."""
    signer = await named_signer(policy.trust, key)
    found = await pinned(registry, app, version)
    attest = await Attest.of(app, policy, found.evidence, signer, op)
    # What it brings itself is not asked for, nor what only a promotion gives, which comes after it.
    brings = {ClaimKind.SIGNATURE, ClaimKind.VERDICT, *attest.known.kinds}
    wanted = [one for one in policy.wanted(app.image, found.evidence) if one.kind not in brings]
    judged = await verified(registry, app, policy, found, wanted)
    lacking = missing(policy, app, found, judged, brings)
    sign = _Sign(registry, app, found, attest)
    plan = Plan(
        title=f"Sign {app.name} {found.called}",
        steps=(PlanStep(GUARD, f"Ask the registry what {found.called} names"), *attest.steps),
        facts=(
            ("digest", found.digest),
            ("registry", registry.host),
            signed_by(signer),
            ("known of it", ", ".join(sorted(attest.known.kinds)) or "nothing by this account"),
        ),
        warnings=(*attest.known.left_out, *lacking),
        equal=_equal(app, policy, found, key),
        verb="Sign",
    )
    return Planned(plan, sign.run)


class _Sign:
    """Signing one digest."""

    def __init__(self, registry: Registry, app: AppSpec, found: Pinned, attest: Attest) -> None:
        self._registry = registry
        self._app = app
        self._found = found
        self._attest = attest

    async def run(self, report: Report) -> Result:
        found = self._found
        async with report.step(GUARD):
            await refuse_moved(self._registry, self._app, found)
        await self._attest.run(report, found.place, found.versions)
        facts = self._attest.facts
        return Result(digest=found.digest, tags=found.named(self._app), facts=facts)


async def refuse_moved(registry: Registry, app: AppSpec, found: Pinned) -> None:
    """What was planned for some bytes is not done to others. Raises Refused."""
    there = await registry.digest(app.image, found.version)
    if there != found.digest:
        now = f"names {short_id(there)}" if there else "is gone"
        raise Refused(
            f"{app.image}:{found.version} named {short_id(found.digest)} when this was planned; it {now} now",
            "find out which bytes are meant, and name them: sha256:...",
        )


def _equal(app: AppSpec, policy: Policy, found: Pinned, key: str) -> str:
    """What signs it as well, where cosign takes the key from the same place."""
    trust = policy.trust
    first = key_name(trust.sign_key) if trust is not None and trust.sign_key is not None else ""
    source = signing_keys(trust)[key or first]
    if trust is not None and not key and trust.sign_key is not None:
        source = trust.sign_key
    where = source.file or (f"env://{source.env}" if source.env else "")
    return shlex.join(["cosign", "sign", "--key", where, found.reference(app)]) if where else ""
