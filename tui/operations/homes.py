"""Which engine an operation on an app goes to, where that is not the one that is looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.operations.where import endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.schema import Settings


def elsewhere(
    settings: Settings, url: str, host: str, docker_context: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """App -> the engine that it lives on, as the configuration calls it; those of the engine at `url` are
    left out.

    `host` and `docker_context` as on the command line: they decide for every app. Reads Docker's
    configuration: blocks for a moment.
    """
    found = {}
    for app in settings.apps.values():
        home = app.engines[0] if len(app.engines) == 1 else settings.engine
        if not home:
            continue
        try:
            here = endpoint(host, docker_context, home, environ).url == url
        except EngineError:  # not on this machine, so certainly not where we are
            here = False
        if not here:
            found[app.name] = home
    return found
