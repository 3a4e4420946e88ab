"""The versions of an app that can be deployed, each with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.evidence import ClaimKind, Evidence, recorded_claims, together
from tui.model.offers import is_of, release_of, trouble_of
from tui.model.remote import Whereabouts
from tui.model.version import Suggestion
from tui.presentation.amounts import age

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.evidence import Requirement
    from tui.model.offers import Offered
    from tui.model.policy import Policy
    from tui.model.releases import Releases
    from tui.model.verdict import Verdict

WORDS = {
    Whereabouts.HERE: "here",
    Whereabouts.LOCAL: "only here, not pushed",
    Whereabouts.REMOTE: "in the registry",
    Whereabouts.BOTH: "here and in the registry",
    Whereabouts.MOVED: "here and in the registry, with other bytes",
    Whereabouts.UNKNOWN: "here; in the registry: unknown",
}


IN_REGISTRY = (Whereabouts.REMOTE, Whereabouts.BOTH, Whereabouts.MOVED)
"""Where others can have said something of a version."""

_KIND = "\0"
"""Where a kind stands in words that may be of several."""

VERIFYING, NOT_VERIFIED = "verifying", "not verified"

_BY: dict[str, str] = {
    ClaimKind.SIGNATURE: "signed",
    ClaimKind.TEST: "tested",
    ClaimKind.SCAN: "scanned",
    ClaimKind.PROVENANCE: "built",
    ClaimKind.VERDICT: "promoted",
}


def version_choices(
    app: AppSpec,
    offered: Iterable[Offered],
    releases: Releases | None,
    known: Mapping[str, Evidence],
    policy: Policy,
    now: float,
    verdicts: Mapping[str, Sequence[Verdict] | None] = {},
) -> list[Suggestion]:
    """Each with what is known of it, `known` by IDs and digests, and with what the policy misses.

    What decides stands first, as a line may be cut: that it is refused, and why.

    verdicts   on those that are verified in the registry: by tag, None while they are looked for
    """
    choices = []
    for one in offered:
        evidence = evidence_of(one, releases, known)
        trust = trust_words(one, evidence, app, policy, verdicts)
        words = [*trust.refused, WORDS[one.place], *release_words(one, releases, now), *trust.told]
        judged = {verdict.kind for verdict in verdicts.get(one.tag) or ()}
        if evidence.tested and ClaimKind.TEST not in judged:  # else others' word is wanted, and said above
            words.append(f"tested {age(now - evidence.tested)} ago")
        if evidence.scanned and ClaimKind.SCAN not in judged:
            words.append(f"scanned {age(now - evidence.scanned)} ago")
        choices.append(Suggestion(one.tag, " · ".join(words), refused=bool(trust.refused)))
    return choices


class TrustWords(NamedTuple):
    """What is known of who stands for a version.

    refused   why a deploy of it would be refused: "! refused: no scan"; () where it would not, as is known
    told      who stands for it, and what else the policy misses: "signed, tested by ci", "! untested"
    """

    refused: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def trust_words(
    one: Offered,
    evidence: Evidence,
    app: AppSpec,
    policy: Policy,
    verdicts: Mapping[str, Sequence[Verdict] | None],
) -> TrustWords:
    """Who stands for a version, and what the policy misses."""
    if policy.trust is None or one.place not in IN_REGISTRY:
        return _lacks((), policy.missing(evidence, app))
    found = verdicts.get(one.tag)
    if found is None:
        return TrustWords(told=(VERIFYING if one.tag in verdicts else NOT_VERIFIED,))
    return _lacks(by_words(found), policy.missing(evidence, app, one.tag, found))


def by_words(verdicts: Iterable[Verdict]) -> list[str]:
    """Who stands for what: "signed, tested by ci"."""
    by: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.ok:
            by.setdefault(_by(verdict), []).append(_BY.get(verdict.kind, verdict.kind))
    return [f"{', '.join(kinds)} {whose}" for whose, kinds in by.items()]


def _lacks(said: Iterable[str], missing: Sequence[Requirement]) -> TrustWords:
    refused = _short(one for one in missing if one.enforced)
    others = _short(one for one in missing if not one.enforced)
    return TrustWords(
        refused=(f"! refused: {', '.join(refused)}",) if refused else (),
        told=(*said, *(f"! {words}" for words in others)),
    )


def _short(missing: Iterable[Requirement]) -> list[str]:
    """In few words, as a line is short: "no test, signature", "untested"."""
    kinds: dict[str, list[str]] = {}
    for one in missing:
        kinds.setdefault(one.short.replace(one.kind, _KIND, 1), []).append(one.kind)
    return [words.replace(_KIND, ", ".join(of), 1) for words, of in kinds.items()]


def _by(verdict: Verdict) -> str:
    return f"by {verdict.key}" if verdict.key else "elsewhere, unsigned"


def release_words(one: Offered, releases: Releases | None, now: float) -> list[str]:
    """What releases of a version came to: "live, r4", "was r2", "failed as r3, 12m ago"."""
    if releases is None:
        return []
    words = []
    number = release_of(one, releases)
    if number is not None:
        stands = f"live, r{number}" if number == releases.standing.live else f"was r{number}"
        called = releases.entries[number].release.version
        # A tag that was put onto other bytes has not been live itself.
        words.append(stands if called in ("", one.tag) else f"the bytes of {called}: {stands}")
    trouble = trouble_of(one, releases)
    if trouble is not None and trouble.failed:
        ago = f", {age(now - trouble.at)} ago" if trouble.at else ""
        words.append(f"! failed as r{trouble.number}{ago}")
    elif trouble is not None:
        words.append(f"! r{trouble.number} was rolled back from")
    return words


def evidence_of(one: Offered, releases: Releases | None, known: Mapping[str, Evidence]) -> Evidence:
    """What is known of its bytes by this account, and by what the ledger recorded when they were released."""
    recorded = [
        Evidence(entry.release.image, claims=recorded_claims(entry.release.evidence))
        for entry in (releases.entries.values() if releases is not None else ())
        if entry.has_record and is_of(one, entry.release)
    ]
    return together([*(known[id] for id in one.images if id in known), *recorded])
