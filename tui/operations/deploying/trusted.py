"""Whether an image may be put into service by what the policy wants of it, before anything is changed."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.errors import HoldfastError, Refused
from tui.model.evidence import ClaimKind
from tui.model.recorded_trust import recorded_sources
from tui.model.verdict import Answer, Verdict
from tui.operations.looking.app_repository import Remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence, Requirement
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.model.verdict import Wanted
    from tui.operations.deploying.targets import Target
    from tui.operations.looking.verification import Verified


class OutOfReach(HoldfastError):
    """Nobody knows whether an image has what is required of it."""

    exit_status = 3


NOWHERE = "the app has no registry, where one could be"


@asynccontextmanager
async def repository(engine: Engine, app: AppSpec, policy: Policy) -> AsyncIterator[Remote | None]:
    """The app's repository, where more may be asked of it than what a version names; else None."""
    if policy.trust is None or not app.has_registry:
        yield None
        return
    async with Remote(engine, app) as remote:
        yield remote


async def verified(
    remote: Remote | None, app: AppSpec, policy: Policy, target: Target, entries: Mapping[int, Entry]
) -> Verified | None:
    """What others have said of the image, judged; None where nobody asks. Raises KeyUnusable."""
    wanted = policy.wanted(app.image, target.evidence)
    if not wanted or policy.trust is None:
        return None
    from tui.operations.looking.trusted_keys import verify_keys
    from tui.operations.looking.verification import Verified, verify

    keys = await verify_keys(policy.trust)
    if remote is None:
        return Verified(tuple(_by_this_account(one, target.evidence) for one in wanted), ())
    digests = [digest for digest in (target.digest, target.manifest) if digest]
    recorded = recorded_sources(entries.values())
    version = "" if policy.may_move(target.version) else target.version
    return await verify(
        remote.registry, app.image, digests, wanted, keys, time.time(), recorded, version=version
    )


def _by_this_account(wanted: Wanted, evidence: Evidence) -> Verdict:
    """Without a registry nobody else can have said anything: what this account found is all that there is."""
    claim = evidence.passed(wanted.kind) if wanted.kind in (ClaimKind.TEST, ClaimKind.SCAN) else None
    if claim is None:
        return Verdict(wanted.kind, Answer.ABSENT, why=NOWHERE)
    return Verdict(wanted.kind, Answer.OK, at=claim.at)


def said_facts(app: AppSpec, target: Target, found: Verified) -> list[tuple[str, str]]:
    """What was found of the image, for a plan: the chain, but for what nobody asks for."""
    from tui.model.chain import Known, LinkState, chain
    from tui.model.chain_facts import chain_facts

    known = Known(
        app=app.name,
        repository=app.image,
        version=target.version,
        digest=target.digest,
        evidence=target.evidence,
        attested=found.attested,
        verdicts=found.verdicts,
        looked=True,
        held=bool(target.digest),
    )
    return chain_facts([link for link in chain(known) if link.state in (LinkState.OK, LinkState.FAILED)])


def refuse_lacking(missing: Sequence[Requirement], called: str) -> list[str]:
    """Raises Refused or OutOfReach, naming everything that is enforced; what is not, in sentences."""
    enforced = [one for one in missing if one.enforced]
    if enforced and all(one.unreachable for one in enforced):
        kinds = " and ".join(one.kind for one in enforced)
        raise OutOfReach(
            f"{called} cannot be verified: its {kinds} could not be read ({enforced[0].unreachable})",
            "nobody knows what it has: try again; a roll back needs no registry",
        )
    if len(enforced) == 1:
        raise Refused(f"{called} {enforced[0].lacks}", enforced[0].remedy)
    if enforced:
        lacks = ", and ".join(one.lacks for one in enforced)
        remedies = dict.fromkeys(f"{one.kind}: {one.remedy}" for one in enforced)
        raise Refused(f"{called} {lacks}", f"holdfast verify {called} shows all of it", tuple(remedies))
    return [f"{called} {one.lacks}: {one.remedy}" for one in missing]
