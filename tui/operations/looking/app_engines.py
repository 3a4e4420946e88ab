"""Which engine an operation on an app goes to, where that is not the one that is looked at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.operations.looking.endpoint_choice import lives_elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.schema import Settings


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
