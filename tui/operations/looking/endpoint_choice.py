"""Which engine is meant: the one module that answers it, for command line, operations and dashboard."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tui.engine.endpoint import Endpoint, is_endpoint, named, place_of, resolve
from tui.engine.errors import EngineError
from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.app import AppSpec
    from tui.model.policy import EngineSettings
    from tui.settings.schema import Settings


class WhichEngine(HoldfastError):
    """The app lives on several engines, and which one is meant was not said."""

    exit_status = 2


def endpoint(
    host: str = "", docker_context: str = "", configured: str = "", environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """What was asked for now, on the command line or in the environment, before what a file says.

    `configured` is an endpoint or a Docker context's name. Raises EngineError.
    """
    asked = host or docker_context or environ.get("DOCKER_HOST") or environ.get("DOCKER_CONTEXT")
    if asked or not configured:
        return resolve(host or None, docker_context or None, environ)
    return named(configured, "the configuration", environ)


def home(
    app: AppSpec | None,
    configured: str,
    host: str = "",
    docker_context: str = "",
    environ: Mapping[str, str] = os.environ,
) -> Endpoint:
    """The one engine that an operation on an app goes to; of None, that of an app that is not configured.

    `configured` is the engine of apps that name none. On several engines the environment does not decide:
    it was set for something else, and nobody would see which one is changed. Raises WhichEngine, EngineError.
    """
    engines = app.engines if app is not None else ()
    if app is not None and len(engines) > 1 and not (host or docker_context):
        choices = " or ".join(f"--{'host' if is_endpoint(name) else 'context'} {name}" for name in engines)
        raise WhichEngine(f"which engine? {app.name} lives on {', '.join(engines)}", f"name one: {choices}")
    return endpoint(host, docker_context, engines[0] if len(engines) == 1 else configured, environ)


def elsewhere(
    settings: Settings, url: str, host: str, docker_context: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """App -> the engines that it lives on, as the configuration calls them; those of the engine at `url` are
    left out.

    `host` and `docker_context` as on the command line: they decide for every app. Reads Docker's
    configuration: blocks for a moment.
    """
    found = {
        app.name: lives_elsewhere(app, settings.engine, url, host, docker_context, environ)
        for app in settings.apps.values()
    }
    return {name: homes for name, homes in found.items() if homes}


def lives_elsewhere(
    app: AppSpec,
    configured: str,
    url: str,
    host: str = "",
    docker_context: str = "",
    environ: Mapping[str, str] = os.environ,
) -> str:
    """The engines that an app lives on, as the configuration calls them, where that at `url` is none of them.

    Else "". `host` and `docker_context` decide for every app. Reads Docker's configuration: blocks.
    """
    homes = app.engines or ((configured,) if configured else ())
    if host or docker_context or not homes:
        return ""
    around = environ if len(homes) == 1 else _without_choice(environ)
    for name in homes:
        with contextlib.suppress(EngineError):  # what is not on this machine is certainly not where we are
            if place_of(endpoint(configured=name, environ=around).url) == place_of(url):
                return ""
    return ", ".join(homes)


def is_protected(
    engines: Mapping[str, EngineSettings], url: str, environ: Mapping[str, str] = os.environ
) -> bool:
    """Whether `[engines.NAME]` protects the engine of an endpoint, by whatever name it is reached now.

    A NAME is that of a Docker context, or an endpoint. Reads Docker's configuration: blocks for a moment.
    """
    for name, settings in engines.items():
        if not settings.protected:
            continue
        try:
            if place_of(endpoint(configured=name, environ=_without_choice(environ)).url) == place_of(url):
                return True
        except EngineError:  # a context that is not on this machine cannot be where we are
            continue
    return False


def _without_choice(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment as if it named no engine itself."""
    return {name: value for name, value in environ.items() if name not in ("DOCKER_HOST", "DOCKER_CONTEXT")}
