"""What is known of an image beyond its bytes, and what a policy still wants of it. Pure.

A claim says that somebody looked at an image in one way, and whether it passed. A further way of looking
(a scan, a signature) is a further kind of claim, and what wants it a further Requirement.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_CLAIMS = 10
"""Of one kind that are kept of an image, the newest."""


LATEST = 1e11
"""Seconds since the epoch: a moment beyond it is none."""


class ClaimKind(StrEnum):
    """In which ways an image is looked at. A newer version may know more: a claim's kind is any text."""

    TEST = "test"
    SCAN = "scan"
    SIGNATURE = "signature"
    PROVENANCE = "provenance"
    VERDICT = "verdict"


class Claim(NamedTuple):
    """One look at an image.

    kind     a ClaimKind
    at       when, seconds since the epoch
    by, op   who, and in which operation
    detail   what was found, in words
    """

    kind: str
    passed: bool
    at: float
    by: str = ""
    op: str = ""
    detail: str = ""


class Evidence(NamedTuple):
    """Of one image of an app; times are seconds since the epoch, 0.0 for never.

    claims      what was found of it, the oldest first
    commit      the commit it was built from, "" when unknown; `dirty` when there were uncommitted changes
    source      the remote of its repository, without credentials; "" when unknown
    bases       base image -> digest, as the engine resolved them
    seconds     how long the build took
    named       the versions that it was given, pushed or deployed as: version -> when, the last time
    digests     of those, the digest that the registry had: version -> digest
    places      of those, such as were given on an engine: `place` -> when, the last time
    """

    image: str
    built: float = 0.0
    claims: tuple[Claim, ...] = ()
    seconds: float = 0.0
    commit: str = ""
    dirty: bool = False
    bases: Mapping[str, str] = {}
    named: Mapping[str, float] = {}
    digests: Mapping[str, str] = {}
    places: Mapping[str, float] = {}
    source: str = ""

    def given(self, version: str, engine: str) -> float:
        """When it was given a version on an engine, by that one's ID; 0.0 where it was not, as is known."""
        return self.places.get(place(version, engine), 0.0)

    def claimed(self, kind: str) -> Claim | None:
        """The newest claim of a kind: it counts, whatever an earlier one said."""
        found = [claim for claim in self.claims if claim.kind == kind]
        return max(found, key=lambda claim: claim.at, default=None)

    def passed(self, kind: str) -> Claim | None:
        """The newest claim of a kind where it says that the image passed."""
        claim = self.claimed(kind)
        return claim if claim is not None and claim.passed else None

    @property
    def tested(self) -> float:
        """When it passed its test, 0.0 where it did not."""
        claim = self.passed(ClaimKind.TEST)
        return claim.at if claim is not None else 0.0

    @property
    def scanned(self) -> float:
        """When it passed its scan, 0.0 where it did not."""
        claim = self.passed(ClaimKind.SCAN)
        return claim.at if claim is not None else 0.0

    def with_claim(self, claim: Claim) -> Evidence:
        """With a further claim; of its kind only so many stay."""
        same = sorted((one for one in self.claims if one.kind == claim.kind), key=lambda one: one.at)
        gone = same[: max(len(same) + 1 - MOST_CLAIMS, 0)]
        return self._replace(claims=(*(one for one in self.claims if one not in gone), claim))


def place(version: str, engine: str) -> str:
    """A version on an engine, as `Evidence.places` has it: a tag has no "@"."""
    return f"{version}@{engine}"


class Requirement(NamedTuple):
    """What is wanted of an image, and is not claimed of it.

    kind       of the claim that would do
    lacks      what is missing, to be said after the image's name: "has not passed its test"
    short      the same in a word
    remedy     what to do
    enforced   whether the policy wants it: else it is only worth saying
    unreachable   why nobody knows whether it is there, "" where somebody does
    """

    kind: str
    lacks: str
    short: str
    remedy: str
    enforced: bool
    unreachable: str = ""


def together(found: Iterable[Evidence]) -> Evidence:
    """What is known of one image under several of its IDs."""
    known = [*found]
    first = next((one for one in known if one.built), known[0] if known else Evidence(""))
    return first._replace(claims=tuple(claim for one in known for claim in one.claims))


_FACTS = {ClaimKind.TEST: ("tested", "test"), ClaimKind.SCAN: ("scanned", "scan")}
"""How a release's record says that its image passed: when, and in which operation."""


def facts_of(evidence: Evidence) -> dict[str, str]:
    """What a release's record says of its image: texts by name."""
    facts: dict[str, str] = {}
    for kind, (when, op) in _FACTS.items():
        if (claim := evidence.passed(kind)) is not None:
            facts |= {when: f"{claim.at:.0f}", op: claim.op}
    facts["commit"] = evidence.commit
    return {name: value for name, value in facts.items() if value}


def is_recorded(facts: Mapping[str, str], kind: str) -> bool:
    """Whether a record says that its image passed in one way."""
    return any(claim.kind == kind for claim in recorded_claims(facts))


def recorded_claims(facts: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims in what a record says of its image. Anybody may have written it: a moment may be none."""
    return tuple(
        Claim(kind, True, recorded_moment(facts[when]), op=facts.get(op, ""))
        for kind, (when, op) in _FACTS.items()
        if facts.get(when)
    )


def recorded_moment(said: str) -> float:
    """Seconds since the epoch as a record has them; 0.0 for what is no moment."""
    try:
        at = float(said)
    except ValueError:
        return 0.0
    return at if 0 < at < LATEST else 0.0
