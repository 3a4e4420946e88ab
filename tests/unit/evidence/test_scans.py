"""Reports of scans as files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.evidence import scans
from tui.evidence.files import add_claim, all_evidence
from tui.evidence.scans import ReportTooLarge, read_scan, scan_path, write_scan
from tui.model.evidence import Claim, ClaimKind
from tui.model.finding import Base, Finding, Remark, ScanReport

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = "sha256:" + "ab" * 32
REPORT = ScanReport(
    image=IMAGE,
    scanner="trivy",
    version="0.76.0",
    at=7.0,
    database=5.0,
    findings=(Finding("CVE-1", "high", "zlib", epss=0.5), Finding("CVE-2", "low", "x", exploited=True)),
    suppressed=(Finding("CVE-3", "low", "x", suppressed="not_affected"),),
    remarks=(Remark("DL3006", "warning", 1, "tag it"),),
    layers=("sha256:1", "sha256:2"),
    base=Base("alpine:3", ("sha256:1",)),
)

FINDINGS = st.builds(Finding, st.text(), st.text(), st.text(), epss=st.none() | st.floats(0, 1))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_what_is_written_is_read_and_it_is_nobody_elses(environ: dict[str, str]) -> None:
    path = write_scan("web", REPORT, environ)
    assert read_scan("web", IMAGE, environ) == REPORT
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read_scan("other", IMAGE, environ) is None
    later = REPORT._replace(at=9.0, findings=())
    write_scan("web", later, environ)
    assert read_scan("web", IMAGE, environ) == later


def test_a_report_is_no_evidence_by_itself(environ: dict[str, str]) -> None:
    write_scan("web", REPORT, environ)
    assert all_evidence("web", environ) == []
    add_claim("web", IMAGE, Claim(ClaimKind.SCAN, True, 7.0), environ)
    assert [one.image for one in all_evidence("web", environ)] == [IMAGE]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"image": 5}', b"[" * 100_000, b"\xff"])
def test_a_damaged_report_is_none(environ: dict[str, str], damage: bytes) -> None:
    path = write_scan("web", REPORT, environ)
    path.write_bytes(damage)
    assert read_scan("web", IMAGE, environ) is None


@pytest.mark.parametrize(("app", "image"), [("..", IMAGE), ("web", "../x"), ("web", ""), ("web", "a/b")])
def test_no_name_leads_elsewhere(environ: dict[str, str], app: str, image: str) -> None:
    assert read_scan(app, image, environ) is None
    with pytest.raises(OSError, match="can be called so"):
        write_scan(app, REPORT._replace(image=image), environ)


def test_what_is_too_large_to_be_read_is_not_written(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scan("web", REPORT, environ)
    monkeypatch.setattr(scans, "REPORT_BYTES", 5000)
    with pytest.raises(ReportTooLarge):
        write_scan("web", REPORT._replace(findings=REPORT.findings * 100), environ)
    assert read_scan("web", IMAGE, environ) == REPORT


def test_only_the_newest_reports_of_an_app_stay(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scans, "KEPT", 3)
    for number in range(5):
        path = write_scan("web", REPORT._replace(image=f"sha256:{number}"), environ)
        os.utime(path, (number, number))
    write_scan("web", REPORT, environ)
    left = {path.stem for path in scan_path("web", IMAGE, environ).parent.glob("*.json")}
    assert left == {"ab" * 32, "4", "3"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FINDINGS, max_size=3))
def test_any_finding_is_read_as_it_was_written(environ: dict[str, str], findings: list[Finding]) -> None:
    report = REPORT._replace(findings=tuple(findings))
    write_scan("web", report, environ)
    assert read_scan("web", IMAGE, environ) == report
