"""Whether what is to be deployed serves already: the same bytes with the same configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.container.resolving import resolved
from tui.errors import NothingToDo
from tui.ledger.records import spec_hash

if TYPE_CHECKING:
    from tui.engine.container.inspected import Inspected
    from tui.model.app import AppSpec, RunSpec
    from tui.model.release import Release
    from tui.operations.looking.releases import Deployed


async def live_already(
    releases: Deployed, app: AppSpec, *, version: str, digest: str = "", image: str = ""
) -> Release | None:
    """The live release where it is of these bytes, this version and the app's configuration, and runs.

    What is set outside (env_file, variables that are passed on) is compared with what its container has.
    Raises HoldfastError.
    """
    number, container = releases.standing.live, releases.live
    entry = releases.entries.get(number) if number is not None else None
    if entry is None or container is None or not entry.good:
        return None
    if not container.running or container.health == "unhealthy":
        return None
    release = entry.release
    if version and release.version != version:
        return None
    if not (digest and digest == release.digest) and not (image and image == release.image):
        return None
    if release.order != app.order or spec_hash(release.run, release.ready) != spec_hash(app.run, app.ready):
        return None
    return release if _has_environment(container, await resolved(app.run)) else None


def _has_environment(container: Inspected, run: RunSpec) -> bool:
    has = container.creation.variables
    return all(f"{name}={value}" in has for name, value in run.environment.items() if value is not None)


def nothing_to_do(releases: Deployed, release: Release) -> NothingToDo:
    """Said instead of doing it again."""
    return NothingToDo(
        f"{releases.called(release.number)} of {release.app} is live already, "
        "with these bytes and this configuration",
        "--again deploys it all the same",
        digest=release.digest,
        image=release.image,
        release=f"r{release.number}",
    )
