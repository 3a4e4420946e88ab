"""What else is on an engine, asked for at once: what a deploy may meet there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.engine.containers import Joined
    from tui.model.network import Network
    from tui.model.volume import Volume


class Surroundings(NamedTuple):
    """All containers, networks and volumes, as they were at one moment."""

    containers: Sequence[Joined]
    networks: Sequence[Network]
    volumes: Sequence[Volume]


async def look_around(engine: Engine) -> Surroundings:
    """Raises EngineError."""
    found = await all_of(engine.containers.list_joined(), engine.networks.list(), engine.volumes.list())
    return Surroundings(*found)
