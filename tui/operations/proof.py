"""Testing an image of an app, and keeping as evidence that it passed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.evidence.files import add_claim
from tui.model.evidence import Claim, ClaimKind
from tui.model.image import ImageConfig
from tui.model.operation import PlanStep
from tui.model.reference import split_reference, valid_tag
from tui.operations.chosen import NoSuchImage, chosen
from tui.operations.pulling import PULL, pull, pulled
from tui.operations.release_source import resolve_version
from tui.operations.run_tests import RunTests
from tui.operations.runner import whoami

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.operation import Plan, Result
    from tui.operations.release_source import Target
    from tui.operations.report import Report
    from tui.operations.request import Request


class Proof:
    """Testing one image of an app, with what it proves kept as evidence (see operations.runner.Verb)."""

    def __init__(self, engine: Engine, app: AppSpec, request: Request) -> None:
        self._engine = engine
        self._app = app
        self._request = request
        self._tests: RunTests | None = None
        self._target: Target | None = None

    async def plan(self) -> Plan:
        try:
            image = (await chosen(self._engine, self._app, self._request.image)).image
        except NoSuchImage as error:
            image = await self._in_registry(error)
        self._tests = RunTests(self._engine, self._app, image, self._request.op)
        plan = await self._tests.plan()
        if self._target is None:
            return plan
        return plan._replace(steps=(PlanStep(PULL, f"Pull {self._target.reference}"), *plan.steps))

    async def _in_registry(self, missing: NoSuchImage) -> ImageConfig:
        """What can be told of an image that is only there; most of it is known once it was pulled.

        Raises NoSuchImage for what could be nowhere but here, NoSuchVersion and other HoldfastErrors.
        """
        app, wanted = self._app, self._request.image
        version = split_reference(wanted).tag if app.owns(wanted) else wanted
        if not app.has_registry or not version or (valid_tag(version) and not version.startswith("sha256:")):
            raise missing
        self._target = target = await resolve_version(self._engine, app, version)
        tags = (f"{app.image}:{version}",)
        return ImageConfig(target.digest, tags, (), 0.0, 0, "", "")

    async def run(self, report: Report) -> Result:
        assert self._tests is not None, "planned before it is run"
        if self._target is not None:
            async with report.step(PULL):
                await pull(self._engine, self._target.reference, self._target.host, report)
            image = await pulled(self._engine, self._target.reference)
            self._tests = RunTests(self._engine, self._app, image, self._request.op)
        result = await self._tests.run(report)
        claim = Claim(ClaimKind.TEST, passed=True, at=time.time(), by=whoami(), op=self._request.op)
        await asyncio.to_thread(add_claim, self._app.name, result.image, claim)
        return result
