"""A fleet with its engines open: what a request asks of all of them, planned."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.engine.errors import EngineSilent, EngineUnreachable
from tui.engine.transports import reached
from tui.engine.turns import turn
from tui.errors import HoldfastError
from tui.model.digest import short_id
from tui.model.fleet import Carriage, Fleet
from tui.operations.deploying.sources import FromVersion
from tui.operations.fleets import deploy, recover, rollback
from tui.operations.fleets.direct import FromEngine, OfOrigin, origin_of
from tui.operations.fleets.newest import newest_of_all
from tui.operations.fleets.orchestrated import OrchestratedPart
from tui.operations.fleets.part import named
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.testing.cleanup import tidied
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from tui.engine.ref import EngineRef
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.deploying.sources import Source
    from tui.operations.process.request import Request
    from tui.operations.running.runner import Planned
    from tui.settings.schema import Settings

CONNECT_SECONDS = 10.0
"""How long the answer of one engine is waited for, once it is reached. None waits for another."""

AT_ONCE = 8
"""Connections that begin at the same time."""

PATIENT = 1.0
"""Seconds after which one that is still being made gives its turn away."""

BEHIND = "behind"


class NotOfAFleet(HoldfastError):
    """An option that makes no sense where there are several engines."""

    exit_status = 2


@asynccontextmanager
async def fleet_planned(request: Request, app: AppSpec, settings: Settings) -> AsyncIterator[Planned]:
    """What is asked of a fleet; its engines are open within the block. Raises HoldfastError."""
    if request.to:
        raise NotOfAFleet(
            f"--to r{request.to} is the number of a release on one engine, and {app.name} lives on several",
            f"holdfast rollback {app.name} VERSION, or --context NAME --to r{request.to}",
        )
    if request.force:
        raise NotOfAFleet(
            "--force is for one engine, where it is seen what is not to be trusted",
            f"holdfast rollback {app.name} --context NAME --to rN --force",
        )
    fleet = settings.fleets.get(app.fleet) or Fleet("", app.engines)
    async with AsyncExitStack() as stack:
        engines, away = await _opened(request, stack)
        parts = await _parts(engines, request, app, settings.policy, fleet)
        if request.verb == "recover":
            found = await recover.plan(app, fleet, request.op, parts, away)
        elif request.verb == "rollback":
            found = await rollback.plan(app, fleet, request.op, request.version, parts, away)
        else:
            asked = request
            if request.only == BEHIND and not request.version and not request.digest:
                deploy.refuse_away(fleet, away)
                newest = await newest_of_all(app, engines)
                asked = request._replace(version=newest.version, digest=newest.digest)
                parts = await _parts(engines, asked, app, settings.policy, fleet)
            what = asked.version or short_id(asked.digest)
            found = await deploy.plan(app, fleet, request.op, what, parts, away)
        yield _tidied([*engines.values()], found)


async def _opened(
    request: Request, stack: AsyncExitStack
) -> tuple[dict[str, Engine], dict[str, HoldfastError]]:
    """The engines that answer, and why the others do not, by what they are called."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(ref: EngineRef) -> Engine | HoldfastError:
        async with turn(limit, PATIENT):
            try:
                async with reached(ref.endpoint), asyncio.timeout(CONNECT_SECONDS):
                    return await Engine.connect(ref.endpoint)
            except TimeoutError:
                return EngineSilent(f"it did not answer within {CONNECT_SECONDS:g} s")
            except HoldfastError as error:
                return error

    found = dict(
        zip([ref.name for ref in request.fleet], await all_of(*map(one, request.fleet)), strict=True)
    )
    engines = {name: engine for name, engine in found.items() if isinstance(engine, Engine)}
    for engine in engines.values():
        stack.push_async_callback(engine.close)
    away = {name: error for name, error in found.items() if isinstance(error, HoldfastError)}
    for name, error in away.items():
        if not isinstance(error, EngineUnreachable):
            raise named(error, name)
    return engines, away


async def _parts(
    engines: Mapping[str, Engine], request: Request, app: AppSpec, policy: Policy, fleet: Fleet
) -> list[OrchestratedPart]:
    origin = ""
    wanted = request.digest or request.version
    if fleet.transport is Carriage.DIRECT and not app.has_registry and wanted:
        origin = await origin_of(app, wanted, engines)
    found = []
    for name, engine in engines.items():
        try:
            orchestrator = Standalone(engine)
        except HoldfastError as error:
            raise named(error, name) from error
        source = partial(_source, name, engines, origin, request, app, policy)
        found.append(OrchestratedPart(name, orchestrator, app, request.op, source, policy.trust))
    return found


def _source(
    name: str, engines: Mapping[str, Engine], origin: str, request: Request, app: AppSpec, policy: Policy
) -> Source:
    """What is to be deployed to one engine; `origin` has the image, "" where a registry does."""
    digest, again, there = request.digest, request.again, engines[origin or name]
    found = FromVersion(there, app, policy, request.op, request.version, digest=digest, again=again)
    if not origin:
        return found
    if origin == name:
        return OfOrigin(found)
    return FromEngine(found, there, origin, engines[name], name, app)


def _tidied(engines: Sequence[Engine], found: Planned) -> Planned:
    """Each engine is rid of what killed operations left, before and after."""
    for engine in engines:
        found = tidied(engine, found)
    return found
