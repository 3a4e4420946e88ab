"""Whether a newer base image is here, and was scanned."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.evidence.scans import read_scan

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.finding import ScanReport


async def newer_base(engine: Engine, app: str, report: ScanReport) -> ScanReport | None:
    """The report of what the base image's name means now, where that is another image. Raises EngineError."""
    if report.base is None:
        return None
    id = await engine.images.inspect_id(report.base.name)
    found = await asyncio.to_thread(read_scan, app, id) if id else None
    return found if found is not None and found.layers != report.base.layers else None
