"""From a request to a verb that can be planned and run."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.errors import HoldfastError
from tui.journal.evidence import add_evidence
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.operations.build import Build
from tui.operations.chosen import chosen
from tui.operations.deploy import Deploy
from tui.operations.leftovers import remove_leftovers
from tui.operations.prune import Prune
from tui.operations.push import Push
from tui.operations.recover import Recover
from tui.operations.rollback import Rollback
from tui.operations.run_tests import RunTests
from tui.operations.ship import Ship
from tui.operations.tag import Tag
from tui.operations.where import endpoint
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tui.model.app import AppSpec
    from tui.model.operation import Plan, Result
    from tui.operations.report import Report
    from tui.operations.request import Request
    from tui.operations.runner import Verb


class UnknownApp(HoldfastError):
    """No app of that name is configured."""

    exit_status = 2


def app_named(apps: Mapping[str, AppSpec], name: str) -> AppSpec:
    """The app of a name; of "" the only one there is. Raises UnknownApp."""
    import difflib

    if not apps:
        raise UnknownApp("no app is configured", "holdfast init writes holdfast.toml")
    if not name and len(apps) == 1:
        return next(iter(apps.values()))
    if name in apps:
        return apps[name]
    known = ", ".join(apps)
    if not name:
        raise UnknownApp(f"which app? There are {known}")
    near = difflib.get_close_matches(name, list(apps), n=1)
    raise UnknownApp(
        f'there is no app "{name}"', f"did you mean {near[0]}?" if near else f"there are {known}"
    )


@asynccontextmanager
async def prepared(request: Request) -> AsyncIterator[tuple[Verb, str]]:
    """The verb of a request, and its engine's endpoint as text; the engine is open within the block.

    Raises HoldfastError.
    """
    settings = await asyncio.to_thread(load, request.config or None)
    app = app_named(settings.apps, request.app)
    configured = app.engines[0] if len(app.engines) == 1 else settings.engine
    place = endpoint(request.host, request.docker_context, configured)
    async with await Engine.connect(place) as engine:
        verb: Verb
        match request.verb:
            case "build":
                if app.build is not None:
                    build = app.build._replace(
                        no_cache=app.build.no_cache or request.no_cache, pull=app.build.pull or request.pull
                    )
                    app = app._replace(build=build)
                verb = Build(engine, app, request.op)
            case "test":
                verb = Proof(engine, app, request)
            case "tag":
                verb = Tag(engine, app, settings.policy, request.version, request.image)
            case "push":
                verb = Push(engine, app, settings.policy, request.version, request.image)
            case "deploy":
                verb = Deploy(engine, app, settings.policy, request.op, request.version)
            case "rollback":
                verb = Rollback(engine, app, settings.policy, request.op, request.to)
            case "ship":
                shipped = app

                def prove(image: str) -> Verb:
                    return Proof(engine, shipped, request._replace(image=image))

                verb = Ship(engine, app, settings.policy, request.op, request.version, prove)
            case "recover":
                verb = Recover(engine, app, request.op)
            case "prune":
                verb = Prune(engine, app, request.op)
            case other:
                raise HoldfastError(f'there is no verb "{other}"')
        yield verb, place.url


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
        import time

        assert self._tests is not None, "planned before it is run"
        for name in await remove_leftovers(self._engine, alive, socket.gethostname()):
            report.warn(f"an earlier test was killed: {name} was still there, and is removed")
        result = await self._tests.run(report)
        await asyncio.to_thread(
            add_evidence, self._app.name, result.image, tested=time.time(), test_op=self._request.op
        )
        return result
