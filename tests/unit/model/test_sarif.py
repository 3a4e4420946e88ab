"""SARIF 2.1.0, by the words of its specification: what has to be there, and what each may be."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.model.finding import Finding, Remark, ScanReport
from tui.model.sarif import sarif
from tui.model.scan_gate import Baseline, judge
from tui.model.scan_spec import Ignore, ScanSpec
from tui.model.severity import SEVERITIES

NOW = 1_795_000_000.0
REPORT = ScanReport(
    image="sha256:" + "a" * 64,
    scanner="trivy",
    version="0.76.0",
    sha256="b" * 64,
    database=NOW - 3600,
    family="alpine",
    release="3.20.3",
    packages=20,
    os_packages=15,
)
HOLE = Finding(
    "CVE-1", "critical", "zlib", "1.2", fixed="1.3", kind="alpine", url="https://example.invalid/1"
)
PIP = Finding("GHSA-1", "medium", "flask", "1.0", path="usr/lib/flask 1.0/METADATA", kind="python-pkg")

TEXT = st.text(max_size=12) | st.sampled_from(["/", "../..", "a b", "\ud800", "http://x", "https://\u00e9"])
FINDINGS = st.builds(
    Finding,
    id=TEXT.filter(bool), severity=st.sampled_from(SEVERITIES), package=TEXT, installed=TEXT, fixed=TEXT,
    path=TEXT, url=TEXT, title=TEXT, suppressed=TEXT,
    exploited=st.booleans(), epss=st.none() | st.floats(0, 1),
)  # fmt: skip

ANY = ScanSpec()


def of(*findings: Finding, spec: ScanSpec = ANY, live: Baseline | None = None, **more: Any) -> Any:
    report = REPORT._replace(findings=findings, **more)
    document = sarif(report, judge(report, spec, NOW, live), "team/web", "docker/Dockerfile")
    return json.loads(json.dumps(document))


def check(document: Any) -> None:
    """Sections 3.13, 3.14, 3.18, 3.27 and 3.49 of the specification."""
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-schema-2.1.0.json")
    for run in document["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        rules = [rule["id"] for rule in driver.get("rules", [])]
        assert len(rules) == len({*rules})
        for result in run["results"]:
            assert result["message"]["text"]
            assert result["level"] in ("none", "note", "warning", "error")
            if "ruleIndex" in result:
                assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result.get("baselineState", "new") in ("new", "unchanged", "updated", "absent")
            for suppression in result.get("suppressions", []):
                assert suppression["kind"] in ("inSource", "external")
            for location in result["locations"]:
                place = location["physicalLocation"]
                uri = place["artifactLocation"]["uri"]
                assert uri.isascii() and " " not in uri and not uri.startswith("/") and ":" not in uri
                assert place["region"]["startLine"] >= 1


def test_a_finding_is_a_result_with_its_rule() -> None:
    document = of(HOLE, PIP)
    check(document)
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("trivy", "0.76.0")
    assert driver["rules"][0]["helpUri"] == "https://example.invalid/1"
    assert driver["rules"][0]["properties"]["security-severity"] == "9.5"
    first, second = run["results"]
    assert (first["ruleId"], first["level"]) == ("CVE-1", "error")
    assert first["message"]["text"] == "critical: CVE-1 in zlib 1.2 (fixed in 1.3)"
    assert first["properties"]["fixed"] == "1.3"
    place = second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "usr/lib/flask%201.0/METADATA"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "team/web"
    assert run["properties"]["passed"] is False
    assert run["invocations"][0]["executionSuccessful"] is True


def test_what_was_not_scanned_is_no_success() -> None:
    document = of(looked=False, packages=0, os_packages=0, family="")
    check(document)
    (run,) = document["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is False
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("not scanned: trivy recognised nothing")


def test_what_is_ignored_or_known_is_said() -> None:
    spec = ScanSpec(ignore=(Ignore("CVE-1", "never called"),))
    live = Baseline("r1", frozenset({HOLE.identity}))
    left_out = HOLE._replace(id="CVE-3", suppressed="not_affected")
    document = of(HOLE, PIP, spec=spec, live=live, suppressed=(left_out,))
    check(document)
    results = {one["ruleId"]: one for one in document["runs"][0]["results"]}
    assert results["CVE-1"]["suppressions"][0]["justification"] == "ignored by the configuration"
    assert results["CVE-3"]["suppressions"][0]["justification"] == "not_affected"
    assert "suppressions" not in results["GHSA-1"]
    assert results["GHSA-1"]["baselineState"] == "new"


def test_the_dockerfile_has_a_run_of_its_own() -> None:
    document = of(remarks=(Remark("DL3006", "warning", 4, "tag it"), Remark("SC1", "style", 0, "")))
    check(document)
    lint = document["runs"][1]
    assert lint["tool"]["driver"]["name"] == "hadolint"
    place = lint["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "docker/Dockerfile"}, "region": {"startLine": 4}}


@given(st.lists(FINDINGS, max_size=5), st.booleans())
def test_whatever_is_found_the_document_is_one(findings: list[Finding], compares: bool) -> None:
    live = Baseline("r1", frozenset(one.identity for one in findings[:1])) if compares else None
    suppressed = tuple(one for one in findings if one.suppressed)
    counted = tuple(one for one in findings if not one.suppressed)
    document = of(*counted, live=live, suppressed=suppressed)
    check(document)
    assert len(document["runs"][0]["results"]) == len(findings)
