"""From a request to a verb that can be planned and run."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.errors import HoldfastError
from tui.operations.leftovers import Tidied
from tui.operations.where import home, lives_elsewhere
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.request import Request
    from tui.operations.runner import Verb
    from tui.settings.schema import Settings


class UnknownApp(HoldfastError):
    """No app of that name is configured."""

    exit_status = 2


class Elsewhere(HoldfastError):
    """The app does not live on the engine that was shown."""

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


@asynccontextmanager
async def prepared(request: Request) -> AsyncIterator[tuple[Verb, str]]:
    """The verb of a request, and its engine's endpoint as text; the engine is open within the block.

    Raises HoldfastError.
    """
    settings = await asyncio.to_thread(load, request.config or None)
    if request.verb == "adopt":
        async with _adopting(request, settings) as found:
            yield found
        return
    app = app_named(settings.apps, request.app, settings.own)
    place = await asyncio.to_thread(_place, request, settings, app)
    async with await Engine.connect(place) as engine:
        yield Tidied(verb_of(request, engine, app, settings.policy), engine), place.url


@asynccontextmanager
async def _adopting(request: Request, settings: Settings) -> AsyncIterator[tuple[Verb, str]]:
    """The app need not be there: it is about to be made, and tied to the engine that was named for it."""
    from tui.operations.adopt import Adopt

    place = await asyncio.to_thread(_place, request, settings, settings.apps.get(request.app))
    async with await Engine.connect(place) as engine:
        named = request.docker_context or request.host
        yield Adopt(engine, settings.apps, request.op, request.app, request.container, named), place.url


def _place(request: Request, settings: Settings, app: AppSpec | None) -> Endpoint:
    """Where the engine of a request is. Raises HoldfastError.

    What was shown to somebody is taken as it was: by now the same words may name another engine. Where the
    app has got another home meanwhile, nothing is done.
    """
    if not request.engine:
        return home(app, settings.engine, request.host, request.docker_context)
    if app is not None:
        away = lives_elsewhere(app, settings.engine, request.engine, request.host, request.docker_context)
        if away:
            raise Elsewhere(
                f"{app.name} lives on {away}, not on {request.engine}",
                "open holdfast there (--context or --host)",
            )
    return Endpoint(request.engine, "the dashboard")


def verb_of(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    """The verb of a request. Raises HoldfastError."""
    making = MAKING.get(request.verb)
    if making is None:
        raise HoldfastError(f'there is no verb "{request.verb}"')
    return making(request, engine, app, policy)


# Each operation is a process of its own, started while somebody waits: it imports what it needs, no more.


def _build(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Verb:
    from tui.operations.build import Build

    return Build(engine, _with_options(app, request), request.op)


def _test(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Verb:
    from tui.operations.proof import Proof

    return Proof(engine, app, request)


def _tag(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    from tui.operations.tag import Tag

    return Tag(engine, app, policy, request.version, request.image)


def _push(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    from tui.operations.push import Push

    return Push(engine, app, policy, request.version, request.image)


def _deploy(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    from tui.operations.deploy import Deploy

    digest, again = request.digest, request.again
    return Deploy(engine, app, policy, request.op, request.version, digest=digest, again=again)


def _rollback(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    from tui.operations.rollback import Rollback

    return Rollback(engine, app, policy, request.op, request.to, force=request.force)


def _ship(request: Request, engine: Engine, app: AppSpec, policy: Policy) -> Verb:
    from tui.operations.ship import Ship

    def prove(id: str) -> Verb:
        return _test(request._replace(image=id), engine, app, policy)

    return Ship(engine, app, policy, request.op, request.version, prove, again=request.again)


def _recover(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Verb:
    from tui.operations.recover import Recover

    return Recover(engine, app, request.op)


def _prune(request: Request, engine: Engine, app: AppSpec, _: Policy) -> Verb:
    from tui.operations.prune import Prune

    return Prune(engine, app, request.op)


MAKING: Mapping[str, Callable[[Request, Engine, AppSpec, Policy], Verb]] = {
    "build": _build,
    "test": _test,
    "tag": _tag,
    "push": _push,
    "deploy": _deploy,
    "rollback": _rollback,
    "ship": _ship,
    "recover": _recover,
    "prune": _prune,
}
"""Every verb on an app of the configuration; `adopt` makes an app, and is made by `prepared`."""


def _with_options(app: AppSpec, request: Request) -> AppSpec:
    """The app with what was asked for now."""
    if app.build is None:
        return app
    build = app.build._replace(
        no_cache=app.build.no_cache or request.no_cache, pull=app.build.pull or request.pull
    )
    return app._replace(build=build)
