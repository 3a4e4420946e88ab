"""Removing volumes and networks (Engine API, sections Volume and Network)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.labels import OWN
from tui.model.uses import users
from tui.operations.by_hand.bulk import Done, each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.engine.client import Engine
    from tui.model.network import Network
    from tui.model.uses import Uses
    from tui.model.volume import Volume


async def remove_volumes(engine: Engine, volumes: Sequence[Volume]) -> list[Done]:
    """Remove volumes; one that a container has, running or not, is refused by the engine."""
    return await each([(one.name, one.name) for one in volumes], engine.volumes.remove)


async def remove_networks(engine: Engine, networks: Sequence[Network]) -> list[Done]:
    """Remove networks by ID; one that a running container is in is refused by the engine."""
    return await each([(one.id, one.name) for one in networks], engine.networks.remove)


def prunable_volumes(volumes: Iterable[Volume], uses: Sequence[Uses]) -> list[Volume]:
    """Those whose names the engine has chosen and that no container has, by name.

    A volume with a name was given it to stay; one with a label of Holdfast carries on the data of an app.
    """
    return sorted(
        (one for one in volumes if one.anonymous and not owned(one) and not users(uses, one.name)),
        key=lambda one: one.name,
    )


def prunable_networks(networks: Iterable[Network], uses: Sequence[Uses]) -> list[Network]:
    """Those that no container is in, running or not, and that somebody has made on this engine, by name."""
    return sorted(
        (
            one
            for one in networks
            if not one.predefined and one.scope != "swarm" and not users(uses, one.id, one.name)
        ),
        key=lambda one: one.name,
    )


def owned(volume: Volume) -> bool:
    """Whether Holdfast has made it."""
    return any(label.startswith(OWN) for label in volume.labels)
