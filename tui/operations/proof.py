"""Testing an image of an app, and keeping as evidence that it passed."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from tui.journal.evidence import add_evidence
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.operations.chosen import chosen
from tui.operations.leftovers import remove_leftovers
from tui.operations.run_tests import RunTests

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.operation import Plan, Result
    from tui.operations.report import Report
    from tui.operations.request import Request


def alive(op: str) -> bool:
    """Whether an operation still runs. Blocks for microseconds."""
    return is_alive(journal_path(operations_folder(), op))


class Proof:
    """Testing one image of an app, with what it proves kept as evidence (see operations.runner.Verb)."""

    def __init__(self, engine: Engine, app: AppSpec, request: Request) -> None:
        self._engine = engine
        self._app = app
        self._request = request
        self._tests: RunTests | None = None

    async def plan(self) -> Plan:
        one = await chosen(self._engine, self._app, self._request.image)
        self._tests = RunTests(self._engine, self._app, one.image, self._request.op)
        return await self._tests.plan()

    async def run(self, report: Report) -> Result:
        assert self._tests is not None, "planned before it is run"
        for name in await remove_leftovers(self._engine, alive, socket.gethostname()):
            report.warn(f"an earlier test was killed: {name} was still there, and is removed")
        result = await self._tests.run(report)
        await asyncio.to_thread(
            add_evidence, self._app.name, result.image, tested=time.time(), test_op=self._request.op
        )
        return result
