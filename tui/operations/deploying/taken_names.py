"""Names of an app that a stranger's container bears: nothing of the app is changed, and it is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import Conflict, NotFound
from tui.errors import Refused
from tui.model.remedies import taken_remedy, taken_words

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.engine.containers import Created
    from tui.operations.looking.releases import Deployed


class NameTaken(Refused):
    """A container that is no release bears the app's name."""


class EarlierNameTaken(Refused):
    """A container that is no release bears the name of an earlier one, APP.rN."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"somebody's container {name} has the name that this release needs: it is never replaced",
            f"docker rename {name} ANOTHER-NAME gives the name back; then try again",
        )


def refuse_taken(releases: Deployed) -> None:
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
        if not await _is_anothers(engine, app, id):
            raise
        raise NameTaken(taken_words(app), taken_remedy(app, interrupted=False)) from None


async def retire(engine: Engine, id: str, name: str) -> None:
    """Give a container the name of an earlier release.

    Raises EarlierNameTaken where somebody's has got it in between, and EngineError.
    """
    try:
        await engine.containers.rename(id, name)
    except Conflict:
        if not await _is_anothers(engine, name, id):
            raise
        raise EarlierNameTaken(name) from None


async def create(engine: Engine, name: str, creation: Creation) -> Created:
    """Create a container under the name of an earlier release, which it has until it serves.

    Raises EarlierNameTaken where somebody's has got it in between, and EngineError.
    """
    try:
        return await engine.containers.create(name, creation)
    except Conflict:
        if not await _is_anothers(engine, name):
            raise
        raise EarlierNameTaken(name) from None


async def _is_anothers(engine: Engine, name: str, id: str = "") -> bool:
    """Whether another container than that of the ID has the name."""
    try:
        holder = await engine.containers.inspect(name)
    except NotFound:
        return False
    return holder.name == name and holder.id != id
