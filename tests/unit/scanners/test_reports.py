"""What scanners say, as they said it; and whatever else could stand in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.finding import Finding, Remark, ScanReport
from tui.scanners import grype_report, hadolint_report, trivy_report
from tui.scanners.errors import ScanFailed

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = Path(__file__).parent / "recorded"
LOWER = "sha256:e51b6da9682525d60f5a642cd9be73baa3571498176c4d1617c8114b8bc5182f"
UPPER = "sha256:c53831f74a6458d8b0e2eaa0d3bcca597ad2039767debe596c0328929287aeeb"
GATHERED = "[0001]  INFO gathered packages packages=14 time=1.2s\n"

READERS: dict[str, Callable[[bytes], object]] = {
    "trivy": trivy_report.read_report,
    "grype": grype_report.read_report,
    "hadolint": hadolint_report.read_remarks,
}


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def test_trivy() -> None:
    found = trivy_report.read_report(recorded("trivy-0.76-alpine"))
    critical, ended, high = found.findings
    assert critical == Finding(
        id="CVE-2099-0001",
        severity="critical",
        package="plantedlib",
        installed="1.0.0-r0",
        fixed="1.0.1-r0",
        kind="alpine",
        layer=LOWER,
        purl="pkg:apk/alpine/plantedlib@1.0.0-r0?arch=x86_64&distro=3.18.0",
        status="fixed",
        title="planted hole",
        url="https://avd.aquasec.com/nvd/cve-2099-0001",
    )
    assert (ended.id, ended.package, ended.severity) == ("EOSL", "alpine", "high")
    assert (high.id, high.severity, high.fixed, high.status) == ("CVE-2099-0002", "high", "", "affected")
    assert found == ScanReport(
        image="sha256:c9f0a2b7ba522629c7616b9e4a8251f9adc8db4098e8156e54cea315845184c3",
        scanner="trivy",
        version="0.76.0",
        family="alpine",
        release="3.18.0",
        end_of_life=True,
        packages=1,
        os_packages=1,
        findings=found.findings,
        layers=(LOWER, UPPER),
    )


def test_trivy_of_an_image_in_which_it_knows_nothing() -> None:
    found = trivy_report.read_report(recorded("trivy-0.76-scratch"))
    assert (found.looked, found.packages, found.family) == (False, 0, "")


def test_trivy_of_a_distribution_that_it_does_not_know() -> None:
    warning = 'WARN\tThis OS version is not on the EOL list\tfamily="alpine" version="3.99"\n'
    raw = recorded("trivy-0.76-no-advisories")
    assert not trivy_report.read_report(raw, warning).advisories
    assert trivy_report.read_report(raw, "").advisories


def test_trivy_says_what_it_left_out() -> None:
    report = json.loads(recorded("trivy-0.76-alpine"))
    (result,) = report["Results"]
    left_out = result["Vulnerabilities"].pop(0)
    result["ExperimentalModifiedFindings"] = [
        {"Type": "vulnerability", "Status": "not_affected", "Statement": "never called", "Finding": left_out}
    ]
    found = trivy_report.read_report(json.dumps(report).encode())
    assert [one.id for one in found.findings] == ["EOSL", "CVE-2099-0002"]
    assert [(one.id, one.suppressed) for one in found.suppressed] == [
        ("CVE-2099-0001", "not_affected: never called")
    ]


def test_grype() -> None:
    found = grype_report.read_report(recorded("grype-0.116-alpine"), GATHERED)
    critical, ended, high = found.findings
    assert critical == Finding(
        id="CVE-2099-0001",
        severity="critical",
        package="plantedlib",
        installed="1.0.0-r0",
        fixed="1.0.1-r0",
        kind="alpine",
        layer=LOWER,
        purl="pkg:apk/alpine/plantedlib@1.0.0-r0?arch=x86_64&distro=alpine-3.18.0",
        exploited=True,
        epss=0.94358,
        status="fixed",
        title="A hole in plantedlib.",
        url="https://security.alpinelinux.org/vuln/CVE-2099-0001",
    )
    assert ended.id == "EOSL"
    assert (high.id, high.kind, high.layer, high.epss, high.exploited) == (
        "GHSA-aaaa-bbbb-cccc", "python", UPPER, None, False,
    )  # fmt: skip
    assert high.path.endswith("METADATA")
    assert [(one.id, one.suppressed) for one in found.suppressed] == [("CVE-2099-0002", "not_affected")]
    assert (found.version, found.packages, found.distribution) == ("0.116.0", 14, "alpine 3.18.0")
    assert found.database == 1784528417.0
    assert found.layers == (LOWER, UPPER)


def test_both_call_a_finding_the_same() -> None:
    """So that the live release's report may be the other scanner's."""
    by_trivy = trivy_report.read_report(recorded("trivy-0.76-alpine")).findings[0]
    assert grype_report.read_report(recorded("grype-0.116-alpine")).findings[0].identity == by_trivy.identity


def test_grype_says_only_beside_its_report_how_much_it_looked_at() -> None:
    raw = recorded("grype-0.116-alpine")
    assert grype_report.read_report(raw, "").packages == -1
    assert grype_report.read_report(raw, "gathered packages time=1s").packages == -1
    none = json.dumps({**json.loads(raw), "matches": [], "distro": {}}).encode()
    empty = grype_report.read_report(none, "INFO gathered packages packages=0 time=1s")
    assert (empty.packages, empty.looked) == (0, False)


def test_hadolint_says_the_worst_first() -> None:
    assert hadolint_report.read_remarks(recorded("hadolint-2.15")) == (
        Remark("DL1000", "error", 4, "unexpected 'F' expecting '#', ADD, ARG"),
        Remark("DL3006", "warning", 1, "Always tag the version of an image explicitly"),
        Remark("DL3015", "info", 2, "Avoid additional packages by specifying `--no-install-recommends`"),
    )


BROKEN: dict[str, Any] = {
    "no list": {"Results": {}, "matches": {}},
    "a list of something else": {"Results": [1], "matches": [1]},
    "a finding without a name": {
        "Results": [{"Vulnerabilities": [{"VulnerabilityID": "CVE-1"}]}],
        "matches": [{"vulnerability": {"id": "CVE-1"}, "artifact": {}}],
    },
    "a finding without an ID": {
        "Results": [{"Vulnerabilities": [{"PkgName": "x"}]}],
        "matches": [{"vulnerability": {}, "artifact": {"name": "x"}}],
    },
    "findings that are none": {
        "Results": [{"Vulnerabilities": "many"}],
        "matches": [{"vulnerability": "CVE-1", "artifact": "x"}],
    },
}


@pytest.mark.parametrize("scanner", ["trivy", "grype"])
@pytest.mark.parametrize("report", BROKEN.values(), ids=BROKEN)
def test_a_finding_that_cannot_be_read_is_not_left_out(scanner: str, report: Any) -> None:
    with pytest.raises(ScanFailed, match="cannot be read"):
        READERS[scanner](json.dumps(report).encode())


@pytest.mark.parametrize("scanner", READERS)
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"null", b"1", b'"text"', b"{", b"[" * 100_000, b"9" * 5000,
        b"Segmentation fault\n", b'[{"code": 1}, 2]',
    ],
)  # fmt: skip
def test_what_is_no_report_is_none(scanner: str, raw: bytes) -> None:
    with pytest.raises(ScanFailed):
        READERS[scanner](raw)


def test_an_empty_object_is_no_report_of_grype() -> None:
    with pytest.raises(ScanFailed, match="matches is missing"):
        grype_report.read_report(b"{}")
    assert not trivy_report.read_report(b"{}").looked, "so Trivy says that it knows nothing of it"


def test_too_many_findings_are_refused() -> None:
    many = [{"VulnerabilityID": f"CVE-{number}", "PkgName": "x"} for number in range(20_001)]
    with pytest.raises(ScanFailed, match="more than 20,000"):
        trivy_report.read_report(json.dumps({"Results": [{"Vulnerabilities": many}]}).encode())


KEYS = st.sampled_from(
    [
        "Results", "Metadata", "OS", "Family", "Name", "EOSL", "Vulnerabilities", "Packages", "Class", "Type",
        "VulnerabilityID", "PkgName", "Severity", "Layer", "DiffID", "DiffIDs", "matches", "vulnerability",
        "artifact", "id", "name", "fix", "versions", "locations", "epss", "severity", "distro", "source",
        "target", "layers", "digest", "alertsByPackage", "alerts", "descriptor", "db", "status", "built",
        "ignoredMatches", "appliedIgnoreRules", "level", "line", "message", "code",
    ]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just("\ud800\x1b[31m\n"),
    st.sampled_from(["os-pkgs", "lang-pkgs", "CRITICAL", "2026-11-27T00:00:00Z", "distro-eol"]),
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


@pytest.mark.parametrize("scanner", READERS)
@given(report=JSON)
def test_whatever_stands_in_a_report_it_is_read_or_refused(scanner: str, report: Any) -> None:
    try:
        found = READERS[scanner](json.dumps(report).encode())
    except ScanFailed:
        return
    if isinstance(found, ScanReport):
        for one in (*found.findings, *found.suppressed):
            assert one.id and one.package
            said = "".join(str(value) for value in one)
            assert "\n" not in said and len(said) < 4000
            said.encode()
