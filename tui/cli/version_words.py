"""Who stands for the versions that a list offers, in words; loaded only where [trust] is configured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.evidence.files import read_evidence
from tui.model.recorded_trust import recorded_sources
from tui.operations.looking.version_trust import Version, verify_versions
from tui.presentation.versions import IN_REGISTRY, TrustWords, evidence_of, trust_words
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.offers import Offered
    from tui.model.policy import Policy
    from tui.model.releases import Releases
    from tui.model.verdict import Verdict


async def trust_of(
    engine: Engine, app: AppSpec, policy: Policy, offered: Sequence[Offered], releases: Releases
) -> dict[str, TrustWords]:
    """A version's tag -> who stands for it, and what the policy misses; of those in the registry."""
    there = [one for one in offered if one.place in IN_REGISTRY]
    names = {name for one in there for name in one.images if name}
    known = dict(
        zip(
            names,
            await all_of(*(asyncio.to_thread(read_evidence, app.name, name) for name in names)),
            strict=True,
        )
    )
    evidence = {one.tag: evidence_of(one, releases, known) for one in there}
    versions = [Version(one.tag, evidence=evidence[one.tag]) for one in there]
    found: dict[str, tuple[Verdict, ...] | None] = {}
    recorded = recorded_sources(releases.entries.values())
    await verify_versions(engine, app, policy, versions, recorded, found.__setitem__)
    return {one.tag: trust_words(one, evidence[one.tag], app, policy, found) for one in there}
