"""Which engine the dashboard opens on, where nobody has named one."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

from tui.engine.endpoint import is_tcp
from tui.engine.errors import EngineError, NotAllowed
from tui.model.tcp_address import PLAIN_PORT, read_tcp_address
from tui.operations.looking.endpoint_choice import CHOICE, Named, current, places, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.engine.ref import EngineRef
    from tui.settings.schema import Settings

ANSWER_SECONDS = 0.3
"""How long one engine is waited for before the next is tried: the first rows wait for it."""


def opening(settings: Settings, asked: Named, environ: Mapping[str, str] = os.environ) -> EngineRef:
    """What the command line, the environment or the configuration names; else the first engine of the
    folder's app that answers, or its first; else the one that `docker` uses.

    What only a pulled file names is not reached, which a note says: opening the dashboard never fails for it.
    Blocks. Raises EngineError.
    """
    if not any(asked) and not settings.engine and not any(environ.get(name) for name in CHOICE):
        homes = [*_homes(settings, environ)]
        if homes:
            return next(filter(_answers, homes), homes[0])
    try:
        return current(settings, asked, environ)
    except NotAllowed:
        return current(settings._replace(engine=""), asked, environ)


def _homes(settings: Settings, environ: Mapping[str, str]) -> Iterator[EngineRef]:
    """Engines of the folder's own app that may be reached; of none where one of its apps names none."""
    own = [settings.apps[name] for name in settings.own]
    if not own or not all(app.engines for app in own):
        return
    for place in places(settings, own[0].name, Named(), environ):
        if isinstance(place.found, EngineError):
            continue
        said = settings_of(settings.engines, place.found, environ)
        if not said.is_left_alone(time.time()):
            yield place.found


def _answers(engine: EngineRef) -> bool:
    """Whether anything listens there. Of one over ssh that takes a login: the screen says how it goes on."""
    endpoint = engine.endpoint
    try:
        if path := endpoint.socket_path:
            with socket.socket(socket.AF_UNIX) as unix:
                unix.settimeout(ANSWER_SECONDS)
                unix.connect(path)
        elif is_tcp(endpoint.url):
            address = read_tcp_address(endpoint.url)
            socket.create_connection((address.host, address.port or PLAIN_PORT), ANSWER_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True
