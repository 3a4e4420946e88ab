"""Gathering all of it: of this machine first, which always answers, then of every engine of the app."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.model.bundle import file_name
from tui.operations.bundling import here
from tui.operations.bundling.archive import target, write
from tui.operations.bundling.raw import Gathered
from tui.operations.bundling.secrets import known_here
from tui.operations.bundling.there import Extent, of_engine
from tui.operations.looking.endpoint_choice import places
from tui.operations.looking.engine_look import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tui.model.app import AppSpec
    from tui.model.bundle import LeftOut
    from tui.operations.bundling.raw import Raw
    from tui.operations.looking.endpoint_choice import Named, Place
    from tui.settings.schema import Settings

REACH_SECONDS = 30.0
"""Time in which the way to an engine has to be there."""


class Written(NamedTuple):
    """A bundle that was written.

    size     its bytes
    files    how many are in it beside the manifest
    away     3 where an engine did not answer, of which it has nothing then; else 0
    """

    path: Path
    size: int
    files: int
    left_out: Sequence[LeftOut]
    masked: int
    away: int


async def write_bundle(
    app: AppSpec,
    settings: Settings,
    asked: Named,
    output: str,
    extent: Extent,
    doctor: AsyncIterator[Raw],
) -> Written:
    """Gather and write it; `doctor` is what that finds. Raises HoldfastError where it cannot be written."""
    now = time.time()
    path = await asyncio.to_thread(target, app.name, output, now)
    gathered = Gathered()
    secrets, notes = await known_here(app)
    gathered.secrets |= secrets
    for note in notes:
        gathered.leave_out("secrets that are masked by their look alone", note)
    await gathered.take("versions", here.versions())
    await gathered.take("configuration", here.configuration(app, settings))
    await gathered.take("journals of operations", here.journals(app.name))
    await gathered.take("doctor", doctor)
    known = await asyncio.to_thread(places, settings, app.name, asked)
    for place in known:
        folder = f"{file_name(place.called)}/" if len(known) > 1 else ""
        await _of_place(place, app, settings, folder, extent, gathered)
    if gathered.away:
        await gathered.take("copies of records", here.kept_records(app.name))
    parts, left_out, masked = await asyncio.to_thread(gathered.parts)
    size = await asyncio.to_thread(write, path, app.name, parts, left_out, masked, now)
    return Written(
        path=path, size=size, files=len(parts), left_out=left_out, masked=masked, away=gathered.away
    )


async def _of_place(
    place: Place, app: AppSpec, settings: Settings, folder: str, extent: Extent, gathered: Gathered
) -> None:
    """What the engine of a place has; one that is out of reach is said."""
    what = f"everything that the engine {place.called} knows"
    try:
        async with asyncio.timeout(REACH_SECONDS) as limit, connected(place.engine) as engine:
            limit.reschedule(None)  # each part has a limit of its own from here
            await of_engine(engine, app, settings.policy, folder, extent, gathered)
    except TimeoutError:
        gathered.leave_out(what, f"it was not reached within {REACH_SECONDS:.0f} s")
        gathered.away = 3
    except HoldfastError as error:
        gathered.leave_out(what, error.message)
        gathered.away = max(gathered.away, error.exit_status)
