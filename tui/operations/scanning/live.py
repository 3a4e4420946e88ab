"""What the live release has: what "new" is measured by."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.evidence.scans import read_scan, write_scan
from tui.ledger.ledger import Ledger
from tui.model.operation import CACHED
from tui.model.scan_gate import Baseline
from tui.operations.looking.releases import read_releases
from tui.operations.scanning.scan_image import scan_image

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.operations.running.report import Report
    from tui.operations.scanning.means import Means

LIVE = "live"
"""The step."""


class LiveImage:
    """The image of an app's live release. called: "r12 v1.4.0"; id: "" where the engine has it no more."""

    def __init__(self, app: AppSpec, called: str, id: str) -> None:
        self._app = app
        self.called = called
        self.id = id

    def baseline(self, report: ScanReport | None) -> Baseline:
        """What findings are compared with, by its report."""
        known = (*report.findings, *report.suppressed) if report is not None else None
        identities = frozenset(one.identity for one in known) if known is not None else None
        return Baseline(self.called, identities)

    async def kept(self) -> ScanReport | None:
        """Its report of an earlier scan."""
        return await asyncio.to_thread(read_scan, self._app.name, self.id) if self.id else None

    async def by_same_means(self, engine: Engine, means: Means, report: Report) -> ScanReport | None:
        """Its report by this scanner and this database, scanned anew where there is none.

        By an older database it would lack what was found out since, which then seemed new.
        """
        kept = await self.kept()
        if means.has_done(kept):
            report.state(LIVE, CACHED)
            return kept
        try:
            image = await engine.images.config(self.id)
        except NotFound:
            report.state(LIVE, "skipped")
            return kept
        async with report.step(LIVE):
            found = await scan_image(engine, self._app, image, means, report, within=LIVE)
            await asyncio.to_thread(write_scan, self._app.name, found)
        return found


async def live_image(engine: Engine, app: AppSpec) -> LiveImage | None:
    """None where nothing of the app is live. Raises EngineError."""
    releases = await read_releases(engine, await Ledger.open(engine), app.name)
    number, container = releases.standing.live, releases.live
    if number is None or container is None:
        return None
    return LiveImage(app, releases.called(number), container.image_id)
