"""In which order containers of Compose projects are started and stopped, as their labels say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.labels import COMPOSE_DEPENDS, COMPOSE_SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.container import Container

Service = tuple[str, str]
"""A project and a service of it."""


def waves(containers: Sequence[Container], *, dependents_first: bool = False) -> list[list[Container]]:
    """The containers in the waves in which something is done to them, one wave after the other.

    Whatever a container needs among them is in a wave before its own, after it where dependents go first.
    What needs itself in a circle goes last, together: no order is right for it.
    """
    left = list(containers)
    needs = {one.id: _needs(one) for one in left}
    found: list[list[Container]] = []
    while left:
        services = {_service(one) for one in left}
        free = [one for one in left if not services & needs[one.id]]
        wave = free or left
        found.append(wave)
        left = [one for one in left if one not in wave]
    return found[::-1] if dependents_first else found


def _service(container: Container) -> Service:
    return container.project, container.labels.get(COMPOSE_SERVICE, "") or container.id


def _needs(container: Container) -> set[Service]:
    """The services that a container needs."""
    said = container.labels.get(COMPOSE_DEPENDS, "")
    named = {word.partition(":")[0].strip() for word in said.split(",")}
    return {(container.project, name) for name in named if name} - {_service(container)}
