"""Trivy's JSON report. Pure; the fields as of 0.59 to 0.76."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.finding import Finding, ScanReport, end_of_life, worst_first
from tui.model.moment import read_moment
from tui.scanners.reading import (
    FINDINGS,
    document,
    named,
    objects,
    severity,
    table,
    text,
    texts,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "trivy"

OS, LANGUAGE = "os-pkgs", "lang-pkgs"

UNSUPPORTED = ("This OS version is not on the EOL list", "Unsupported os")
"""What it says on its standard error, and nowhere else, of a distribution it may have no advisories of."""


def read_report(raw: bytes, said: str = "") -> ScanReport:
    """What it found; what only we know (binary, database, image) is not filled in. Raises ScanFailed.

    said   what it wrote to its standard error
    """
    found = document(raw, NAME)
    results = objects(found, "Results", NAME)
    system = table(found, "Metadata", "OS")
    family, release = text(system, "Family"), text(system, "Name")
    packages = {OS: 0, LANGUAGE: 0}
    findings: list[Finding] = []
    suppressed: list[Finding] = []
    for result in results:
        kind = text(result, "Class")
        packages[kind] = packages.get(kind, 0) + len(objects(result, "Packages", NAME))
        findings += [_finding(one, result) for one in objects(result, "Vulnerabilities", NAME)]
        suppressed += _suppressed(result)
        if len(findings) + len(suppressed) > FINDINGS:
            raise unreadable(NAME, f"it has more than {FINDINGS:,} findings")
    ended = system.get("EOSL") is True
    if ended:
        findings.append(end_of_life(family, release))
    return ScanReport(
        image=text(table(found, "Metadata"), "ImageID"),
        scanner=NAME,
        version=text(table(found, "Trivy"), "Version"),
        family=family,
        release=release,
        end_of_life=ended,
        looked=bool(results),
        packages=packages[OS] + packages[LANGUAGE],
        os_packages=packages[OS],
        advisories=not any(words in said for words in UNSUPPORTED),
        findings=worst_first(findings),
        suppressed=worst_first(suppressed),
        layers=texts(table(found, "Metadata"), "DiffIDs"),
    )


def _finding(one: Mapping[str, Any], result: Mapping[str, Any]) -> Finding:
    of_system = text(result, "Class") == OS
    return Finding(
        id=named(one, "VulnerabilityID", NAME),
        severity=severity(text(one, "Severity")),
        package=named(one, "PkgName", NAME),
        installed=text(one, "InstalledVersion"),
        fixed=text(one, "FixedVersion"),
        kind=text(result, "Type"),
        # Packages that were installed have a file of their own, those of a lock file are found in it.
        path="" if of_system else text(one, "PkgPath") or text(result, "Target"),
        layer=text(table(one, "Layer"), "DiffID"),
        purl=text(table(one, "PkgIdentifier"), "PURL"),
        status=text(one, "Status"),
        title=text(one, "Title"),
        url=text(one, "PrimaryURL"),
    )


def _suppressed(result: Mapping[str, Any]) -> list[Finding]:
    found = []
    for one in objects(result, "ExperimentalModifiedFindings", NAME):
        if text(one, "Type") in ("", "vulnerability"):
            status = text(one, "Status") or "left out"
            why = ": ".join(filter(None, (status, text(one, "Statement"))))
            found.append(_finding(table(one, "Finding"), result)._replace(suppressed=why))
    return found


def read_version(raw: bytes) -> str:
    """Of `trivy version --format json`, "" where it is none."""
    return text(document(raw, NAME), "Version")


def read_database(raw: bytes) -> float:
    """When a database was built, by its metadata.json; 0.0 where that does not say so."""
    return read_moment(text(document(raw, NAME), "UpdatedAt"))
