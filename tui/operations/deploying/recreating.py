"""How the container of a release is created: by its record, which is the source of its configuration."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.engine.container.creation import create_body
from tui.engine.container.resolving import resolved, resolved_apart
from tui.ledger.records import spec_hash
from tui.model.labels import (
    APP,
    AT,
    BY,
    DIGEST,
    PREVIOUS,
    RELEASE,
    RESTART,
    ROLLBACK_OF,
    SPEC,
    VERSION,
)
from tui.operations.looking.ways_back import not_as_recorded

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.engine.container.inspected import Inspected
    from tui.model.app import RunSpec
    from tui.model.release import Entry, Release


async def new_creation(release: Release) -> Creation:
    """By the record alone. It gets its restart policy only after the gate. Raises HoldfastError."""
    return _creation(release, await resolved(release.run))


async def creation_again(engine: Engine, release: Release, entry: Entry, past: Inspected | None) -> Creation:
    """By the record of an earlier release, whose container serves for what that holds by reference.

    What hands changed of the container since is not taken over. Only where there is no record, or it has no
    words for all that was adopted, the container itself is the source. Raises HoldfastError.
    """
    if past is None:
        return await new_creation(release)
    earlier = entry.release
    like = earlier.from_labels or (
        earlier.adopted and not await not_as_recorded(engine, past, entry, live=past.name == earlier.app)
    )
    if like:
        return past.creation.for_release(release.reference, release_labels(release))
    found = (await engine.containers.adoption(past.id, past.image_id)).run
    return _creation(release, await resolved_apart(by_reference(release.run, found, past.creation.profiles)))


def by_reference(run: RunSpec, found: RunSpec, profiles: tuple[str, ...] = ()) -> RunSpec:
    """A recorded run configuration with what it refers to as a container had it.

    found      that of the container, without what its image says
    profiles   its seccomp profiles, in full
    """
    said = {name: value for name, value in run.environment.items() if value is not None}
    referred = {
        name: value
        for name, value in found.environment.items()
        if name not in said and (run.env_file or name in run.environment or name in run.interpolated)
    }
    unset = {name: None for name in run.environment if name not in said and name not in referred}
    options = tuple(option for option in run.security_opt if not _is_profile(option))
    return run._replace(
        environment={**unset, **referred, **said},
        interpolated={},
        env_file=(),
        security_opt=(*options, *profiles) if len(options) < len(run.security_opt) else options,
    )


def _is_profile(option: str) -> bool:
    return option.startswith("seccomp") and option[8:] not in ("unconfined", "builtin")


def _creation(release: Release, run: RunSpec) -> Creation:
    if release.order == "start-first" and not run.network_mode:
        run = run._replace(networks={name: (*a, release.app) for name, a in run.networks.items()})
    return create_body(release.reference, run, labels=release_labels(release), restart="no")


def release_labels(release: Release) -> dict[str, str]:
    """The labels on a release's container: enough to tell what it is without the ledger."""
    return {
        APP: release.app,
        RELEASE: str(release.number),
        VERSION: release.version,
        DIGEST: release.digest or release.image,
        SPEC: spec_hash(release.run, release.ready),
        BY: release.by,
        AT: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.at)),
        PREVIOUS: str(release.previous or ""),
        ROLLBACK_OF: str(release.rollback_of or ""),
        RESTART: release.run.restart,
    }
