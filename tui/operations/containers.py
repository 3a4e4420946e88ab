"""Starting, stopping and removing containers (Engine API, section Container)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.operations.done import Done, each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.model.container import Container

PAST = {
    "container.start": "started",
    "container.stop": "stopped",
    "container.restart": "restarted",
    "container.kill": "killed",
    "container.pause": "paused",
    "container.unpause": "unpaused",
    "container.remove": "removed",
}
"""The verbs, and how a message says that one is done."""


async def act(
    engine: Engine, verb: str, containers: Sequence[Container], *, force: bool = False
) -> list[Done]:
    """Do one of PAST to containers; `force` lets remove take running ones."""
    calls = engine.containers
    actions = {
        "container.start": calls.start,
        "container.stop": calls.stop,
        "container.restart": calls.restart,
        "container.kill": calls.kill,
        "container.pause": calls.pause,
        "container.unpause": calls.unpause,
        "container.remove": lambda id: calls.remove(id, force=force),
    }
    return await each([(container.id, container.name) for container in containers], actions[verb])


async def rename(engine: Engine, container: Container, name: str) -> list[Done]:
    """Give a container another name."""
    return await each([(container.id, container.name)], lambda id: engine.containers.rename(id, name))
