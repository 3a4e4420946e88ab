"""A scan as SARIF 2.1.0 (OASIS Standard), which forges and editors show. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.scan_gate import finding_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.finding import Finding, Remark, ScanReport
    from tui.model.scan_gate import ScanVerdict

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "negligible": "note"}
"""What is not among them is a "warning"."""

SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "negligible": "0.1"}
"""By which GitHub sorts: the middle of each range of CVSS."""

LINT_LEVELS = {"error": "error", "warning": "warning", "info": "note", "style": "note"}

URIS = {"trivy": "https://trivy.dev", "grype": "https://github.com/anchore/grype"}


def sarif(report: ScanReport, verdict: ScanVerdict, image: str, dockerfile: str = "") -> dict[str, Any]:
    """A report and what the gate says of it.

    image        as it is named: where a finding is that has no file of its own
    dockerfile   its path, relative to the project
    """
    runs = [_scan(report, verdict, image)]
    if report.remarks:
        runs.append(_lint(report.remarks, dockerfile or "Dockerfile"))
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": runs}


def _scan(report: ScanReport, verdict: ScanVerdict, image: str) -> dict[str, Any]:
    ignored = {one.identity for one in verdict.ignored}
    found = [*report.findings, *report.suppressed]
    rules: dict[str, Finding] = {}
    for one in found:
        rules.setdefault(one.id, one)
    places = {id: place for place, id in enumerate(rules)}
    results = []
    for one in found:
        result = _result(one, image, places[one.id])
        if one.suppressed:
            result["suppressions"] = [{"kind": "external", "justification": one.suppressed}]
        elif one.identity in ignored:
            result["suppressions"] = [{"kind": "external", "justification": "ignored by the configuration"}]
        if verdict.new is not None:
            result["baselineState"] = "new" if one.identity in verdict.new else "unchanged"
        results.append(result)
    driver = {
        "name": report.scanner,
        "version": report.version,
        "informationUri": URIS.get(report.scanner, "https://docs.oasis-open.org/sarif/sarif/v2.1.0/"),
        "rules": [_rule(one) for one in rules.values()],
    }
    return {
        "tool": {"driver": driver},
        "results": results,
        "invocations": [_invocation(report, verdict)],
        "properties": {
            "image": report.image,
            "distribution": report.distribution,
            "scannerSha256": report.sha256,
            "passed": verdict.passed,
        },
    }


def _invocation(report: ScanReport, verdict: ScanVerdict) -> dict[str, Any]:
    """What was not scanned has failed, whatever the scanner itself thinks of it."""
    said = [
        {"level": "error", "message": {"text": f"not scanned: {one.message}"}} for one in verdict.not_scanned
    ]
    said += [{"level": "note", "message": {"text": note}} for note in verdict.notes]
    return {"executionSuccessful": not verdict.not_scanned, "toolExecutionNotifications": said}


def _rule(one: Finding) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": one.id,
        "shortDescription": {"text": one.title or one.id},
        "properties": {"security-severity": SCORES.get(one.severity, "0.0"), "tags": ["security"]},
    }
    if one.url.startswith(("https://", "http://")) and one.url.isascii():
        rule["helpUri"] = one.url
    return rule


def _result(one: Finding, image: str, rule: int) -> dict[str, Any]:
    return {
        "ruleId": one.id,
        "ruleIndex": rule,
        "level": LEVELS.get(one.counts_as, "warning"),
        "message": {"text": f"{one.severity}: {finding_words(one)}"},
        "locations": [_location(one.path or image, 1)],
        "partialFingerprints": {"finding/v1": "|".join(one.identity)},
        "properties": {
            name: value
            for name, value in (
                ("severity", one.severity), ("package", one.package), ("installed", one.installed),
                ("fixed", one.fixed), ("purl", one.purl), ("layer", one.layer), ("status", one.status),
                ("exploited", one.exploited), ("epss", one.epss),
            )
            if value not in ("", None, False)
        },
    }  # fmt: skip


def _location(path: str, line: int) -> dict[str, Any]:
    """A path from the root of the image, or of the project: a relative reference (RFC 3986)."""
    place = {"artifactLocation": {"uri": _uri(path)}, "region": {"startLine": max(line, 1)}}
    return {"physicalLocation": place}


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.lstrip("/") or ".", safe="/@._-~", errors="replace")


def _lint(remarks: Iterable[Remark], dockerfile: str) -> dict[str, Any]:
    results = [
        {
            "ruleId": one.code or "hadolint",
            "level": LINT_LEVELS.get(one.level, "warning"),
            "message": {"text": one.message or one.code},
            "locations": [_location(dockerfile, one.line)],
        }
        for one in remarks
    ]
    driver = {"name": "hadolint", "informationUri": "https://github.com/hadolint/hadolint"}
    return {"tool": {"driver": driver}, "results": results}
