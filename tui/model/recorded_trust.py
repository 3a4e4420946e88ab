"""What a release's record says of who stood for its image: texts by name, among the others of its evidence.

So a roll back needs no network, and a key that has ended still vouches for what was released before. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.evidence import LATEST, ClaimKind
from tui.model.verdict import Answer, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.model.release import Entry
    from tui.model.signing import Attested
    from tui.model.verdict import Wanted

UNSIGNED = "unsigned"
"""In place of a key's name: nobody signed it, and the policy took it."""

_PASSED = {ClaimKind.TEST: ("tested", "test"), ClaimKind.SCAN: ("scanned", "scan")}
"""How a record says that this account looked at it: what a trusted key says of it is written there too."""


def verified_facts(
    verdicts: Iterable[Verdict], attested: Iterable[Attested], digests: Collection[str]
) -> dict[str, str]:
    """What is recorded of verdicts, and of the build where a listed key stands for it.

    digests   of the image: what was said of another is nothing
    """
    by_source = {one.source: one for one in attested if one.source}
    facts: dict[str, str] = {}
    for verdict in verdicts:
        if not verdict.ok:
            facts[f"{verdict.kind} lacking"] = str(verdict.answer)  # it was let in all the same: an audit
            continue
        kind, one = verdict.kind, by_source.get(verdict.source)
        claim = one.claim if one is not None else None
        facts |= {
            f"{kind} key": verdict.key or UNSIGNED,
            f"{kind} at": f"{verdict.at:.0f}" if verdict.at else "",
            f"{kind} by": claim.by if claim is not None else "",
            f"{kind} op": claim.op if claim is not None else "",
            f"{kind} source": verdict.source,
        }
        if kind in _PASSED:
            when, op = _PASSED[ClaimKind(kind)]
            facts |= {when: facts[f"{kind} at"], op: facts[f"{kind} op"]}
    for one in by_source.values():
        if one.key and one.claim.kind == ClaimKind.PROVENANCE and not set(digests).isdisjoint(one.digests):
            facts |= {name: one.told.get(name, "") for name in ("commit", "source")}
    return {name: text for name, text in facts.items() if text}


def recorded_verdicts(facts: Mapping[str, str]) -> tuple[Verdict, ...]:
    """The verdicts that a record tells of; all of them were OK then. Anybody may have written it."""
    return tuple(
        Verdict(
            kind,
            Answer.OK,
            key="" if (key := facts[f"{kind} key"]) == UNSIGNED else key,
            at=_moment(facts.get(f"{kind} at", "")),
            source=facts.get(f"{kind} source", ""),
        )
        for kind in ClaimKind
        if facts.get(f"{kind} key")
    )


def recorded_sources(entries: Iterable[Entry]) -> dict[str, float]:
    """What was verified here before: the digest of the attested bytes -> when, the first time.

    Only what records tell that are as they were written.
    """
    found: dict[str, float] = {}
    for entry in entries:
        if not (entry.is_trusted and entry.has_record):
            continue
        for verdict in recorded_verdicts(entry.release.evidence):
            if verdict.source:
                found[verdict.source] = min(entry.release.at, found.get(verdict.source, entry.release.at))
    return found


def _moment(text: str) -> float:
    try:
        at = float(text)
    except ValueError:
        return 0.0
    return at if 0 < at < LATEST else 0.0


def unrecorded(facts: Mapping[str, str], wanted: Iterable[Wanted]) -> tuple[str, ...]:
    """The kinds of claims that are wanted now, and of which a record tells of no verdict."""
    told = {verdict.kind for verdict in recorded_verdicts(facts)}
    return tuple(one.kind for one in wanted if one.kind not in told)
