"""Versions to choose from: by the tags on this engine and in the registry, and by the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.version import Suggestion, suggest
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.git_state import source_of
from tui.registry.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec


class Suggestions(NamedTuple):
    """Tags to offer, the likeliest first.

    note    why the registry's were not counted, "" if they were
    first   where the cursor begins, "" for the first that is offered
    """

    offered: Sequence[Suggestion]
    note: str = ""
    first: str = ""


async def local_suggestions(app: AppSpec, local: Iterable[str]) -> Suggestions:
    """By the tags of the app's repository on the engine, without asking anybody else."""
    source = await source_of(app.build.context, app.build.dockerfile) if app.build else None
    commit, dirty = (source.commit, source.dirty) if source else ("", False)
    return Suggestions(suggest(local, commit=commit, dirty=dirty))


async def suggestions(app: AppSpec, engine: Engine, local: Iterable[str]) -> Suggestions:
    """By the registry's tags too."""
    if not app.has_registry:
        return await local_suggestions(app, local)
    try:
        async with Remote(engine, app) as remote:
            known = await remote.tags()
    except RegistryError as error:
        offered = await local_suggestions(app, local)
        return offered._replace(note=f"the registry's tags are not known: {error.message}")
    return await local_suggestions(app, [*local, *known])
