"""Grype's JSON report. Pure; the fields as of 0.79 to 0.116."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tui.model.finding import Finding, ScanReport, end_of_life, worst_first
from tui.model.moment import read_moment
from tui.scanners.reading import (
    FINDINGS,
    document,
    named,
    number,
    objects,
    severity,
    table,
    text,
    texts,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "grype"

SYSTEMS = ("apk", "deb", "rpm", "alpm", "portage")
"""Types of a distribution's packages."""

_GATHERED = re.compile(r"gathered packages\b.*\bpackages=(\d{1,9})\b")
"""With --verbose, and nowhere in its report."""

ENDED = "distro-eol"


def read_report(raw: bytes, said: str = "") -> ScanReport:
    """What it found; what only we know (binary, image) is not filled in. Raises ScanFailed.

    said   what it wrote to its standard error
    """
    found = document(raw, NAME)
    if "matches" not in found:
        raise unreadable(NAME, "matches is missing")
    matches, left_out = objects(found, "matches", NAME), objects(found, "ignoredMatches", NAME)
    if len(matches) + len(left_out) > FINDINGS:
        raise unreadable(NAME, f"it has more than {FINDINGS:,} findings")
    family, release = text(table(found, "distro"), "name"), text(table(found, "distro"), "version")
    findings = [_finding(one, family) for one in matches]
    ended = any(
        text(alert, "type") == ENDED
        for package in objects(found, "alertsByPackage", NAME)
        for alert in objects(package, "alerts", NAME)
    )
    if ended:
        findings.append(end_of_life(family, release))
    packages = int(gathered[1]) if (gathered := _GATHERED.search(said)) else -1
    target = table(found, "source", "target")
    return ScanReport(
        image=text(target, "imageID"),
        scanner=NAME,
        version=text(table(found, "descriptor"), "version"),
        database=read_database(table(found, "descriptor", "db")),
        family=family,
        release=release,
        end_of_life=ended,
        looked=packages != 0 or bool(family),
        packages=packages,
        # It does not say of which kind they are: those of the findings are known.
        os_packages=packages if family else 0,
        findings=worst_first(findings),
        suppressed=worst_first(_finding(one, family)._replace(suppressed=_why(one)) for one in left_out),
        layers=tuple(text(one, "digest") for one in objects(target, "layers", NAME)),
    )


def read_database(db: Mapping[str, Any]) -> float:
    """When the database was built; it stands at one of two places, by the version."""
    return read_moment(text(table(db, "status"), "built") or text(db, "built"))


def read_status(raw: bytes) -> tuple[float, bool]:
    """Of `grype db status --output json`: when the database was built, and whether it can be used."""
    found = document(raw, NAME)
    return read_moment(text(found, "built")), found.get("valid") is not False


def read_version(raw: bytes) -> str:
    """Of `grype version --output json`, "" where it is none."""
    return text(document(raw, NAME), "version")


def _finding(one: Mapping[str, Any], family: str) -> Finding:
    hole, artifact = table(one, "vulnerability"), table(one, "artifact")
    kind = text(artifact, "type")
    places = objects(artifact, "locations", NAME)
    place = places[0] if places else {}
    fix = table(hole, "fix")
    chances = [number(rated.get("epss")) for rated in objects(hole, "epss", NAME)]
    return Finding(
        id=named(hole, "id", NAME),
        severity=severity(text(hole, "severity")),
        package=named(artifact, "name", NAME),
        installed=text(artifact, "version"),
        fixed=", ".join(texts(fix, "versions")),
        kind=(family or kind) if kind in SYSTEMS else kind,
        path="" if kind in SYSTEMS else text(place, "path"),
        layer=text(place, "layerID"),
        purl=text(artifact, "purl"),
        exploited=bool(objects(hole, "knownExploited", NAME)),
        epss=max((one for one in chances if one is not None), default=None),
        status=text(fix, "state"),
        title=text(hole, "description"),
        url=text(hole, "dataSource"),
    )


def _why(one: Mapping[str, Any]) -> str:
    rules = objects(one, "appliedIgnoreRules", NAME)
    words = [text(rule, "vex-status") or text(rule, "reason") for rule in rules]
    return next(filter(None, words), "left out")
