"""What the engines of a fleet are behind of: the newest good release that any of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.operations.orchestrators.standalone import Standalone
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.release import Release


class NoneYet(HoldfastError):
    """No engine of the fleet has a release that others could be behind of."""

    exit_status = 2


async def newest_of_all(app: AppSpec, engines: Mapping[str, Engine]) -> Release:
    """The newest of the releases that serve. Raises NoneYet, EngineError."""
    found = await all_of(*(_live(engine, app) for engine in engines.values()))
    serving = [release for release in found if release is not None and not release.rollback_of]
    serving = serving or [release for release in found if release is not None]
    newest = max(serving, key=lambda release: release.at, default=None)
    if newest is None:
        raise NoneYet(
            f"no engine of {app.name} serves a release yet: none can be behind",
            f"holdfast deploy {app.name} VERSION",
        )
    return newest


async def _live(engine: Engine, app: AppSpec) -> Release | None:
    """The good release that serves on an engine, None for none."""
    releases = await Standalone(engine).read(app.name)
    number = releases.standing.live
    entry = releases.entries.get(number) if number is not None else None
    return entry.release if entry is not None and entry.good else None
