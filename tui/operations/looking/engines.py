"""Every engine that somebody has named: in the configuration, by its apps, as a Docker context."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.contexts import context_names
from tui.engine.endpoint import DEFAULT_SOURCE, is_endpoint, place_of
from tui.engine.errors import EngineError
from tui.engine.ref import EngineRef
from tui.errors import HoldfastError
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import Named, by_name, current

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tui.settings.schema import Settings


class KnownEngine(NamedTuple):
    """One engine, by all names that lead to it.

    key     where it is, as `place_of` says; its name where that leads nowhere
    names   what it is called: names before endpoints
    found   the engine, or why there is none of that name
    said    what `[engines.NAME]` says of it, by any of its names
    apps    the configured ones that live there
    """

    key: str
    names: tuple[str, ...]
    found: EngineRef | HoldfastError
    said: EngineSettings = EngineSettings()
    apps: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What to call it, so that it is told apart from others."""
        return self.names[0]

    @property
    def url(self) -> str:
        """Its endpoint, "" where there is none."""
        return self.found.url if isinstance(self.found, EngineRef) else ""


class _Candidate(NamedTuple):
    """A name, and what it means."""

    name: str
    found: EngineRef | HoldfastError

    @property
    def key(self) -> str:
        return place_of(self.found.url) if isinstance(self.found, EngineRef) else self.name


def known_engines(
    settings: Settings, opened: Sequence[EngineRef] = (), environ: Mapping[str, str] = os.environ
) -> list[KnownEngine]:
    """All of them, the same engine under several names once.

    `opened` are those that the dashboard has open, where it began first: there apps live that name no engine,
    else on the one that is meant where nobody says anything.

    In the demo there is no other: nothing in it is real. Reads Docker's configuration: blocks for a moment.
    """
    if opened and opened[0].demo:
        demo = opened[0]
        return [KnownEngine(place_of(demo.url), (demo.called or "demo",), demo, apps=(*settings.apps,))]
    candidates: dict[str, list[_Candidate]] = {}
    named: dict[str, str] = {}
    for one in _candidates(settings, opened, environ):
        key = one.key
        candidates.setdefault(key, []).append(one)
        named.setdefault(one.name, key)
    at_home = _home(settings, opened, environ)
    apps: dict[str, list[str]] = {}
    for app in settings.apps.values():
        homes = app.engines or ((settings.engine,) if settings.engine else ())
        for key in dict.fromkeys([named[home] for home in homes if home in named] or [at_home]):
            apps.setdefault(key, []).append(app.name)
    found = [_merged(key, ones, settings, tuple(apps.get(key, ()))) for key, ones in candidates.items()]
    return found if opened or len(found) == 1 else [one for one in found if one.apps or not _unused(one)]


def _unused(one: KnownEngine) -> bool:
    """Whether it is the socket that is meant where nobody says anything, and nothing is there."""
    if not isinstance(one.found, EngineRef) or one.found.endpoint.source != DEFAULT_SOURCE:
        return False
    return not os.path.exists(one.found.endpoint.socket_path)  # noqa: PTH110


def _candidates(
    settings: Settings, opened: Sequence[EngineRef], environ: Mapping[str, str]
) -> Iterator[_Candidate]:
    for one in opened:
        yield _Candidate(one.name or one.url, one)
    if not opened:
        try:
            found = current(settings, Named(), environ)
            yield _Candidate(found.name or found.url, found)
        except HoldfastError as error:
            yield _Candidate(settings.engine or "the current engine", error)
    configured = [*settings.engines, *([settings.engine] if settings.engine else [])]
    configured += [name for fleet in settings.fleets.values() for name in fleet.engines]
    of_apps = [name for app in settings.apps.values() for name in app.engines]
    for name in dict.fromkeys([*configured, *of_apps]):
        yield _meant(name, settings, "the configuration", environ)
    for name in context_names(environ):
        if name not in settings.engines:  # that one goes before
            yield _meant(name, settings, f"context {name}", environ)


def _meant(name: str, settings: Settings, source: str, environ: Mapping[str, str]) -> _Candidate:
    try:
        return _Candidate(name, EngineRef(by_name(name, settings.engines, source, environ), name))
    except EngineError as error:
        return _Candidate(name, error)


def _home(settings: Settings, opened: Sequence[EngineRef], environ: Mapping[str, str]) -> str:
    """Where those apps live that name no engine."""
    if opened:
        return place_of(opened[0].url)
    try:
        return place_of(current(settings, Named(), environ).url)
    except HoldfastError:
        return ""


def _merged(key: str, found: Iterable[_Candidate], settings: Settings, apps: tuple[str, ...]) -> KnownEngine:
    found = sorted(found, key=lambda one: is_endpoint(one.name))
    names = tuple(dict.fromkeys(one.name for one in found))
    tables = [settings.engines[name] for name in names if name in settings.engines]
    said = EngineSettings(
        colour=next((one.colour for one in tables if one.colour), ""),
        protected=any(one.protected for one in tables),
        enabled=all(one.enabled for one in tables),
        maintenance=max((one.maintenance for one in tables), default=0.0),
    )
    refs = [one.found for one in found if isinstance(one.found, EngineRef)]
    return KnownEngine(key=key, names=names, found=refs[0] if refs else found[0].found, said=said, apps=apps)
