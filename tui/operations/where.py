"""Which engine is meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine.endpoint import resolve
from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.endpoint import Endpoint
    from tui.model.policy import EngineSettings


def endpoint(
    host: str = "", docker_context: str = "", configured: str = "", environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """What was asked for now, on the command line or in the environment, before what a file says.

    `configured` is an endpoint or a Docker context's name. Raises EngineError.
    """
    asked = host or docker_context or environ.get("DOCKER_HOST") or environ.get("DOCKER_CONTEXT")
    if asked or not configured:
        return resolve(host or None, docker_context or None, environ)
    if "://" in configured or configured.startswith("/"):
        return resolve(host=configured, environ=environ)._replace(source="the configuration")
    return resolve(docker_context=configured, environ=environ)._replace(source="the configuration")


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
            if endpoint(configured=name, environ=_without_choice(environ)).url == url:
                return True
        except EngineError:  # a context that is not on this machine cannot be where we are
            continue
    return False


def _without_choice(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment as if it named no engine itself."""
    return {name: value for name, value in environ.items() if name not in ("DOCKER_HOST", "DOCKER_CONTEXT")}
