"""What retention does not keep beside containers: images, builds, and volumes that nothing has any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineError
from tui.journal.evidence import all_evidence
from tui.model.release import APP, RELEASE
from tui.model.retention import Going, going_images, kept_releases
from tui.model.volumes import TARGET

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.operations.releases import Releases


class GoingVolume(NamedTuple):
    """A volume without a name that no container has, or only such as go too: with what is in it.

    what   whose, and where it was mounted
    """

    name: str
    what: str


class Leftover(NamedTuple):
    """What can go; `releases` are the numbers of the containers that go first."""

    images: Sequence[Going]
    volumes: Sequence[GoingVolume]


async def leftover(engine: Engine, app: AppSpec, releases: Releases, going: Collection[int]) -> Leftover:
    """What nobody needs once the containers of these releases are gone. Raises EngineError."""
    leaving = {releases.containers[number].id for number in going if number in releases.containers}
    images, listed, evidence = await asyncio.gather(
        engine.images.list(), engine.containers.list(), asyncio.to_thread(all_evidence, app.name)
    )
    found = going_images(
        app,
        images,
        releases.entries,
        kept_releases(releases.standing, app.keep),
        {one.image_id for one in listed if one.id not in leaving},
        {one.image: one.built for one in evidence if one.built},
    )
    return Leftover(found, await _volumes(engine, app, releases, going, leaving))


async def _volumes(
    engine: Engine, app: AppSpec, releases: Releases, going: Collection[int], leaving: Collection[str]
) -> list[GoingVolume]:
    """None where nothing is live: then they may be all that is left of an app."""
    if releases.live is None:
        return []
    named = {
        volume: GoingVolume(volume, f"what r{number} wrote to {target}")
        for number in going
        if number in releases.containers
        for target, volume in releases.containers[number].volumes.items()
    }
    for volume in await engine.volumes.list([f"{APP}={app.name}", TARGET]):
        labels = volume.labels
        words = f"what r{labels.get(RELEASE, '?')} wrote to {labels[TARGET]}"
        named.setdefault(volume.name, GoingVolume(volume.name, words))
    return [
        one for name, one in named.items() if set(await engine.containers.using_volume(name)) <= {*leaving}
    ]


async def image_needed(engine: Engine, image: str) -> bool:
    """Whether any container was made from an image. Raises EngineError."""
    return any(one.image_id == image for one in await engine.containers.list())


async def forget_image(engine: Engine, reference: str, image: str) -> bool:
    """Remove an image that no container was made from: whether it went. One in use stays, silently.

    So does one that was never pushed and has a name: no other copy of it may exist.
    """
    if await image_needed(engine, image):
        return False
    try:
        if "@" not in reference and (await engine.images.config(reference)).tags:
            return False
        await engine.images.remove(reference)
    except EngineError:
        return False
    return True
