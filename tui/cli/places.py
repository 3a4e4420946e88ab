"""Which engines are meant, and which apps live there."""

from __future__ import annotations

import asyncio
import difflib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.client import Engine
from tui.engine.endpoint import place_of
from tui.errors import HoldfastError
from tui.operations.looking.endpoint_choice import endpoint, home
from tui.operations.process.prepared import UnknownApp
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from tui.ledger.ledger import Ledger
    from tui.settings.schema import Settings


class Asked(NamedTuple):
    """What was asked for: `app` may be "", the others are as the options of the command line."""

    app: str = ""
    host: str = ""
    docker_context: str = ""
    config: str = ""


class Place(NamedTuple):
    """An engine's name or endpoint by the configuration ("" for none), and the apps that live there."""

    configured: str
    apps: tuple[str, ...] = ()


async def read_settings(asked: Asked) -> Settings:
    """Raises ConfigError."""
    return await asyncio.to_thread(load, asked.config or None)


def places(settings: Settings, app: str) -> list[Place]:
    """Where an app lives, or all of them; an app on several engines stands at each of them.

    An app that is not configured may be known on the current engine: that is for others to find out.
    """
    found: dict[str, list[str]] = {}
    if not app or app not in settings.apps:
        found[settings.engine] = []
    for name in [app] if app else [*settings.apps]:
        spec = settings.apps.get(name)
        for engine in (spec.engines if spec is not None else ()) or (settings.engine,):
            found.setdefault(engine, []).append(name)
    if not app and not found[settings.engine] and len(found) > 1:
        del found[settings.engine]
    return [Place(engine, tuple(apps)) for engine, apps in found.items()]


@asynccontextmanager
async def engine_of(asked: Asked, settings: Settings) -> AsyncIterator[Engine]:
    """The one engine that an operation on the app uses. Raises WhichEngine, EngineError."""
    place = home(settings.apps.get(asked.app), settings.engine, asked.host, asked.docker_context)
    async with await Engine.connect(place) as engine:
        yield engine


@asynccontextmanager
async def engine_at(asked: Asked, configured: str) -> AsyncIterator[Engine]:
    """The engine of a place, unless the command line names another. Raises EngineError."""
    async with await Engine.connect(endpoint(asked.host, asked.docker_context, configured)) as engine:
        yield engine


def merged(asked: Asked, settings: Settings, known: Iterable[Place]) -> list[Place]:
    """The same engine under several names is one: the first name that it has."""
    found: dict[str, Place] = {}
    for place in known:
        try:
            url = place_of(endpoint(asked.host, asked.docker_context, place.configured).url)
        except HoldfastError:
            url = place.configured  # whoever connects there is told why
        before = found.get(url)
        apps = tuple(dict.fromkeys((*(before.apps if before else ()), *place.apps)))
        found[url] = Place(before.configured if before else place.configured, apps)
    return list(found.values())


async def apps_at(place: Place, settings: Settings, asked: Asked, ledger: Ledger) -> list[str]:
    """The apps to tell of: those that were asked for, or all that are configured or known on the engine.

    Raises UnknownApp.
    """
    if asked.app and asked.app in settings.apps:
        return [asked.app]
    known = await ledger.apps()
    if not asked.app:
        return [*place.apps, *(name for name in known if name not in settings.apps)]
    if asked.app in known:
        return [asked.app]
    raise unknown(asked.app, [*settings.apps, *known])


def unknown(app: str, known: Iterable[str]) -> UnknownApp:
    """An app that is neither configured nor known on the engine."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(app, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else ""
    return UnknownApp(f'there is no app "{app}"', hint or "holdfast init writes holdfast.toml")
