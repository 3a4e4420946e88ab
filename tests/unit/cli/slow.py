"""An operation that takes its time, in the foreground as the verbs run theirs.

`python -m tests.unit.cli.slow KIND SECONDS UNDO_SECONDS`: KIND is Live, PlainLines or JsonLines.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from tests.support.refs import ref
from tui.cli import foreground, rendering
from tui.journal.folder import new_id
from tui.model.operation import Plan, PlanStep, Result
from tui.operations.process.request import Request
from tui.operations.running.runner import Planned

if TYPE_CHECKING:
    from tui.operations.running.report import Report


def slow(seconds: float, undo_seconds: float) -> Planned:
    """Counts for some seconds, and takes some to undo that."""

    async def run(report: Report) -> Result:
        end = time.monotonic() + seconds
        try:
            async with report.step("count"):
                while time.monotonic() < end:
                    report.log("count", "tick")
                    await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            async with report.step("undo"):
                await asyncio.sleep(undo_seconds)
            raise
        return Result(image="sha256:" + "0" * 64)

    return Planned(Plan("Count web", (PlanStep("count", "Count"), PlanStep("undo", "Undo"))), run)


async def _run(kind: str, seconds: float, undo_seconds: float) -> int:
    request = Request(new_id("build", "web", time.time()), "build", "web", ref("unix:///s"))
    shown = getattr(rendering, kind)(*() if kind == "JsonLines" else (None,))
    try:
        problem = await foreground.run(slow(seconds, undo_seconds), request, shown)
    finally:
        shown.close()
    return problem.code if problem is not None else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_run(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))))
