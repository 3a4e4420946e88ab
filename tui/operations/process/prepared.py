"""From a request to a verb that can be planned and run."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.errors import HoldfastError
from tui.model.verb import VERBS
from tui.operations.looking.withheld import refuse_parts
from tui.operations.testing.cleanup import tidied
from tui.settings.load import refuse_broken_trust

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.process.request import Request
    from tui.operations.running.runner import Planned
    from tui.registry.client import Registry
    from tui.settings.schema import Settings


class UnknownApp(HoldfastError):
    """No app of that name is configured."""

    exit_status = 2


def app_named(apps: Mapping[str, AppSpec], name: str, own: Sequence[str] = ()) -> AppSpec:
    """The app of a name; of "" the only one of those that the folder's own file defines, or of all.

    Raises UnknownApp.
    """
    import difflib

    if not apps:
        raise UnknownApp("no app is configured", "holdfast init writes holdfast.toml")
    if not name and len(own or apps) == 1:
        return apps[next(iter(own or apps))]
    if name in apps:
        return apps[name]
    known = ", ".join(apps)
    if not name:
        raise UnknownApp(f"which app? There are {', '.join(own) or known}")
    near = difflib.get_close_matches(name, list(apps), n=1)
    raise UnknownApp(
        f'there is no app "{name}"', f"did you mean {near[0]}?" if near else f"there are {known}"
    )


NEEDS: Mapping[str, tuple[str, ...]] = {
    "build": ("build",),
    "test": ("run",),
    "scan": ("scan",),
    "tag": ("registry",),
    "push": ("registry",),
    "sign": ("registry",),
    "promote": ("registry",),
    "deploy": ("registry", "run"),
    "ship": ("registry", "build", "run", "scan"),
}
"""What of an app a verb needs: its registry, and tables. A roll back needs none: it has the configuration
that was recorded."""


def refuse_withheld(app: AppSpec, verb: str) -> None:
    """Raises Withheld for what a verb needs and a file may not ask for."""
    refuse_parts(app, NEEDS.get(verb, ()))


@asynccontextmanager
async def prepared(request: Request, settings: Settings) -> AsyncIterator[Planned]:
    """What a request asks for, planned; its engine is open within the block. Raises HoldfastError."""
    if request.verb == "adopt":
        async with _adopting(request, settings.apps) as found:
            yield found
        return
    if VERBS[request.verb].trusts:
        refuse_broken_trust(settings)
    app = app_named(settings.apps, request.app, settings.own)
    refuse_withheld(app, request.verb)
    if (in_registry := IN_REGISTRY.get(request.verb)) is not None:
        from tui.operations.looking.registry_alone import alone

        async with alone(app, request.engine.endpoint) as remote:
            yield await in_registry(request, remote.registry, app, settings.policy)
        return
    if request.fleet:
        from tui.operations.process.prepared_fleet import fleet_planned

        async with fleet_planned(request, app, settings) as found:
            yield found
        return
    async with await Engine.connect(request.engine.endpoint) as engine:
        yield tidied(engine, await planned(request, engine, app, settings.policy))


@asynccontextmanager
async def _adopting(request: Request, apps: Mapping[str, AppSpec]) -> AsyncIterator[Planned]:
    """The app need not be there: it is about to be made, and tied to the engine that was named for it."""
    from tui.operations.verbs.adopt import plan

    meant = request.engine
    async with await Engine.connect(meant.endpoint) as engine:
        named = meant.name if meant.asked else ""
        yield await plan(engine, apps, request.op, request.app, request.container, named)


async def planned(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    """What a request asks for. Raises HoldfastError where it cannot be done."""
    planning = PLANNING.get(request.verb)
    if planning is None:
        raise HoldfastError(f'there is no verb "{request.verb}"')
    return await planning(request, engine, app, policy)


# Each operation is a process of its own, started while somebody waits: it imports what it needs, no more.


async def _build(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Planned:
    from tui.operations.verbs.build import plan

    return await plan(engine, _with_options(app, request), request.op)


async def _test(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Planned:
    from tui.operations.verbs.test import plan

    return await plan(engine, app, request.op, request.image)


async def _scan(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Planned:
    from tui.operations.verbs.scan import plan

    return await plan(engine, app, request.op, request.image, request.sarif)


async def _tag(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.verbs.tag import plan

    return await plan(engine, app, policy, request.version, request.image)


async def _push(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.verbs.push import plan

    return await plan(engine, app, policy, request.version, request.image, request.op)


async def _sign(request: Request, registry: Registry, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.verbs.sign import plan

    return await plan(registry, app, policy, request.op, request.version, request.key)


async def _promote(request: Request, registry: Registry, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.verbs.promote import plan

    return await plan(registry, app, policy, request.op, request.version, request.key)


async def _deploy(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.deploying.sources import FromVersion
    from tui.operations.orchestrators.standalone import Standalone
    from tui.operations.verbs.deploy import plan

    op, version, digest = request.op, request.version, request.digest
    source = FromVersion(engine, app, policy, op, version, digest=digest, again=request.again)
    return await plan(Standalone(engine), app, op, source)


async def _rollback(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.deploying.from_release import number_of_version
    from tui.operations.orchestrators.standalone import Standalone
    from tui.operations.verbs.rollback import plan

    orchestrator, trust = Standalone(engine), policy.trust
    to = request.to or (await number_of_version(orchestrator, app, request.version) if request.version else 0)
    return await plan(orchestrator, app, request.op, to, force=request.force, trust=trust)


async def _ship(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Planned:
    from tui.operations.verbs.ship import plan

    return await plan(engine, app, policy, request.op, request.version, again=request.again)


async def _recover(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Planned:
    from tui.operations.orchestrators.standalone import Standalone
    from tui.operations.verbs.recover import plan

    return await plan(Standalone(engine), app, request.op)


async def _prune(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Planned:
    from tui.operations.orchestrators.standalone import Standalone
    from tui.operations.verbs.prune import plan

    return await plan(Standalone(engine), app, request.op)


PLANNING: Mapping[str, Callable[[Request, Engine, AppSpec, Policy], Awaitable[Planned]]] = {
    "build": _build,
    "test": _test,
    "scan": _scan,
    "tag": _tag,
    "push": _push,
    "deploy": _deploy,
    "rollback": _rollback,
    "ship": _ship,
    "recover": _recover,
    "prune": _prune,
}
"""Every verb on an app of the configuration; `adopt` makes an app, and is planned by `prepared`."""


IN_REGISTRY: Mapping[str, Callable[[Request, Registry, AppSpec, Policy], Awaitable[Planned]]] = {
    "sign": _sign,
    "promote": _promote,
}
"""Every verb on what is in a registry: it needs no engine."""


def _with_options(app: AppSpec, request: Request) -> AppSpec:
    """The app with what was asked for now."""
    if app.build is None:
        return app
    build = app.build._replace(
        no_cache=app.build.no_cache or request.no_cache, pull=app.build.pull or request.pull
    )
    return app._replace(build=build)
