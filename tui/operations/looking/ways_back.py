"""Looking at what an app can go back to: what is really there, and whether it is as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.container.resolving import resolved_apart
from tui.engine.errors import NotFound
from tui.model.release import WHOLE
from tui.model.ways_back import ways_back
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.inspected import Inspected
    from tui.model.release import Entry
    from tui.model.ways_back import WayBack
    from tui.operations.looking.releases import Deployed

WHILE_LIVE = ("restart",)
"""What a release has only while it serves."""


async def find_ways_back(engine: Engine, releases: Deployed) -> tuple[WayBack, ...]:
    """The one answer to what can be gone back to. Raises EngineError."""
    standing = releases.standing
    earlier = [number for number in standing.kept if number in releases.containers]
    listed, found = await all_of(
        engine.images.list(),
        all_of(*(_differing(engine, releases, number) for number in earlier)),
    )
    images = {name for image in listed for name in (image.id, *image.digests)}
    return ways_back(standing, releases.entries, images, dict(zip(earlier, found, strict=True)))


async def _differing(engine: Engine, releases: Deployed, number: int) -> tuple[str, ...]:
    return await not_as_recorded(engine, releases.containers[number], releases.entries[number], live=False)


async def not_as_recorded(engine: Engine, one: Inspected, entry: Entry, *, live: bool) -> tuple[str, ...]:
    """In what a container is not what its record says; nothing where there is no record to compare it with.

    Nothing is read here but the engine: what the record holds by reference, an `env_file` above all, is not
    compared, and no hand can change it in a container. Raises EngineError.
    """
    if entry.integrity != WHOLE:
        return ()
    found, release = [], entry.release
    if release.image not in ("", one.image_id) and one.image != release.reference:
        found.append("image")
    run = release.run
    wanted = await resolved_apart(run._replace(env_file=(), security_opt=_without_files(run.security_opt)))
    passed_on = [*(name for name, value in run.environment.items() if value is None), *run.interpolated]
    try:
        found += await engine.containers.differences(one.id, wanted, release.app, passed_on, one.image_id)
    except NotFound:
        return ()  # it has gone meanwhile
    unsure = (*(() if live else WHILE_LIVE), *(("environment",) if run.env_file else ()))
    return tuple(name for name in found if name not in unsure)


def _without_files(options: tuple[str, ...]) -> tuple[str, ...]:
    """Security options but for profiles: an app names the file of one, and the engine has its text."""
    return tuple(
        option
        for option in options
        if not option.startswith("seccomp") or option[8:] in ("unconfined", "builtin")
    )
