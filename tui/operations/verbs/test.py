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
from tui.operations.deploying.pulling import PULL, pull, pulled
from tui.operations.deploying.targets import resolve_version
from tui.operations.looking.image_choice import NoSuchImage, chosen
from tui.operations.running.runner import Planned, whoami
from tui.operations.testing.run_tests import RunTests

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.operation import Result
    from tui.operations.deploying.targets import Target
    from tui.operations.running.report import Report


async def plan(engine: Engine, app: AppSpec, op: str, wanted: str) -> Planned:
    """Test one image of an app, and keep what it proves; it is pulled where only a registry has it.

    Raises HoldfastError.
    """
    target: Target | None = None
    try:
        image = (await chosen(engine, app, wanted)).image
    except NoSuchImage as error:
        target = await _in_registry(engine, app, wanted, error)
        # Most of it is known once it was pulled.
        image = ImageConfig(
            id=target.digest,
            tags=(f"{app.image}:{_version(app, wanted)}",),
            digests=(),
            created=0.0,
            size=0,
            os="",
            architecture="",
        )
    tests = RunTests(engine, app, image, op)
    plan = await tests.plan()
    if target is not None:
        plan = plan._replace(steps=(PlanStep(PULL, f"Pull {target.reference}"), *plan.steps))

    async def run(report: Report) -> Result:
        proving = tests if target is None else await _pulled(engine, app, op, target, report)
        result = await proving.run(report)
        claim = Claim(ClaimKind.TEST, passed=True, at=time.time(), by=whoami(), op=op)
        await asyncio.to_thread(add_claim, app.name, result.image, claim)
        return result

    return Planned(plan, run)


def _version(app: AppSpec, wanted: str) -> str:
    return split_reference(wanted).tag if app.owns(wanted) else wanted


async def _in_registry(engine: Engine, app: AppSpec, wanted: str, missing: NoSuchImage) -> Target:
    """What is meant where only the registry can have it.

    Raises NoSuchImage for what could be nowhere but here, NoSuchVersion and other HoldfastErrors.
    """
    version = _version(app, wanted)
    if not app.has_registry or not version or (valid_tag(version) and not version.startswith("sha256:")):
        raise missing
    return await resolve_version(engine, app, version)


async def _pulled(engine: Engine, app: AppSpec, op: str, target: Target, report: Report) -> RunTests:
    async with report.step(PULL):
        await pull(engine, target.reference, target.host, report)
    return RunTests(engine, app, await pulled(engine, target.reference), op)
