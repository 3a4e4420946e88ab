"""Looking for drift: whether what runs is still what was released, everywhere that it can be seen."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.container.resolving import resolved_apart
from tui.engine.errors import EngineUnreachable, RequestRefused
from tui.errors import HoldfastError
from tui.model.drift import (
    CONFIGURATION,
    DEFINITION,
    DIGEST_GONE,
    FILES,
    TAG_IN_REGISTRY,
    Cause,
    Drift,
    Facts,
    FileChanges,
    drift,
)
from tui.model.reference import split_reference
from tui.model.ways_back import may_be_made_anew
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.releases import read_releases
from tui.operations.looking.run_files import FileMissing, file_hashes
from tui.operations.looking.ways_back import find_ways_back
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.inspected import ContainerState, Inspected
    from tui.ledger.ledger import Ledger
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.release import Release
    from tui.operations.looking.releases import Deployed

REGISTRY_SECONDS = 30.0
"""Time limit for asking a registry."""


class _InRegistry(NamedTuple):
    """What a registry has of a release: see Facts."""

    tag: str | None = None
    holds: bool | None = None
    unknown: tuple[Cause, ...] = ()


class _Configured(NamedTuple):
    """How a container and its release compare: see Facts."""

    differences: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    unknown: tuple[Cause, ...] = ()


class _Files(NamedTuple):
    changes: FileChanges | None = None
    unknown: tuple[Cause, ...] = ()


async def find_drift(engine: Engine, ledger: Ledger, app: AppSpec, policy: Policy) -> Drift:
    """Look at everything at once. What cannot be seen is unknown; an engine out of reach is raised.

    Raises HoldfastError.
    """
    releases = await read_releases(engine, ledger, app.name)
    number, live, foreign = releases.standing.live, releases.live, releases.foreign
    interrupted = bool(releases.standing.open)
    facts = Facts(app, expected=bool(releases.standing.good), interrupted=interrupted)
    if live is None or not live.running:
        facts = facts._replace(ways=await find_ways_back(engine, releases))
    if number is None or live is None:
        facts = facts._replace(renamed=_renamed(releases))
        if foreign is not None:
            facts = facts._replace(foreign=foreign.id, image=foreign.image_id, made_of=foreign.image)
        return Drift(app.name, tuple(drift(facts)), (), time.time())
    release, known = releases.entries[number].release, releases.entries[number].has_record
    now, registry, engine_tag, files, configured = await all_of(
        engine.containers.inspect(live.id),
        _in_registry(engine, app, release),
        _tag_on_engine(engine, app, release),
        _changed_files(engine, live),
        _configured(engine, live, release, known=known),
    )
    facts = facts._replace(
        release=release,
        known=known,
        state=now.state.status,
        ended=_ended(now.state),
        image=live.image_id,
        made_of=live.image,
        registry_tag=registry.tag,
        registry_holds=registry.holds,
        engine_tag=engine_tag,
        changes=files.changes,
        mounted=live.mounted,
        configuration=configured.differences,
        files=configured.files,
        movable=policy.may_move(release.version),
        again=may_be_made_anew(releases.entries[number]),
    )
    return Drift(
        app=app.name,
        causes=tuple(drift(facts)),
        unknown=(*configured.unknown, *files.unknown, *registry.unknown),
        checked_at=time.time(),
        release=releases.called(number),
        number=number,
    )


def _renamed(releases: Deployed) -> str:
    """What somebody called the newest good release, "" where it is retired as it should be or gone."""
    standing = releases.standing
    for number in standing.good:
        if (slot := standing.slots.get(number)) is not None:
            return "" if slot.name == standing.retired_name(number) else slot.name
    return ""


def _ended(state: ContainerState) -> str:
    """Why it does not run."""
    if state.oom_killed:
        return "it was killed because it used too much memory"
    if state.error:
        return state.error
    if state.status == "created":
        return "it was never started"
    return f"it ended with exit code {state.exit_code}"


async def _in_registry(engine: Engine, app: AppSpec, release: Release) -> _InRegistry:
    """Nothing where the release came from no registry."""
    if not release.digest or not split_reference(release.reference).digest:
        return _InRegistry()
    app = app._replace(image=split_reference(release.reference).repository)
    tag: str | None = None
    try:
        async with asyncio.timeout(REGISTRY_SECONDS), Remote(engine, app) as remote:
            if release.version:
                tag = await remote.digest(release.version)
            holds = tag == release.digest or bool(await remote.digest(release.digest))
    except TimeoutError:
        why = f"the registry did not answer within {REGISTRY_SECONDS:.0f} s"
        return _InRegistry(unknown=_unasked(release, why, ""))
    except EngineUnreachable:
        raise
    except HoldfastError as error:
        return _InRegistry(unknown=_unasked(release, error.message, error.hint))
    return _InRegistry(tag, holds)


def _unasked(release: Release, why: str, hint: str) -> tuple[Cause, ...]:
    kinds = (TAG_IN_REGISTRY, DIGEST_GONE) if release.version else (DIGEST_GONE,)
    return tuple(Cause(kind, why, hint) for kind in kinds)


async def _tag_on_engine(engine: Engine, app: AppSpec, release: Release) -> str | None:
    if not release.version:
        return None
    taken = split_reference(release.reference)
    repository = taken.repository if taken.digest else app.image
    return await engine.images.inspect_id(f"{repository}:{release.version}")


async def _changed_files(engine: Engine, live: Inspected) -> _Files:
    try:
        changes = await engine.containers.changes(live.id)
    except RequestRefused as error:
        return _Files(unknown=(Cause(FILES, error.message),))
    return _Files(changes)


async def _configured(engine: Engine, live: Inspected, release: Release, *, known: bool) -> _Configured:
    if not known:
        why = f"the record of r{release.number} is lost, and only labels are left of it"
        return _Configured(unknown=(Cause(CONFIGURATION, why), Cause(DEFINITION, why)))
    run, unknown = release.run, []
    changed: list[str] = []
    try:
        now = await asyncio.to_thread(file_hashes, run)
        changed = [file.path for file in release.files if now.get(file.path, file.sha256) != file.sha256]
    except FileMissing as error:
        unknown.append(Cause(DEFINITION, error.message, error.hint))
        changed = [*run.env_file]
    try:
        passed_on = [*(name for name, value in run.environment.items() if value is None), *run.interpolated]
        wanted = await resolved_apart(run._replace(env_file=()) if changed else run)
    except HoldfastError as error:
        return _Configured(files=tuple(changed), unknown=(Cause(CONFIGURATION, error.message, error.hint),))
    # Where a variable came from elsewhere, what it was then is not known any more.
    differing = await engine.containers.differences(live.id, wanted, release.app, unsure=passed_on)
    if changed:
        differing = [name for name in differing if name != "environment"]
        why = f"its environment came from {', '.join(changed)}, which has changed: it cannot be compared"
        unknown.append(Cause(CONFIGURATION, why))
    unread = any(cause.kind == DEFINITION for cause in unknown)
    return _Configured(tuple(differing), () if unread else tuple(changed), tuple(unknown))
