"""What retention does not keep beside containers: images, builds, and volumes that nothing has any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.evidence.files import all_evidence
from tui.model.app_name import is_app_name
from tui.model.labels import APP, RELEASE, VOLUME
from tui.model.retention import Going, Others, going_images, kept_releases
from tui.operations.looking.releases import read_releases
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.engine.client import Engine
    from tui.ledger.ledger import Ledger
    from tui.model.app import AppSpec
    from tui.operations.looking.releases import Deployed


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


async def leftover(
    engine: Engine, ledger: Ledger, app: AppSpec, releases: Deployed, going: Collection[int]
) -> Leftover:
    """What nobody needs once the containers of these releases are gone. Raises EngineError."""
    leaving = {releases.containers[number].id for number in going if number in releases.containers}
    images = await unneeded_images(engine, ledger, app, releases, going)
    return Leftover(images, await _volumes(engine, app, releases, going, leaving))


async def unneeded_images(
    engine: Engine, ledger: Ledger, app: AppSpec, releases: Deployed, going: Collection[int]
) -> list[Going]:
    """The images of an app that nobody needs once the containers of these releases are gone.

    Raises EngineError, LedgerUnreadable.
    """
    leaving = {releases.containers[number].id for number in going if number in releases.containers}
    images, listed, evidence = await all_of(
        engine.images.list(), engine.containers.list(), asyncio.to_thread(all_evidence, app.name)
    )
    others = {one.labels[APP] for one in listed if one.labels.get(APP) and app.owns(one.image)}
    others = {*filter(is_app_name, others), *app.shares} - {app.name}
    return going_images(
        app,
        images,
        releases.entries,
        kept_releases(releases.standing, app.keep),
        {one.image_id for one in listed if one.id not in leaving},
        {one.image: one.built for one in evidence if one.built},
        await _needed_by(engine, ledger, app, others) if others else None,
    )


async def _needed_by(engine: Engine, ledger: Ledger, app: AppSpec, others: Collection[str]) -> Others:
    needed: set[str] = set()
    built: set[str] = set()
    for name in others:
        releases, evidence = await all_of(
            read_releases(engine, ledger, name), asyncio.to_thread(all_evidence, name)
        )
        for number in kept_releases(releases.standing, app.shares.get(name, app.keep)):
            if (entry := releases.entries.get(number)) is not None:
                needed |= {entry.release.image, entry.release.digest}
        built |= {one.image for one in evidence if one.built}
    return Others(frozenset(needed - {""}), frozenset(built))


async def _volumes(
    engine: Engine, app: AppSpec, releases: Deployed, going: Collection[int], leaving: Collection[str]
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
    for volume in await engine.volumes.list([f"{APP}={app.name}", VOLUME]):
        labels = volume.labels
        if labels.get(APP) != app.name or VOLUME not in labels:
            continue  # an engine that knows no filters lists all
        words = f"what r{labels.get(RELEASE, '?')} wrote to {labels[VOLUME]}"
        named.setdefault(volume.name, GoingVolume(volume.name, words))
    return [
        one for name, one in named.items() if set(await engine.containers.using_volume(name)) <= {*leaving}
    ]
