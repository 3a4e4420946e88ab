"""What there is to see of a scan, put together: imported when it is asked for, not at the start."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.evidence.files import all_evidence
from tui.evidence.scans import read_scan
from tui.model.evidence import ClaimKind
from tui.model.scan_gate import Baseline, judge
from tui.model.scan_spec import ScanSpec
from tui.model.scan_view import ScanView, mended_by
from tui.operations.scanning.newer_base import newer_base

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.model.releases import Releases


async def scan_view(
    engine: Engine | None, app: AppSpec, image: str, called: str, releases: Releases | None, now: float
) -> ScanView | None:
    """Of an image of an app, None where this account has not scanned it."""
    report = await asyncio.to_thread(read_scan, app.name, image)
    if report is None:
        return None
    live = releases.live if releases is not None else None
    baseline, kept = None, None
    if live is not None and releases is not None:
        kept = await asyncio.to_thread(read_scan, app.name, live.release.image)
        found = (*kept.findings, *kept.suppressed) if kept is not None else None
        known = frozenset(one.identity for one in found) if found is not None else None
        baseline = Baseline(releases.called(live.release.number), known)
    return ScanView(
        called=called,
        report=report,
        verdict=judge(report, app.scan or ScanSpec(), now, baseline),
        live=baseline,
        live_report=kept,
        mended=mended_by(report, await _newer(engine, app.name, report)),
    )


async def _newer(engine: Engine | None, app: str, report: ScanReport) -> ScanReport | None:
    """What an engine that does not answer has is not known; all else can be shown."""
    if engine is None:
        return None
    try:
        return await newer_base(engine, app, report)
    except EngineError:
        return None


def newest_scanned(app: str) -> str:
    """The image that was scanned last, "" where none was. Blocks."""
    scans = [
        (claim.at, one.image)
        for one in all_evidence(app)
        if (claim := one.claimed(ClaimKind.SCAN)) is not None
    ]
    return max(scans, default=(0.0, ""))[1]
