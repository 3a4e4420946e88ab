"""The chain commit -> build -> test -> scan -> signature -> push -> deploy of an image. Pure.

Every link says what is known of one step, from wherever it is known: what hangs on the image in its registry,
what this account found, what a release's record has. What is not known is a link that says so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model import checks
from tui.model.digest import short_id
from tui.model.evidence import Claim, ClaimKind, Evidence, recorded_claims, recorded_moment
from tui.model.predicates import VERIFIER
from tui.model.recorded_trust import UNSIGNED, recorded_verdicts
from tui.model.secrets import mask_text
from tui.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.model.checks import By
    from tui.model.evidence import Requirement
    from tui.model.release import Outcome, Release
    from tui.model.signing import Attested
    from tui.model.verdict import Verdict

LONGEST = 200
"""Characters of one text of a link."""
_READ = 4096
"""Characters of a text from outside that are looked at for secrets; the rest is not shown."""


class LinkKind(StrEnum):
    """The steps of a chain, in their order; a requirement of another kind stands before the push."""

    COMMIT = "commit"
    BUILD = "build"
    TEST = "test"
    SCAN = "scan"
    SIGNATURE = "signature"
    VERDICT = "verdict"
    PUSH = "push"
    DEPLOY = "deploy"


CLAIMED: Mapping[str, str] = {
    LinkKind.BUILD: ClaimKind.PROVENANCE,
    LinkKind.TEST: ClaimKind.TEST,
    LinkKind.SCAN: ClaimKind.SCAN,
    LinkKind.SIGNATURE: ClaimKind.SIGNATURE,
    LinkKind.VERDICT: ClaimKind.VERDICT,
}
"""Which kind of claim a link is about, for those that are about one."""


class LinkState(StrEnum):
    """MISSING: it is not there, or does not count. UNVERIFIED: nobody knows, or somebody says so only."""

    OK = "ok"
    MISSING = "missing"
    FAILED = "failed"
    UNVERIFIED = "unverified"


class Link(NamedTuple):
    """One step. Texts come from outside and are bounded, without secrets; show them by `safe`.

    at         when, seconds since the epoch, 0.0 where that is not known
    by         who
    where      where it is known from, or where it happened
    key        the name of the key by which it counts, UNSIGNED where a claim counts that nobody signed
    detail     what was found
    check      the command by which anybody can check it, "" where there is none
    required   whether a policy requires it, and it is not there
    remedy     what to do then
    """

    kind: str
    state: LinkState
    at: float = 0.0
    by: str = ""
    where: str = ""
    key: str = ""
    detail: str = ""
    check: str = ""
    required: bool = False
    remedy: str = ""

    @property
    def ok(self) -> bool:
        return self.state is LinkState.OK


class Known(NamedTuple):
    """All that is known of one image of an app.

    repository   as in references, without "/" where there is no registry
    version      as it was asked for, "" where it was not
    digest       of its manifest or index in the registry, "" where it has none there
    evidence     what this account knows
    attested     what hangs on it in its registry
    verdicts     on that; of a kind without one nothing is believed
    missing      what a policy wants and does not find (`Policy.missing`): of these kinds no link is OK
    looked       whether the registry was looked at: what was not found is not there then
    held         whether the registry has it, None where nobody asked
    release      its record, None where none is known
    outcome      of that
    keys         the name of a listed key or identity -> what cosign takes for it
    plain        whether the registry is spoken to without TLS
    elsewhere    whether the registry is on the loopback of another host: a command would ask this one's
    """

    app: str
    repository: str
    version: str = ""
    digest: str = ""
    evidence: Evidence = Evidence("")
    attested: tuple[Attested, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    missing: Sequence[Requirement] = ()
    looked: bool = False
    held: bool | None = None
    release: Release | None = None
    outcome: Outcome | None = None
    keys: Mapping[str, By] = {}
    plain: bool = False
    elsewhere: bool = False

    @property
    def facts(self) -> Mapping[str, str]:
        """What the record has of the image."""
        return self.release.evidence if self.release is not None else {}

    def said(self, verdict: Verdict) -> Attested | None:
        """What decided a verdict."""
        return next((one for one in self.attested if verdict.source and one.source == verdict.source), None)


def chain(known: Known) -> tuple[Link, ...]:
    """The links in their order. What a policy requires and does not find is one that is not OK."""
    links = [_commit(known)]
    wanted = {one.kind: one for one in known.missing}
    for link in CLAIMED:
        found = _claimed(known, link, wanted.pop(CLAIMED[link], None))
        if found is not None:
            links.append(found)
    links += [_required(known, kind, one) for kind, one in wanted.items()]
    links += [_push(known), _deploy(known)]
    return tuple(_cleaned(link) for link in links)


def _cleaned(link: Link) -> Link:
    return link._replace(
        by=_clean(link.by),
        where=_clean(link.where),
        key=_clean(link.key),
        detail=_clean(link.detail),
        remedy=_clean(link.remedy),
    )


def _clean(text: str) -> str:
    """Without secrets, and bounded: whoever may push may have written it."""
    return mask_text(text[:_READ])[:LONGEST] if text else ""


# What is claimed


def _claimed(known: Known, link: str, wanted: Requirement | None) -> Link | None:
    kind = CLAIMED[link]
    if wanted is not None:
        return _required(known, link, wanted)
    for source in (_verified, _recorded, _own, _doubted):
        if (found := next(source(known, link, kind), None)) is not None:
            return found
    if link == LinkKind.VERDICT:  # nobody has to promote
        return None
    if known.looked:
        return Link(link, LinkState.UNVERIFIED, detail="none is there, and none is required")
    return Link(link, LinkState.UNVERIFIED, detail="nothing is known of it")


_STATES: Mapping[Answer, LinkState] = {
    Answer.FAILED: LinkState.FAILED,
    Answer.UNREACHABLE: LinkState.UNVERIFIED,
}


def _required(known: Known, link: str, wanted: Requirement) -> Link:
    """What is required, and not found: whatever else is known of it does not count."""
    verdict = next((one for one in known.verdicts if one.kind == wanted.kind), None)
    state = LinkState.MISSING
    if verdict is not None and not verdict.ok:
        state = _STATES.get(verdict.answer, LinkState.MISSING)
    elif known.evidence.claimed(wanted.kind) is not None:
        state = LinkState.FAILED  # by this account's own word
    key = verdict.key if verdict is not None else ""
    return Link(
        kind=link,
        state=state,
        at=verdict.at if verdict is not None else 0.0,
        key=key,
        detail=wanted.lacks,
        check=_check(known, wanted.kind, key or next(iter(known.keys), "")),
        required=wanted.enforced,
        remedy=wanted.remedy,
    )


def _verified(known: Known, link: str, kind: str) -> Iterator[Link]:
    for verdict in known.verdicts:
        if verdict.kind == kind and verdict.ok:
            yield _by_verdict(known, link, verdict, LinkState.OK)


def _by_verdict(known: Known, link: str, verdict: Verdict, state: LinkState) -> Link:
    said = known.said(verdict)
    claim = said.claim if said is not None else Claim(verdict.kind, verdict.ok, verdict.at)
    told = said.told if said is not None else {}
    uri = said.predicate_type if said is not None and verdict.kind != ClaimKind.SIGNATURE else ""
    return Link(
        kind=link,
        state=state,
        at=verdict.at or claim.at,
        by=claim.by,
        where=_host(known.repository),
        key=verdict.key or (UNSIGNED if verdict.ok else ""),
        detail=(claim.detail or _told(told)) if verdict.ok else verdict.lacks,
        check=_check(known, verdict.kind, verdict.key, uri),
    )


def _told(told: Mapping[str, str]) -> str:
    scanner = " ".join(filter(None, (told.get("scanner", ""), told.get("scanner version", ""))))
    builder = told.get("builder", "")
    return scanner if builder == VERIFIER else builder or scanner  # ours says what it is, and not who


def _recorded(known: Known, link: str, kind: str) -> Iterator[Link]:
    """What was verified when it was deployed."""
    for verdict in recorded_verdicts(known.facts):
        if verdict.kind == kind and verdict.ok and known.release is not None:
            yield Link(
                kind=link,
                state=LinkState.OK,
                at=verdict.at,
                by=known.facts.get(f"{kind} by", ""),
                where=f"verified for r{known.release.number}",
                key=verdict.key or UNSIGNED,
                check=_check(known, kind, verdict.key),
            )


def _own(known: Known, link: str, kind: str) -> Iterator[Link]:
    """What this account found, now or when it was deployed."""
    here, facts = known.evidence, known.facts
    for claim, where in (
        (here.claimed(kind), "this account"),
        (next((one for one in recorded_claims(facts) if one.kind == kind), None), "the record"),
    ):
        if claim is not None:
            yield Link(
                kind=link,
                state=LinkState.OK if claim.passed else LinkState.FAILED,
                at=claim.at,
                by=claim.by,
                where=where,
                detail=claim.detail,
                check=checks.operation_check(claim.op),
            )
    if link == LinkKind.BUILD and here.built:
        took = f"in {here.seconds:.0f} s" if here.seconds else ""
        yield Link(link, LinkState.OK, at=here.built, where="this account", detail=took)
    elif link == LinkKind.BUILD and (built := recorded_moment(facts.get("built", ""))):
        yield Link(link, LinkState.OK, at=built, where="the record")


def _doubted(known: Known, link: str, kind: str) -> Iterator[Link]:
    """What is there and does not count, where nothing requires that it does."""
    for verdict in known.verdicts:
        if verdict.kind == kind and verdict.answer is not Answer.ABSENT:
            state = _STATES.get(verdict.answer, LinkState.UNVERIFIED)
            yield _by_verdict(known, link, verdict, state)
    for one in known.attested:
        if one.claim.kind == kind and not one.fault:
            said = "somebody says so" if one.claim.passed else "somebody says that it failed"
            signed = "by no key that is listed" if one.signed else "and nobody signed it"
            yield Link(
                link,
                LinkState.UNVERIFIED,
                by=one.claim.by,
                where=_host(known.repository),
                detail=f"{said}, {signed}",
            )


def _check(known: Known, kind: str, key: str, uri: str = "") -> str:
    word = known.keys.get(key, "")  # of a key that is not listed here nobody knows where it is
    plain, digest = known.plain, known.digest
    if known.elsewhere:
        found = ""
    elif kind == ClaimKind.SIGNATURE:
        found = checks.signature_check(known.repository, digest, word, plain=plain)
    else:
        found = checks.claim_check(kind, known.repository, digest, word, uri=uri, plain=plain)
    if found or not digest or (known.looked and known.app):  # what looks at it now is that very check
        return found
    return checks.verify_check(known.app, known.version or digest)


# What is not


def _commit(known: Known) -> Link:
    told: Mapping[str, str] = {}
    verdict = next((one for one in known.verdicts if one.kind == ClaimKind.PROVENANCE), None)
    if verdict is not None and (said := known.said(verdict)) is not None:
        told = said.told
    here = known.evidence.commit or known.facts.get("commit", "")
    there, believed = told.get("commit", ""), verdict is not None and verdict.ok
    commit, state, detail = here or there, LinkState.OK, here or there
    if not commit:
        return Link(LinkKind.COMMIT, LinkState.UNVERIFIED, detail="nothing is known of it")
    if here and there and believed and not (here.startswith(there) or there.startswith(here)):
        state = LinkState.FAILED
        detail = f"{short_id(here)} as this account knows, {short_id(there)} as its provenance says"
    elif not here and not believed:
        state, detail = LinkState.UNVERIFIED, f"{short_id(there)}, as a provenance says that does not count"
    if known.evidence.dirty:
        detail += ", with uncommitted changes"
    source = known.facts.get("source", "") or told.get("source", "")
    return Link(
        kind=LinkKind.COMMIT,
        state=state,
        where=source if source != "git" else "",
        detail=detail,
        check=checks.commit_check(commit),
    )


def _push(known: Known) -> Link:
    kind, where = LinkKind.PUSH, known.repository
    if "/" not in known.repository:
        return Link(kind, LinkState.MISSING, detail="local only: it has no registry")
    if known.held is False:
        push = f"holdfast push {known.app} {known.version}".rstrip()
        return Link(kind, LinkState.MISSING, where=where, detail="the registry does not have it", remedy=push)
    if not known.digest:
        return Link(kind, LinkState.UNVERIFIED, where=where, detail="nothing is known of it")
    said = "the registry has it" if known.held else "not asked now; recorded by its digest"
    check = ""
    if not known.elsewhere:
        check = checks.push_check(known.repository, known.digest, plain=known.plain)
    state = LinkState.OK if known.held or known.release is not None else LinkState.UNVERIFIED
    return Link(kind, state, where=where, detail=said, check=check)


def _deploy(known: Known) -> Link:
    kind, release, outcome = LinkKind.DEPLOY, known.release, known.outcome
    if release is None:
        return Link(kind, LinkState.UNVERIFIED, detail="no release of it is known")
    state, detail = LinkState.UNVERIFIED, f"r{release.number}, neither finished nor undone"
    if outcome is not None:
        state = LinkState.OK if outcome.good else LinkState.FAILED
        detail = f"r{release.number}" if outcome.good else f"r{release.number} failed: {outcome.message}"
    return Link(
        kind=kind,
        state=state,
        at=release.at,
        by=release.by,
        where=release.host,
        detail=f"{detail}, taken over as it stood" if release.adopted else detail,
        check=f"holdfast history {known.app}",
    )


def _host(repository: str) -> str:
    return repository.partition("/")[0] if "/" in repository else ""
