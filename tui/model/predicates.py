"""What is said of an image as in-toto predicates, and back as claims. Pure.

https://github.com/in-toto/attestation/tree/main/spec/predicates. These have no field for when, by whom and in
which operation a claim was made, nor for whether a scan passed its gate: that stands in a field of our own,
named by a URI as the framework asks of extensions. Others need not know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.codec import Unfit
from tui.model.evidence import LATEST, Claim, ClaimKind
from tui.model.moment import read_moment, written_moment
from tui.model.statement import LONGEST_TEXT, Statement, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNED = "https://sigstore.dev/cosign/sign/v1"
TESTED = "https://in-toto.io/attestation/test-result/v0.1"
SCANNED = "https://in-toto.io/attestation/vulns/v0.2"
SCANNED_BY_COSIGN = "https://cosign.sigstore.dev/attestation/vuln/v1"
"""What `cosign attest --type vuln` writes: it is read."""
BUILT = "https://slsa.dev/provenance/v1"
JUDGED = "https://slsa.dev/verification_summary/v1"

KINDS: Mapping[str, str] = {
    SIGNED: ClaimKind.SIGNATURE,
    TESTED: ClaimKind.TEST,
    SCANNED: ClaimKind.SCAN,
    SCANNED_BY_COSIGN: ClaimKind.SCAN,
    BUILT: ClaimKind.PROVENANCE,
    JUDGED: ClaimKind.VERDICT,
}

OWN = "https://holdfast.io/claim/v1"
"""The field of our own within a predicate, and the name of who builds and judges."""
BUILD_TYPE = "https://holdfast.io/build/v1"
VERIFIER = "https://holdfast.io/verifier/v1"

MOST_VULNERABILITIES = 2000
"""Of one scan that are written out; more are counted."""


class Signing(NamedTuple):
    """A signature: whoever holds the key stands for the image. version, app: "" where not said."""

    version: str = ""
    app: str = ""


class Trial(NamedTuple):
    """How an image was tested, by which tests.

    configuration   the digest "sha256:..." of what says how, "" where unknown
    """

    configuration: str
    passed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    url: str = ""


class Vulnerability(NamedTuple):
    """One that a scan found. severity: "CRITICAL" and the like; fixed: what mends it, "" for nothing."""

    id: str
    severity: str
    package: str = ""
    version: str = ""
    fixed: str = ""


class Scanning(NamedTuple):
    """How an image was scanned, and what was found.

    scanner, version, sha256   which program: a URI ("pkg:github/aquasecurity/trivy"), its version, its file
    db, db_version, updated    its database; `updated` and `started` are seconds since the epoch
    """

    scanner: str
    version: str
    updated: float
    started: float
    db: str = ""
    db_version: str = ""
    sha256: str = ""
    vulnerabilities: tuple[Vulnerability, ...] = ()


class Provenance(NamedTuple):
    """How an image was built.

    source, commit   the repository as a URI ("git+https://..."), "" where unknown; dirty: with other changes
    bases            base image -> digest
    builder          who built: a URI
    started          seconds since the epoch, 0.0 where unknown
    """

    commit: str
    source: str = ""
    dirty: bool = False
    bases: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}
    builder: str = VERIFIER
    started: float = 0.0


class Judgement(NamedTuple):
    """That a policy was met, or was not. resource: what it was about, a URI; levels: what was verified."""

    resource: str
    policy: str = ""
    policy_digest: str = ""
    levels: tuple[str, ...] = ()


Said = Signing | Trial | Scanning | Provenance | Judgement


def statement_of(claim: Claim, subject: Subject, said: Said) -> Statement:
    """A claim as a statement. Raises ValueError where its moment is none."""
    match said:
        case Signing():
            kind, predicate = SIGNED, dict[str, Any]()
            told = {"version": said.version, "app": said.app}
            extra = {name: text for name, text in told.items() if text}
            subject = subject._replace(annotations={**subject.annotations, **extra})
        case Trial():
            kind, predicate = TESTED, _trial(claim, said)
        case Scanning():
            kind, predicate = SCANNED, _scan(claim, said)
        case Provenance():
            kind, predicate = BUILT, _build(claim, said)
        case Judgement():
            kind, predicate = JUDGED, _judgement(claim, said)
    own = {"at": written_moment(claim.at), "by": claim.by, "op": claim.op, "detail": claim.detail}
    own_fields: dict[str, Any] = {name: text for name, text in own.items() if text}
    if kind == SCANNED:
        own_fields["passed"] = claim.passed
    return Statement((subject,), kind, {**predicate, OWN: own_fields})


def _trial(claim: Claim, said: Trial) -> dict[str, Any]:
    result = "FAILED" if not claim.passed else "WARNED" if said.warned else "PASSED"
    digest = said.configuration.removeprefix("sha256:")
    return {
        "result": result,
        "configuration": [{"name": "test", "digest": {"sha256": digest}}] if digest else [],
        **({"url": said.url} if said.url else {}),
        "passedTests": [*said.passed],
        "warnedTests": [*said.warned],
        "failedTests": [*said.failed],
    }


def _scan(claim: Claim, said: Scanning) -> dict[str, Any]:
    written = said.vulnerabilities[:MOST_VULNERABILITIES]
    return {
        "scanner": {
            "uri": said.scanner,
            "version": said.version,
            **({"digest": {"sha256": said.sha256}} if said.sha256 else {}),
            "db": {"uri": said.db, "version": said.db_version, "lastUpdate": written_moment(said.updated)},
            "result": [_vulnerability(one) for one in written],
            "found": len(said.vulnerabilities),
        },
        "metadata": {
            "scanStartedOn": written_moment(said.started),
            "scanFinishedOn": written_moment(claim.at),
        },
    }


def _vulnerability(one: Vulnerability) -> dict[str, Any]:
    notes = {"package": one.package, "version": one.version, "fixed": one.fixed}
    return {
        "id": one.id,
        "severity": [{"method": "scanner", "score": one.severity}],
        "annotations": [{name: text} for name, text in notes.items() if text],
    }


def _build(claim: Claim, said: Provenance) -> dict[str, Any]:
    sources = [{"uri": said.source or "git", "digest": {"gitCommit": said.commit}}] if said.commit else []
    bases = [
        {"uri": f"pkg:docker/{name}", "digest": {"sha256": digest.removeprefix("sha256:")}}
        for name, digest in said.bases.items()
    ]
    started = {"startedOn": written_moment(said.started)} if said.started else {}
    return {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {**said.parameters, "dirty": said.dirty},
            "resolvedDependencies": [*sources, *bases],
        },
        "runDetails": {
            "builder": {"id": said.builder},
            "metadata": {"invocationId": claim.op, **started, "finishedOn": written_moment(claim.at)},
        },
    }


def _judgement(claim: Claim, said: Judgement) -> dict[str, Any]:
    digest = {"digest": {"sha256": said.policy_digest.removeprefix("sha256:")}} if said.policy_digest else {}
    return {
        "verifier": {"id": VERIFIER},
        "timeVerified": written_moment(claim.at),
        "resourceUri": said.resource,
        "policy": {"uri": said.policy, **digest},
        "verificationResult": "PASSED" if claim.passed else "FAILED",
        "verifiedLevels": [*said.levels],
        "slsaVersion": "1.1",
    }


def claim_of(statement: Statement) -> Claim:
    """What a statement claims; its kind is "" where the predicate is none that is known.

    Whether it passed is taken from the predicate's own field. A scan by another tool lists what it found and
    judges nothing: it has not passed. Raises Unfit where the predicate is not as its type says.
    """
    kind, found = KINDS.get(statement.predicate_type, ""), statement.predicate
    own = found.get(OWN)
    own = own if isinstance(own, dict) else {}
    passed, at = True, 0.0
    match kind:
        case ClaimKind.TEST:
            passed = _one_of(found, "result", {"PASSED": True, "WARNED": True, "FAILED": False})
        case ClaimKind.SCAN:
            passed, at = own.get("passed") is True, read_moment(_at(found, "metadata", "scanFinishedOn"))
            if not isinstance(found.get("scanner"), dict):
                raise Unfit("its scanner is no object")
        case ClaimKind.PROVENANCE:
            at = read_moment(_at(found, "runDetails", "metadata", "finishedOn"))
            if not _text(_at(found, "runDetails", "builder", "id")):
                raise Unfit("its builder is not named")
        case ClaimKind.VERDICT:
            passed = _one_of(found, "verificationResult", {"PASSED": True, "FAILED": False})
            at = read_moment(found.get("timeVerified"))
    at = at or read_moment(own.get("at"))
    return Claim(
        kind=kind,
        passed=passed,
        at=at if at < LATEST else 0.0,
        by=_text(own.get("by")),
        op=_text(own.get("op")),
        detail=_text(own.get("detail")),
    )


def told_by(statement: Statement) -> dict[str, str]:
    """What else a statement tells, for people: texts by name. Nothing is decided by it."""
    found = statement.predicate
    told = {
        "version": statement.subjects[0].annotations.get("version", ""),
        "app": statement.subjects[0].annotations.get("app", ""),
        "builder": _at(found, "runDetails", "builder", "id"),
        "scanner": _at(found, "scanner", "uri"),
        "scanner version": _at(found, "scanner", "version"),
        "database": _at(found, "scanner", "db", "lastUpdate"),
        "resource": found.get("resourceUri"),
        "policy": _at(found, "policy", "uri"),
        "verifier": _at(found, "verifier", "id"),
        "url": found.get("url"),
        "levels": _words(found.get("verifiedLevels")),
    }
    sources = _at(found, "buildDefinition", "resolvedDependencies")
    for one in sources if isinstance(sources, list) else ():
        commit = _at(one, "digest", "gitCommit")
        if _text(commit):
            told |= {"commit": commit, "source": _at(one, "uri")}
            break
    return {name: text for name, value in told.items() if (text := _text(value))}


def _words(found: object) -> str:
    """The texts of a list, one behind the other."""
    return " ".join(one for one in found if isinstance(one, str)) if isinstance(found, list) else ""


def _one_of(found: Mapping[str, Any], name: str, choices: Mapping[str, bool]) -> bool:
    value = found.get(name)
    if not isinstance(value, str) or value not in choices:
        raise Unfit(f"its {name} is none of {', '.join(choices)}")
    return choices[value]


def _at(found: object, *names: str) -> object:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT else ""
