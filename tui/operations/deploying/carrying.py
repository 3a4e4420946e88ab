"""Volumes without a name go on from release to release; what is left of them stays until `prune` names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.engine.container.mounts import inside
from tui.engine.container.unnamed import unnamed_targets, with_volumes
from tui.engine.errors import NotFound
from tui.ledger.labels import release_number
from tui.model.digest import short_id
from tui.model.labels import APP, RELEASE, VOLUME
from tui.model.volumes import Carried, carried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.model.release import Release
    from tui.model.volume import Volume
    from tui.operations.looking.releases import Deployed


class GoingOn(NamedTuple):
    """What becomes of volumes without a name: those that go on, facts and warnings for the plan."""

    carried: Sequence[Carried]
    facts: Sequence[tuple[str, str]]
    warnings: Sequence[str]


async def carry(engine: Engine, creation: Creation, release: Release, releases: Deployed) -> Creation:
    """How to create the container of a release with the data that the app has at the same paths.

    What it gets for the first time bears labels, so that it is found when its containers are gone.
    Raises EngineError.
    """
    declared = await _declared(engine, release.reference) or ()
    targets = unnamed_targets(creation, declared, {mount.source for mount in release.run.volumes})
    if not targets:
        return creation
    found = _carried(targets, release, releases)
    if len(found) < len(targets):
        found = _carried(targets, release, releases, await left_behind(engine, release.app))
    given = {one.target: one.volume for one in found}
    for target in targets:
        labels = {APP: release.app, RELEASE: str(release.number), VOLUME: target}
        creation = with_volumes(creation, [target], given, labels)
    return creation


def foreseen(
    creation: Creation,
    known: Sequence[str] | None,
    release: Release,
    releases: Deployed,
    volumes: Sequence[Volume],
) -> GoingOn:
    """What `carry` will do, in words; `known` are the volumes that the image declares."""
    live = releases.live
    declared = known if known is not None else [*(live.volumes if live is not None else ())]
    named = {mount.source for mount in release.run.volumes}
    targets = unnamed_targets(creation, declared, named)
    asked = {inside(mount.target) for mount in release.run.volumes}
    found = _carried(targets, release, releases, _left_behind(volumes, release.app))
    unsure = "" if known is not None else ", if its image declares a volume there"
    facts = [
        (
            f"volume {one.target}",
            f"goes on{f' from r{one.release}' if one.release else ''}: {short_id(one.volume)}{unsure}",
        )
        for one in found
    ]
    warnings = [
        f"the image declares the volume {target} and nothing is mounted there: it is new and empty, and "
        "later releases take it over; a volume that is named in volumes cannot be lost by chance"
        for target in targets
        if target not in asked and target not in {one.target for one in found}
    ]
    if live is not None:
        kept = {one.volume for one in found} | named
        warnings += [
            f"{releases.called(releases.standing.live or 0)} has data at {target}, in a volume without a "
            "name, and the new release has nothing there: it stays with the old container"
            for target, volume in live.volumes.items()
            if volume not in kept
        ]
    return GoingOn(found, facts, warnings)


async def _declared(engine: Engine, reference: str) -> Sequence[str] | None:
    """Where an image says that volumes are to be; None where it is not on the engine."""
    try:
        return (await engine.images.config(reference)).volumes
    except NotFound:
        return None


def _carried(
    targets: list[str], release: Release, releases: Deployed, left: Mapping[str, str] | None = None
) -> list[Carried]:
    """`left`: see `left_behind`."""
    containers = {number: one.volumes for number, one in releases.containers.items()}
    first = [number for number in (releases.standing.live, release.rollback_of) if number]
    return carried(targets, containers, first, left or {})


async def left_behind(engine: Engine, app: str) -> dict[str, str]:
    """Target -> the newest volume of an app there, of those that Holdfast had made. Raises EngineError."""
    return _left_behind(await engine.volumes.list([f"{APP}={app}", VOLUME]), app)


def _left_behind(volumes: Sequence[Volume], app: str) -> dict[str, str]:
    return {
        volume.labels[VOLUME]: volume.name
        for volume in sorted(volumes, key=lambda volume: release_number(volume.labels.get(RELEASE, "")))
        if VOLUME in volume.labels and volume.labels.get(APP) == app
    }


async def orphaned(engine: Engine, volumes: Sequence[str], going: Sequence[str]) -> list[str]:
    """Those of these volumes that no container has but such as are going. Raises EngineError."""
    return [name for name in volumes if set(await engine.containers.using_volume(name)) <= {*going}]
