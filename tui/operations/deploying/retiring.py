"""What a deploy that ended good removes: releases beyond those that are kept, and their images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import EngineError, NotFound
from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.journal.writer import JournalFailed
from tui.model.operation import DONE, FAILED, RUNNING, SKIPPED, PlanStep
from tui.model.release import Entry
from tui.model.retention import kept_releases, of_releases
from tui.model.standing import all_after
from tui.model.switching import outdated
from tui.operations.deploying.retention import unneeded_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.ledger.ledger import Ledger
    from tui.model.app import AppSpec
    from tui.model.release import Release
    from tui.model.retention import Going
    from tui.model.step import RolloutStep
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.deploying.rollout import Rollout, RolloutParts
    from tui.operations.looking.releases import Deployed

PRUNE = "prune"


async def outgoing(
    orchestrator: Orchestrator,
    app: AppSpec,
    releases: Deployed,
    release: Release,
    steps: Sequence[RolloutStep],
) -> list[Going]:
    """The images that nobody needs once `release` is live by these steps. Raises HoldfastError."""
    after = all_after(releases.standing, steps)
    entries = {**releases.entries, release.number: Entry(release, None)}
    then = releases.releases._replace(standing=after, entries=entries)
    return await orchestrator.unneeded(app, releases._replace(releases=then))


async def unneeded(engine: Engine, ledger: Ledger, app: AppSpec, releases: Deployed) -> list[Going]:
    """The images that none of the releases that are kept needs. Raises EngineError.

    Only whole images of releases that were pushed: any other may be the only copy there is.
    """
    if not {*releases.entries} - kept_releases(releases.standing, app.keep):
        return []
    leaving = [step.release for step in outdated(releases.standing, app.keep)]
    return of_releases(await unneeded_images(engine, ledger, app, releases, leaving))


def image_steps(going: Sequence[Going]) -> list[PlanStep]:
    """The steps that remove images, as a plan names them."""
    return [PlanStep(one.reference, f"Remove {one.reference} ({one.what})") for one in going]


async def retire(
    parts: RolloutParts, rollout: Rollout, planned: Sequence[Going], before: Deployed, number: int
) -> None:
    """Remove what is not kept. That it cannot be removed now is said, and is no failure of the deploy.

    Of images only those go that the plan has named, and that nobody needs by now. `before` is how releases
    stood under the lease, `number` what was made since.
    """
    report = parts.report
    try:
        if parts.lease.again:  # somebody else may have had it in between
            releases = await parts.orchestrator.read(parts.app.name)
        else:
            releases = await parts.orchestrator.read_own(before, number)
        steps = outdated(releases.standing, parts.app.keep)
        now = await parts.orchestrator.unneeded(parts.app, releases) if planned else []
        if steps:
            async with report.step(PRUNE):
                await rollout.make(steps, parent=PRUNE)
        for one in planned:
            if one in now:
                await _remove(parts, one.reference)
            else:
                report.state(one.reference, SKIPPED)
    except JournalFailed:
        raise
    except HoldfastError as error:
        report.warn(f"what is not kept could not be removed: {error.message}")


async def _remove(parts: RolloutParts, reference: str) -> None:
    parts.report.state(reference, RUNNING)
    try:
        await parts.lease.guard(f"removing {reference}")
        await shielded(parts.orchestrator.remove_image(reference))
    except NotFound:
        parts.report.state(reference, DONE)
    except EngineError as error:
        parts.report.state(reference, FAILED)
        parts.report.warn(f"{reference} could not be removed: {error.message}")
    else:
        parts.report.state(reference, DONE)
