"""Whether what is said of an image is enough. One pure function decides it."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model.evidence import ClaimKind
from tui.model.moment import written_moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tui.model.signing import Attested, VerifyKey

AHEAD = 600.0
"""Seconds by which another machine's clock may be ahead; what is dated later has no moment that counts."""

_NEVER: Mapping[str, float] = {}


class Answer(StrEnum):
    """What was found of a requirement. Only OK passes; UNREACHABLE is never ABSENT: nobody knows."""

    OK = "ok"
    ABSENT = "absent"
    WRONG_KEY = "wrong key"
    ENDED_KEY = "ended key"
    OTHER_IMAGE = "of another image"
    OTHER_VERSION = "of another version"
    TOO_OLD = "too old"
    FAILED = "failed result"
    UNREACHABLE = "unreachable"


class Wanted(NamedTuple):
    """What is required of an image.

    kind       of the claim: a ClaimKind
    max_age    seconds, 0.0 for any age
    keys       the names of those listed keys that count, () for all
    unsigned   whether a claim that nobody signed will do: whoever may push makes one. Not for a signature
    """

    kind: str
    max_age: float = 0.0
    keys: tuple[str, ...] = ()
    unsigned: bool = False


class Verdict(NamedTuple):
    """What was found of one requirement.

    key, at, source   of what decided it: the key's name, the claim's moment, the digest of its bytes
    why               further words, "" where the answer says it all
    """

    kind: str
    answer: Answer
    key: str = ""
    at: float = 0.0
    source: str = ""
    why: str = ""

    @property
    def ok(self) -> bool:
        return self.answer is Answer.OK

    @property
    def lacks(self) -> str:
        """What is missing, to be said after the image's name; "" where nothing is."""
        noun = _NOUNS.get(self.kind, self.kind)
        said = {
            Answer.OK: "",
            Answer.ABSENT: f"has no {noun}",
            Answer.WRONG_KEY: f"has no {noun} by a listed key",
            Answer.ENDED_KEY: f"has a {noun} by a key that has ended",
            Answer.OTHER_IMAGE: f"has a {noun} of another image",
            Answer.OTHER_VERSION: f"has a {noun} of another version",
            Answer.TOO_OLD: f"has a {noun} that is too old",
            Answer.FAILED: f"has a {noun} that says it failed",
            Answer.UNREACHABLE: f"cannot be verified: its {noun} could not be read",
        }[self.answer]
        return f"{said} ({self.why})" if said and self.why else said


_NOUNS: Mapping[str, str] = {"test": "test result", "scan": "scan result"}


def judged(
    wanted: Iterable[Wanted],
    attested: Collection[Attested],
    digests: Collection[str],
    keys: Collection[VerifyKey],
    now: float,
    recorded: Mapping[str, float] = _NEVER,
    version: str = "",
) -> tuple[Verdict, ...]:
    """A verdict for each requirement, in their order.

    digests    of the image: of its index and of its platform's manifest; what is said of either counts
    keys       the listed ones, and identities, which are judged as keys are
    recorded   what was already verified here: the digest of its bytes -> when, seconds since the epoch
    version    as which it is asked for: a signature that names another is none of it. A tag that was moved
               back to an older image, rightly signed, is found by that. "" where any will do
    """
    known = [one for one in attested if not _is_of_another_version(one, version)]
    others = [one for one in attested if _is_of_another_version(one, version) and _is_of(one, digests)]
    promoted = [*_said_by_promotions(known)]
    verdicts = []
    for one in wanted:
        verdict = _judged(one, known, digests, keys, now, recorded)
        if verdict.answer in _NOBODY and not one.max_age:  # a promotion does not say of when it is
            by_promotion = _judged(one, promoted, digests, keys, now, recorded)
            verdict = by_promotion if by_promotion.ok else verdict
        if verdict.answer in _NOBODY:
            other = _judged(one, others, digests, keys, now, recorded)
            if other.ok:
                verdict = _of_another_version(other, others)
            elif other.answer is not Answer.ABSENT and verdict.answer is Answer.ABSENT:
                verdict = other
        verdicts.append(verdict)
    return tuple(verdicts)


_NOBODY = (Answer.ABSENT, Answer.OTHER_IMAGE, Answer.WRONG_KEY, Answer.ENDED_KEY)
"""Nobody whose word counts has said it of this image."""

LEVEL = "HOLDFAST_"
"""What a level of a promotion begins with: the kind of a claim that was verified for it follows."""

_STOOD_FOR = (ClaimKind.TEST, ClaimKind.SCAN, ClaimKind.PROVENANCE)


def _said_by_promotions(attested: Iterable[Attested]) -> Iterator[Attested]:
    """What somebody has verified who promoted the image, as that one's word."""
    for one in attested:
        if not one.fault and one.claim.kind == ClaimKind.VERDICT and one.claim.passed and one.key:
            levels = one.told.get("levels", "").split()
            for kind in _STOOD_FOR:
                if f"{LEVEL}{kind.upper()}" in levels:
                    yield one._replace(claim=one.claim._replace(kind=kind))


def _is_of_another_version(one: Attested, version: str) -> bool:
    """Whether it is a signature of what another version names. One that names none is of any."""
    named = "" if one.fault else one.told.get("version", "")
    return bool(version and named) and one.claim.kind == ClaimKind.SIGNATURE and named != version


def _of_another_version(verdict: Verdict, others: Iterable[Attested]) -> Verdict:
    """What would be OK, as what it is."""
    named = next(one.told["version"] for one in others if one.source == verdict.source)
    return verdict._replace(answer=Answer.OTHER_VERSION, why=named)


def _judged(
    wanted: Wanted,
    attested: Collection[Attested],
    digests: Collection[str],
    keys: Collection[VerifyKey],
    now: float,
    recorded: Mapping[str, float],
) -> Verdict:
    faults = [one.fault for one in attested if one.fault]
    known = [
        _by_best_name(one, wanted, keys, now, recorded)
        for one in attested
        if not one.fault and one.claim.kind == wanted.kind
    ]
    said = [(one, _doubt(one, wanted, keys, now, recorded)) for one in known]
    trusted = [one for one, doubt in said if doubt is None]
    ours = [one for one in trusted if _is_of(one, digests)]
    newest = max(ours, key=lambda one: _order(one, now), default=None)
    if newest is not None:
        found = Verdict(wanted.kind, Answer.OK, key=newest.key, at=newest.claim.at, source=newest.source)
        if not newest.claim.passed:
            return found._replace(answer=Answer.FAILED, why=newest.claim.detail)
        old = _too_old(newest, wanted, now)
        if not old:
            return found
        if not faults:  # what could not be read may be newer
            return found._replace(answer=Answer.TOO_OLD, why=old)
    if faults:
        return Verdict(wanted.kind, Answer.UNREACHABLE, why=faults[0])
    if trusted:
        return Verdict(wanted.kind, Answer.OTHER_IMAGE, key=trusted[0].key, source=trusted[0].source)
    doubted = [(one, doubt) for one, doubt in said if doubt is not None and _is_of(one, digests)]
    for one, doubt in doubted:
        if one.signed:
            return Verdict(wanted.kind, doubt.answer, key=one.key, source=one.source, why=doubt.why)
    return Verdict(wanted.kind, Answer.ABSENT, why=doubted[0][1].why if doubted else "")


class _Doubt(NamedTuple):
    """Why a claim does not count, whoever it is of. why: "" where there is nothing to add."""

    answer: Answer
    why: str = ""


def _by_best_name(
    one: Attested, wanted: Wanted, keys: Collection[VerifyKey], now: float, recorded: Mapping[str, float]
) -> Attested:
    """The same by that name of its key by which it counts: one key may be listed under several."""
    same = {(key.pem, key.identity) for key in keys if key.name == one.key} if one.key else set()
    named = [one._replace(key=key.name) for key in keys if (key.pem, key.identity) in same]
    counting = (other for other in named if _doubt(other, wanted, keys, now, recorded) is None)
    return next(counting, one)


def _doubt(
    one: Attested, wanted: Wanted, keys: Collection[VerifyKey], now: float, recorded: Mapping[str, float]
) -> _Doubt | None:
    """Why it does not count whoever it is of; None where it counts."""
    if not one.signed:
        believed = wanted.unsigned and not wanted.keys and wanted.kind != ClaimKind.SIGNATURE
        return None if believed else _Doubt(Answer.ABSENT, "one is there, and nobody has signed it")
    listed = [key for key in keys if key.name == one.key] if one.key else []
    if not listed:
        hint = one.told.get("key", "")
        return _Doubt(Answer.WRONG_KEY, f"it names the key {hint}" if hint else "")
    if wanted.keys and one.key not in wanted.keys:
        return _Doubt(Answer.WRONG_KEY, f'it is by the {listed[0].noun} "{one.key}"')
    since = recorded.get(one.source, 0.0) if one.source else 0.0
    for key in listed:
        if key.until and now >= key.until and not 0 < since < key.until:
            ended = f'the {key.noun} "{key.name}" ended on {written_moment(key.until)[:10]}'
            return _Doubt(Answer.ENDED_KEY, ended)
    return None


def _is_of(one: Attested, digests: Collection[str]) -> bool:
    return any(digest in digests for digest in one.digests)


def _moment(one: Attested, now: float) -> float:
    """When it was claimed; 0.0 where no moment is named that can be."""
    return one.claim.at if one.claim.at <= now + AHEAD else 0.0


def _order(one: Attested, now: float) -> tuple[float, bool, str]:
    """The newest last. A failure without a moment may be the newest, a pass without one is the oldest."""
    at = _moment(one, now)
    return (at if at or one.claim.passed else math.inf, not one.claim.passed, one.source)


def _too_old(one: Attested, wanted: Wanted, now: float) -> str:
    """Why it is too old, "" where it is not."""
    if not wanted.max_age:
        return ""
    at = _moment(one, now)
    if not at:
        return "it is dated in the future" if one.claim.at else "it names no moment"
    return f"it is of {written_moment(at)[:10]}" if now - at > wanted.max_age else ""
