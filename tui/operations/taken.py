"""An app's name that a stranger's container bears: nothing of the app is changed, and it is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import Conflict, NotFound
from tui.errors import Refused
from tui.model.remedies import taken_remedy, taken_words

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.operations.releases import Releases


class NameTaken(Refused):
    """A container that is no release bears the app's name."""


def refuse_taken(releases: Releases) -> None:
    """Raises NameTaken."""
    if releases.foreign is not None:
        app, interrupted = releases.standing.app, bool(releases.standing.open)
        raise NameTaken(taken_words(app), taken_remedy(app, interrupted=interrupted))


async def promote(engine: Engine, id: str, app: str) -> None:
    """Give the app's name to a container.

    Raises NameTaken where somebody's has got it in between, and EngineError.
    """
    try:
        await engine.containers.rename(id, app)
    except Conflict:
        try:
            holder = await engine.containers.kept(app)
        except NotFound:
            holder = None
        if holder is None or holder.name != app or holder.id == id:
            raise
        raise NameTaken(taken_words(app), taken_remedy(app, interrupted=False)) from None
