"""Which engine is meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine.endpoint import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.endpoint import Endpoint


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
