"""Which engine is meant: the one module that answers it, for command line, operations and dashboard.

What was said (`Named`, the environment, the configuration, Docker's own) becomes an `EngineRef` here, once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.endpoint import Endpoint, is_endpoint, named, place_of, resolve
from tui.engine.endpoint_tls import Tls
from tui.engine.errors import EndpointUnusable, EngineError, NoSuchContext, NotAllowed
from tui.engine.ref import EngineRef
from tui.errors import HoldfastError
from tui.model.policy import EngineSettings
from tui.settings.reach import REMEDY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.app import AppSpec
    from tui.settings.schema import Settings


NONE: Mapping[str, EngineSettings] = {}

CHOICE = ("DOCKER_HOST", "DOCKER_CONTEXT")
"""The variables by which the environment names an engine, in Docker's order."""


NAMED = 5
"""Tables that a remedy names; of more it says that there are."""


class WhichEngine(HoldfastError):
    """The app lives on several engines, and which one is meant was not said."""

    exit_status = 2


class AmbientEngine(WhichEngine):
    """A variable of the environment names another engine than the app's own."""


class Elsewhere(HoldfastError):
    """The app does not live on the engine that was shown."""

    exit_status = 2


class Named(NamedTuple):
    """What the command line names: an endpoint, or a Docker context; both are "" where it names none."""

    host: str = ""
    context: str = ""


class Place(NamedTuple):
    """An engine to look at, and the apps that live there.

    name    as the configuration calls it, "" for the current one
    found   the engine, or why there is none of that name
    """

    name: str
    apps: tuple[str, ...]
    found: EngineRef | EngineError

    @property
    def engine(self) -> EngineRef:
        """Raises EngineError where there is none of that name."""
        if isinstance(self.found, EngineError):
            raise self.found
        return self.found

    @property
    def called(self) -> str:
        """What to call it, so that it is told apart from others: by name, else by its endpoint."""
        if isinstance(self.found, EngineError):
            return self.name
        return self.found.name or self.found.url


def current(settings: Settings, asked: Named, environ: Mapping[str, str] = os.environ) -> EngineRef:
    """The engine that is meant where no app is: the dashboard's. Raises EngineError."""
    return _meant(settings.engine, asked, environ, settings.engines)


def by_name(
    name: str, engines: Mapping[str, EngineSettings], source: str, environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """The endpoint that a name means: that of `[engines.NAME]`, an endpoint itself, or a Docker context's.

    Raises EngineError.
    """
    said = engines.get(name)
    if said is not None and said.host and not said.withheld:
        return _reached(Endpoint(said.host, source), said)
    if said is not None and said.withheld:
        return _allowed(name, said.withheld, source, environ)
    return _completed(named(name, source, environ), engines)


def _allowed(name: str, file: str, source: str, environ: Mapping[str, str]) -> Endpoint:
    """A Docker context of a name that only a file has which may not say where that is. Raises NotAllowed."""
    try:
        if not is_endpoint(name):
            return named(name, source, environ)
    except EngineError:  # then the file alone knows of it
        pass
    raise NotAllowed(f"{name} is not reached: {file} names it, and may have come with a repository", REMEDY)


def _by_option(name: str, engines: Mapping[str, EngineSettings], environ: Mapping[str, str]) -> Endpoint:
    """What --context means: one of `[engines.NAME]`, else a Docker context."""
    said = engines.get(name)
    if said is not None and said.withheld:
        return _allowed(name, said.withheld, "--context", environ)
    if said is not None and said.host:
        return _reached(Endpoint(said.host, f"[engines.{name}]"), said)
    try:
        return _completed(resolve(None, name, environ), engines)
    except NoSuchContext as error:
        raise EndpointUnusable(
            f'--context names "{name}", and there is no Docker context of that name, and no [engines.{name}]',
            _those_that_there_are(engines, error.hint),
        ) from error


def _those_that_there_are(engines: Mapping[str, EngineSettings], contexts: str) -> str:
    """Where names of engines come from; a few tables are named."""
    tables = [name for name, one in engines.items() if one.host and not one.withheld]
    more = ", …" if len(tables) > NAMED else ""
    known = f"[engines] has {', '.join(tables[:NAMED])}{more}; " if tables else ""
    return f"{known}{contexts}; holdfast engines shows all"


def _reached(endpoint: Endpoint, said: EngineSettings) -> Endpoint:
    """An endpoint as the configuration says that it is reached."""
    files = Tls(said.ca, said.cert, said.key, not said.skip_tls_verify)
    tls = files if files != Tls() else endpoint.tls
    return endpoint._replace(tls=tls, may_be_plain=said.allow_plain, ssh_options=said.ssh_options)


def _completed(endpoint: Endpoint, engines: Mapping[str, EngineSettings]) -> Endpoint:
    """Whoever says where it is: how it is reached stands in the table that has the same endpoint."""
    said = next((one for one in engines.values() if one.host and one.host == endpoint.url), None)
    return endpoint if said is None else _reached(endpoint, said)


def simulated(endpoint: Endpoint) -> EngineRef:
    """The demo's own: whoever opens it has asked for it, and every app is looked for there."""
    return EngineRef(endpoint, endpoint.url, asked=True, demo=True)


def home(
    app: AppSpec | None,
    settings: Settings,
    asked: Named,
    environ: Mapping[str, str] = os.environ,
) -> EngineRef:
    """The one engine that an operation on an app goes to; of None, that of an app that is not configured.

    Where an app names its engines the environment does not decide: it was set for something else, and nobody
    would see which one is changed. Raises WhichEngine, EngineError.
    """
    engines = app.engines if app is not None else ()
    if app is None or not engines or any(asked):
        return _meant(settings.engine, asked, environ, settings.engines)
    if len(engines) > 1:
        choices = " or ".join(map(_option, engines))
        raise WhichEngine(f"which engine? {app.name} lives on {', '.join(engines)}", f"name one: {choices}")
    refuse_ambient(app, engines[0], environ, settings.engines)
    return _meant(engines[0], asked, _without_choice(environ), settings.engines)


def fleet(
    app: AppSpec, settings: Settings, asked: Named, environ: Mapping[str, str] = os.environ
) -> tuple[EngineRef, ...]:
    """All engines of an app that lives on several, as they are called; () where one is meant.

    The environment does not decide, as in `home`. Raises AmbientEngine where it names one all the same, and
    EngineError for an engine that cannot be named.
    """
    if any(asked) or len(app.engines) < 2:
        return ()
    if variable := next((name for name in CHOICE if environ.get(name)), ""):
        raise AmbientEngine(
            f"{variable} names {environ[variable]}, and {app.name} lives on {', '.join(app.engines)}",
            f"unset {variable} for all of them, or name the one that is meant: {_option(app.engines[0])}",
        )
    return every_engine(app, settings, environ)


def every_engine(
    app: AppSpec, settings: Settings, environ: Mapping[str, str] = os.environ
) -> tuple[EngineRef, ...]:
    """All engines that an app names; one that it names twice is one. Raises EngineError."""
    around = _without_choice(environ)
    found: dict[str, EngineRef] = {}
    for name in app.engines:
        one = _meant(name, Named(), around, settings.engines)
        found.setdefault(place_of(one.url), one)
    return tuple(found.values())


def refuse_ambient(
    app: AppSpec,
    engine: str,
    environ: Mapping[str, str] = os.environ,
    engines: Mapping[str, EngineSettings] = NONE,
) -> None:
    """A variable may name the app's own engine once more, and no other. Raises AmbientEngine."""
    variable = next((name for name in CHOICE if environ.get(name)), "")
    if not variable:
        return
    said = environ[variable]
    try:
        ambient = EngineRef(resolve(environ=environ), said)
        if _leads_to(engine, ambient, _without_choice(environ), engines):
            return
    except EngineError:  # what cannot be reached is not the app's own either
        pass
    other = "--host" if variable == "DOCKER_HOST" else "--context"
    raise AmbientEngine(
        f"{variable} names {said}, and {app.name} lives on {engine}",
        f"unset {variable}, or name the engine that is meant: {_option(engine)}, or {other} {said}",
    )


def _option(engine: str) -> str:
    return f"--{'host' if is_endpoint(engine) else 'context'} {engine}"


def places(
    settings: Settings, app: str, asked: Named, environ: Mapping[str, str] = os.environ
) -> list[Place]:
    """Where an app lives, or all of them; an app on several engines stands at each of them.

    An app that is not configured may be known on the current engine: that is for others to find out. The same
    engine under several names is one: the first name that it has.
    """
    found: dict[str, Place] = {}
    for (name, own), apps in _homes(settings, app).items():
        try:
            around = _without_choice(environ) if own else environ
            engine: EngineRef | EngineError = _meant(name, asked, around, settings.engines)
        except EngineError as error:  # whoever connects there is told why
            engine = error
        key = name if isinstance(engine, EngineError) else place_of(engine.url)
        first = found.get(key, Place(name, (), engine))
        found[key] = first._replace(apps=tuple(dict.fromkeys((*first.apps, *apps))))
    return list(found.values())


def refuse_elsewhere(app: AppSpec, settings: Settings, shown: EngineRef) -> None:
    """Where the app has got another home since an engine was shown, nothing is done. Raises Elsewhere."""
    if away := lives_elsewhere(app, settings, shown):
        raise Elsewhere(
            f"{app.name} lives on {away}, not on {shown.url}", "open holdfast there (--context or --host)"
        )


def elsewhere(
    settings: Settings, shown: EngineRef, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """App -> the engines that it lives on, as the configuration calls them, where this is none of them.

    Reads Docker's configuration: blocks for a moment.
    """
    found = {app.name: lives_elsewhere(app, settings, shown, environ) for app in settings.apps.values()}
    return {name: homes for name, homes in found.items() if homes}


def lives_elsewhere(
    app: AppSpec, settings: Settings, shown: EngineRef, environ: Mapping[str, str] = os.environ
) -> str:
    """The engines that an app lives on, as the configuration calls them, where this is none of them; else "".

    Reads Docker's configuration: blocks for a moment.
    """
    homes = app.engines or ((settings.engine,) if settings.engine else ())
    if shown.asked or not homes:
        return ""
    around = _without_choice(environ) if app.engines else environ
    here = any(_leads_to(name, shown, around, settings.engines) for name in homes)
    return "" if here else ", ".join(homes)


def settings_of(
    engines: Mapping[str, EngineSettings], engine: EngineRef, environ: Mapping[str, str] = os.environ
) -> EngineSettings:
    """What `[engines.NAME]` says of an engine, by whatever name it is reached now; NAME as in the tables.

    Of several names for it the first that has a colour gives it; each can protect it, or have it left alone.
    Reads Docker's configuration: blocks for a moment.
    """
    around = _without_choice(environ)
    telling = ((name, one) for name, one in engines.items() if _says_something(one))
    said = [one for name, one in telling if _leads_to(name, engine, around, engines)]
    return EngineSettings(
        colour=next((one.colour for one in said if one.colour), ""),
        protected=any(one.protected for one in said),
        enabled=all(one.enabled for one in said),
        maintenance=max((one.maintenance for one in said), default=0.0),
    )


def _says_something(one: EngineSettings) -> bool:
    """Whether it has to be known which engine a table means."""
    return bool(one.colour or one.protected or not one.enabled or one.maintenance)


def is_protected(
    engines: Mapping[str, EngineSettings], engine: EngineRef, environ: Mapping[str, str] = os.environ
) -> bool:
    """Whether `[engines.NAME]` protects an engine. Blocks for a moment."""
    return settings_of(engines, engine, environ).protected


def _meant(
    configured: str, asked: Named, environ: Mapping[str, str], engines: Mapping[str, EngineSettings]
) -> EngineRef:
    """What was asked for now, on the command line or in the environment, before what a file says.

    `configured` is a name of `[engines.NAME]`, an endpoint or a Docker context's name, "" for none; so is
    --context. Raises EngineError.
    """
    if asked.host:
        return EngineRef(_completed(resolve(asked.host, None, environ), engines), asked.host, asked=True)
    if asked.context:
        endpoint = _by_option(asked.context, engines, environ)
        return EngineRef(endpoint, asked.context, asked=True)
    around = environ.get("DOCKER_HOST") or environ.get("DOCKER_CONTEXT") or ""
    if around or not configured:
        return EngineRef(_completed(resolve(environ=environ), engines), around)
    return EngineRef(by_name(configured, engines, "the configuration", environ), configured)


def _homes(settings: Settings, app: str) -> dict[tuple[str, bool], list[str]]:
    """Engine, as the configuration calls it, and whether apps name it themselves -> those that live there.

    Of one app, or of all.
    """
    found: dict[tuple[str, bool], list[str]] = {}
    current = settings.engine, False
    if not app or app not in settings.apps:
        found[current] = []
    for name in [app] if app else [*settings.apps]:
        spec = settings.apps.get(name)
        homes = [(engine, True) for engine in spec.engines] if spec is not None else []
        for home in homes or [current]:
            found.setdefault(home, []).append(name)
    if not app and not found[current] and len(found) > 1:
        del found[current]
    return found


def _leads_to(
    name: str, engine: EngineRef, environ: Mapping[str, str], engines: Mapping[str, EngineSettings]
) -> bool:
    """Whether a name of the configuration means this engine. What is withheld may: it is reached already."""
    said = engines.get(name)
    try:
        if said is not None and said.withheld:
            return engine.is_at(named(name, "the configuration", environ).url)
        return engine.is_at(_meant(name, Named(), environ, engines).url)
    except EngineError:  # what is not on this machine is certainly not where we are
        return False


def _without_choice(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment as if it named no engine itself."""
    return {name: value for name, value in environ.items() if name not in CHOICE}
