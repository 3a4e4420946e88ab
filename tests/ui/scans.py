"""Scans as the screen shows them."""

from __future__ import annotations

from tui.model.finding import Base, Finding, Remark, ScanReport, end_of_life, worst_first
from tui.model.image_size import ImageSize, LayerSize, Wasted
from tui.model.scan_gate import Baseline, judge
from tui.model.scan_spec import Ignore, ScanSpec
from tui.model.scan_view import ScanView, mended_by

IMAGE = "sha256:" + "5c" * 32
LOWER, MIDDLE, UPPER = ("sha256:" + pair * 32 for pair in ("aa", "bb", "cc"))

FOUND = (
    Finding(
        "CVE-2026-31415", "critical", "openssl", "3.1.4-r1", fixed="3.1.4-r6", kind="alpine", layer=LOWER,
        exploited=True, epss=0.94, status="fixed", title="Heap overflow while certificates are parsed",
        purl="pkg:apk/alpine/openssl@3.1.4-r1", url="https://avd.aquasec.com/nvd/cve-2026-31415",
    ),
    Finding(
        "CVE-2026-2718", "critical", "busybox", "1.36.1-r2", fixed="1.36.1-r19", kind="alpine", layer=LOWER
    ),
    Finding("CVE-2026-1618", "high", "zlib", "1.2.13-r1", kind="alpine", layer=LOWER, status="will_not_fix"),
    Finding(
        "GHSA-x84v-xcm2-53pg", "high", "requests", "2.19.0", fixed="2.20.0", kind="python-pkg", layer=UPPER,
        path="usr/lib/python3.11/site-packages/requests-2.19.0.dist-info/METADATA", epss=0.021,
    ),
    Finding("GHSA-aaaa-bbbb-cccc", "medium", "[bold]日本語の名前", "0.0.1", kind="python-pkg", layer=UPPER,
            path="app/vendor/METADATA"),
    Finding("CVE-2025-0577", "low", "musl", "1.2.4-r1", fixed="1.2.4-r2", kind="alpine", layer=LOWER),
    Finding("CVE-2024-9681", "negligible", "curl", "8.9.1-r1", kind="alpine", layer=MIDDLE),
    end_of_life("alpine", "3.18.0"),
)  # fmt: skip

LEFT_OUT = Finding(
    "CVE-2025-1000", "high", "libxml2", "2.11.8-r0", kind="alpine", layer=LOWER,
    suppressed="not_affected: vulnerable_code_not_in_execute_path",
)  # fmt: skip

SIZE = ImageSize(
    layers=(
        LayerSize(LOWER, 7_340_000, 81, "ADD alpine-minirootfs-3.18.0-x86_64.tar.gz /"),
        LayerSize(MIDDLE, 48_100_000, 4_211, "RUN apk add --no-cache python3 py3-pip build-base"),
        LayerSize(UPPER, 12_800_000, 902, "COPY . /app"),
    ),
    wasted=31_400_000,
    worst=(
        Wasted("usr/bin/cc1plus", 24_000_000, 2, 3), Wasted("root/.cache/pip/http/a/b/c", 7_400_000, 2, 3),
    ),
    shells=("/bin/ash", "/bin/busybox", "/bin/sh"),
    managers=("/sbin/apk", "/usr/bin/pip3"),
    setuid=("/bin/bbsuid",),
)  # fmt: skip

REMARKS = (
    Remark("DL3000", "error", 12, "Use absolute WORKDIR"),
    Remark(
        "DL3018",
        "warning",
        4,
        "Pin versions in apk add: `apk add <package>=<version>`",
    ),
)


def report(now: float) -> ScanReport:
    return ScanReport(
        image=IMAGE,
        scanner="trivy",
        version="0.76.0",
        sha256="1f" * 32,
        at=now - 130,
        database=now - 30_000,
        isolated=True,
        family="alpine",
        release="3.18.0",
        end_of_life=True,
        packages=61,
        os_packages=42,
        findings=worst_first(FOUND),
        suppressed=(LEFT_OUT,),
        remarks=REMARKS,
        layers=(LOWER, MIDDLE, UPPER),
        base=Base("alpine:3.18", (LOWER,)),
        size=SIZE,
    )


SPEC = ScanSpec(
    fail_on="high",
    ignore=(
        Ignore("CVE-2026-2718", "no shell is ever started", "busybox"),
        Ignore("CVE-2020-1", "it was mended long ago"),
    ),
)


def view(now: float, found: ScanReport | None = None, *, live: bool = True) -> ScanView:
    """What web v1.5.0 has, compared with a live release that has all but one of it."""
    found = found or report(now)
    known = frozenset(one.identity for one in found.findings if one.id != "GHSA-x84v-xcm2-53pg")
    baseline = Baseline("r5 v1.4.0", known) if live else None
    smaller = SIZE._replace(layers=SIZE.layers[:2], wasted=0, worst=())
    newer = found._replace(findings=FOUND[2:3], layers=("sha256:" + "dd" * 32,))
    return ScanView(
        called="web v1.5.0",
        report=found,
        verdict=judge(found, SPEC, now, baseline),
        live=baseline,
        live_report=found._replace(size=smaller) if live else None,
        mended=mended_by(found, newer),
    )
