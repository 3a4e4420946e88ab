"""Testing an image of an app, and keeping as evidence that it passed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.evidence.files import add_claim
from tui.model.evidence import Claim, ClaimKind
from tui.operations.deploying.wanted import here, wanted_image
from tui.operations.running.runner import Planned, whoami
from tui.operations.testing.configuration import configuration_digest
from tui.operations.testing.run_tests import RunTests

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.operation import Result
    from tui.operations.running.report import Report


async def plan(engine: Engine, app: AppSpec, op: str, wanted: str) -> Planned:
    """Test one image of an app, and keep what it proves; it is pulled where only a registry has it.

    Raises HoldfastError.
    """
    one = await wanted_image(engine, app, wanted)
    tests = RunTests(engine, app, one.image, op)
    plan = await tests.plan()

    async def run(report: Report) -> Result:
        image = await here(engine, one, report)
        proving = tests if one.target is None else RunTests(engine, app, image, op)
        result = await proving.run(report)
        detail = f"configuration {configuration_digest(app)}"
        claim = Claim(ClaimKind.TEST, passed=True, at=time.time(), by=whoami(), op=op, detail=detail)
        await asyncio.to_thread(add_claim, app.name, result.image, claim)
        return result

    return Planned(plan._replace(steps=(*one.steps, *plan.steps)), run)
