"""Which volumes a container mounts, and which networks it is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Uses(NamedTuple):
    """What one container holds on to, running or not.

    volumes   names
    networks  IDs, and names where the engine says no ID (a container that was never started)
    """

    container: str
    running: bool
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()


def users(uses: Iterable[Uses], *names: str) -> list[Uses]:
    """The containers that hold on to a volume or a network of these names: running ones first, by name."""
    wanted = set(names)
    found = [one for one in uses if wanted.intersection(one.volumes) or wanted.intersection(one.networks)]
    return sorted(found, key=lambda one: (not one.running, one.container))
