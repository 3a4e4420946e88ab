"""Starting, stopping and removing containers (Engine API, section Container)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.compose_project import waves
from tui.operations.by_hand.bulk import Done, each

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.engine.client import Engine
    from tui.engine.containers import Containers
    from tui.model.container import Container


async def act(
    engine: Engine,
    call: Callable[[Containers, Container], Awaitable[None]],
    containers: Sequence[Container],
    *,
    dependents_first: bool = False,
) -> list[Done]:
    """Make one call of the engine for each: what others of its project need before them, or after."""
    by_id = {container.id: container for container in containers}
    done: list[Done] = []
    for wave in waves(containers, dependents_first=dependents_first):
        done += await each(
            [(container.id, container.name) for container in wave],
            lambda id: call(engine.containers, by_id[id]),
        )
    return done


async def rename(engine: Engine, container: Container, name: str) -> list[Done]:
    """Give a container another name."""
    return await each([(container.id, container.name)], lambda id: engine.containers.rename(id, name))
