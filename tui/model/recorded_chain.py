"""The chain of a release, by what its record has: nobody is asked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.chain import Known, chain
from tui.model.checks import key_words
from tui.model.evidence import Evidence, recorded_claims
from tui.model.recorded_trust import recorded_verdicts
from tui.model.reference import split_reference
from tui.model.verdict import Answer, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.chain import Link
    from tui.model.evidence import Requirement
    from tui.model.policy import Policy
    from tui.model.release import Entry, Release

NOT_RECORDED = "nothing of it is on record"

_SAID = frozenset(
    {"tested", "test", "scanned", "scan", "commit", "source", "built"}
    | {f"{kind} {what}" for kind in ("test", "scan", "signature", "provenance", "verdict")
       for what in ("key", "at", "by", "op", "source")}
)  # fmt: skip
"""Names of what a record has of its image that the chain shows."""


def recorded_chain(
    entry: Entry,
    app: AppSpec | None = None,
    policy: Policy | None = None,
    *,
    plain: bool = False,
    elsewhere: bool = False,
) -> tuple[Link, ...]:
    """The links of a release. What `policy` requires now, and its record does not have, is not OK.

    app         as it is configured, None where it is not
    plain       whether its registry is spoken to without TLS
    elsewhere   whether its registry is on the loopback of another host
    """
    release = entry.release
    repository = split_reference(release.reference).repository if release.digest else ""
    return chain(
        Known(
            app=release.app,
            repository=repository,
            version=release.version,
            digest=release.digest,
            missing=_missing(release, app, policy) if app is not None and policy is not None else (),
            release=release,
            outcome=entry.outcome,
            keys=key_words(policy.trust) if policy is not None else {},
            plain=plain,
            elsewhere=elsewhere,
        )
    )


def _missing(release: Release, app: AppSpec, policy: Policy) -> Sequence[Requirement]:
    claims = recorded_claims(release.evidence)
    evidence = Evidence(release.image, claims=claims)
    if policy.trust is None:
        return policy.missing(evidence, app, release.version)
    told = {verdict.kind: verdict for verdict in recorded_verdicts(release.evidence)}
    verdicts = [
        told.get(one.kind, Verdict(one.kind, Answer.ABSENT, why=NOT_RECORDED))
        for one in policy.wanted(app.image, evidence)
    ]
    return policy.missing(evidence, app, release.version, verdicts)


def besides(facts: Mapping[str, str]) -> dict[str, str]:
    """What a record has of its image that no link of the chain shows."""
    return {name: text for name, text in facts.items() if name not in _SAID}
