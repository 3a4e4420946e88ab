"""An event of the engine's stream (Engine API, GET /events)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Event(NamedTuple):
    """One event.

    kind        "container", "image", "volume", "network", "daemon", ...
    action      "create", "start", "die", "rename", "tag", "health_status: healthy", ...
    id          of the object: a container ID, an image ID or reference
    attributes  the object's labels plus what the action adds (name, image, exitCode, oldName)
    time        seconds since the epoch, by the engine's clock
    """

    kind: str
    action: str
    id: str
    attributes: Mapping[str, str]
    time: float
