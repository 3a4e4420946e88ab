"""Showing what the scan of an image has found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.commands.apps import APP_FINDINGS
from tui.engine.errors import EngineError
from tui.evidence.files import all_evidence
from tui.evidence.scans import read_scan
from tui.model.digest import short_id
from tui.model.evidence import ClaimKind
from tui.model.scan_gate import Baseline, judge
from tui.model.scan_spec import ScanSpec
from tui.model.scan_view import ScanView, mended_by
from tui.operations.scanning.newer_base import newer_base
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.model.releases import Releases


class _Meant(NamedTuple):
    """An image, and what it is called. id: "" for the one that was scanned last."""

    id: str
    called: str


class Findings:
    """Carries it out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        return {APP_FINDINGS: self._desk.in_task(self._show)}

    async def _show(self, situation: Situation) -> None:
        app = situation.apps[0]
        meant = _meant(situation, app)
        image = meant.id or await asyncio.to_thread(_newest, app.name)
        report = await asyncio.to_thread(read_scan, app.name, image) if image else None
        if report is None:
            hint = self._desk.keymap.say("<app.scan> scans it")
            said = f"{safe(meant.called)} was not scanned by this account: {hint}"
            self._desk.app.notify(said, markup=False, timeout=4)
            return
        from tui.screens.findings import FindingsScreen

        called = meant.called if meant.id else f"{app.name} {short_id(image)}"
        view = await self._view(app, called, report, situation.releases)
        self._desk.app.push_screen(FindingsScreen(view, self._desk.session.clock))

    async def _view(
        self, app: AppSpec, called: str, report: ScanReport, releases: Releases | None
    ) -> ScanView:
        live = releases.live if releases is not None else None
        baseline, kept = None, None
        if live is not None and releases is not None:
            kept = await asyncio.to_thread(read_scan, app.name, live.release.image)
            found = (*kept.findings, *kept.suppressed) if kept is not None else None
            known = frozenset(one.identity for one in found) if found is not None else None
            baseline = Baseline(releases.called(live.release.number), known)
        verdict = judge(report, app.scan or ScanSpec(), self._desk.session.clock(), baseline)
        return ScanView(
            called=called,
            report=report,
            verdict=verdict,
            live=baseline,
            live_report=kept,
            mended=mended_by(report, await self._newer(app.name, report)),
        )

    async def _newer(self, app: str, report: ScanReport) -> ScanReport | None:
        """What an engine that does not answer has is not known; all else can be shown."""
        engine = self._desk.session.engine
        if engine is None:
            return None
        try:
            return await newer_base(engine, app, report)
        except EngineError:
            return None


def _meant(situation: Situation, app: AppSpec) -> _Meant:
    """The selected image, that of the selected release, or whichever was scanned last."""
    for image in situation.images:
        tag = next(iter(app.versions_of(image.tags)), short_id(image.id))
        return _Meant(image.id, f"{app.name} {tag}")
    releases = situation.releases
    if situation.release and releases is not None and situation.release in releases.entries:
        release = releases.entries[situation.release].release
        return _Meant(release.image, f"{app.name} {releases.called(situation.release)}")
    return _Meant("", app.name)


def _newest(app: str) -> str:
    """The image that was scanned last. Blocks."""
    scans = [
        (claim.at, one.image)
        for one in all_evidence(app)
        if (claim := one.claimed(ClaimKind.SCAN)) is not None
    ]
    return max(scans, default=(0.0, ""))[1]
