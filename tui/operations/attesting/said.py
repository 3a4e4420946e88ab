"""What this account knows of an image, as statements: of each passed claim one, and of the build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import Provenance, Scanning, Signing, Trial, Vulnerability, statement_of
from tui.model.statement import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.evidence import Evidence
    from tui.model.finding import ScanReport
    from tui.model.predicates import Said
    from tui.model.statement import Statement

SCANNERS = {
    "trivy": "pkg:github/aquasecurity/trivy",
    "grype": "pkg:github/anchore/grype",
}
"""A scanner's URI, by its name."""

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_SCP = re.compile(r"(?P<user>[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)")


class Known(NamedTuple):
    """Of one image.

    claims     each with what it says in full
    left_out   why something is not among them, a sentence each
    """

    claims: tuple[tuple[Claim, Said], ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(claim.kind for claim, _ in self.claims)


def known_of(evidence: Evidence, report: ScanReport | None) -> Known:
    """What can be said of an image; `report` is that of its newest scan."""
    claims: list[tuple[Claim, Said]] = []
    left_out = []
    for kind in (ClaimKind.TEST, ClaimKind.SCAN):
        claim = evidence.claimed(kind)
        if claim is None:
            continue
        if not claim.passed:
            left_out.append(f"its newest {kind} has failed: a failure is neither attached nor signed")
        elif kind == ClaimKind.TEST:
            claims.append((claim, _trial(claim)))
        elif report is None:
            left_out.append("the report of its scan is gone: holdfast scan makes another")
        else:
            claims.append((claim, _scanning(report)))
    if evidence.built:
        claim = Claim(ClaimKind.PROVENANCE, passed=True, at=evidence.built)
        claims.append((claim, _provenance(evidence)))
    return Known(tuple(claims), tuple(left_out))


def statements_of(known: Known, name: str, digests: Sequence[str]) -> list[Statement]:
    """They are about the first digest, and the others besides. Raises ValueError for what is no moment."""
    return [statement(claim, said, name, digests) for claim, said in known.claims]


def signatures_of(
    claim: Claim, app: str, versions: Iterable[str], name: str, digests: Sequence[str]
) -> list[Statement]:
    """A signature for each version, "" for one that names none."""
    return [statement(claim, Signing(version, app), name, digests) for version in dict.fromkeys(versions)]


def statement(claim: Claim, said: Said, name: str, digests: Sequence[str]) -> Statement:
    """A claim of an image in a repository, under its digests."""
    first = statement_of(claim, Subject(name, digests[0]), said)
    return first._replace(subjects=(*first.subjects, *(Subject(name, one) for one in digests[1:])))


def _trial(claim: Claim) -> Trial:
    found = _DIGEST.search(claim.detail)
    return Trial(found[0] if found else "")


def _scanning(report: ScanReport) -> Scanning:
    name = report.scanner.lower()
    return Scanning(
        scanner=SCANNERS.get(name, name),
        version=report.version,
        updated=report.database,
        started=report.at,
        sha256=report.sha256.removeprefix("sha256:"),
        vulnerabilities=tuple(
            Vulnerability(
                id=one.id,
                severity=one.severity.upper(),
                package=one.package,
                version=one.installed,
                fixed=one.fixed,
            )
            for one in report.findings
        ),
    )


def _provenance(evidence: Evidence) -> Provenance:
    bases = {name: digest for name, digest in evidence.bases.items() if _DIGEST.fullmatch(digest)}
    return Provenance(
        commit=evidence.commit,
        source=source_uri(evidence.source),
        dirty=evidence.dirty,
        bases=bases,
        started=max(evidence.built - evidence.seconds, 0.0),
    )


def source_uri(remote: str) -> str:
    """A git remote as SPDX writes it, without credentials; "" for a path, which means nothing elsewhere.

    >>> source_uri("https://alice:secret@example.com/web.git"), source_uri("git@example.com:team/web.git")
    ('git+https://example.com/web.git', 'git+ssh://git@example.com/team/web.git')
    """
    scheme, found, rest = remote.partition("://")
    if found:
        if scheme not in ("https", "http", "ssh", "git"):
            return ""
        host, slash, path = rest.partition("/")
        user = host.rpartition("@")[0].partition(":")[0] if scheme == "ssh" else ""
        host = host.rpartition("@")[2]
        path = path.partition("?")[0].partition("#")[0]
        return f"git+{scheme}://{f'{user}@' if user else ''}{host}{slash}{path}"
    scp = _SCP.fullmatch(remote)
    return f"git+ssh://{scp['user'] or ''}{scp['host']}/{scp['path']}" if scp else ""
