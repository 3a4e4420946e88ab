"""Removing what retention does not keep of an app: releases, images, builds, volumes that nothing has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError, NotFound
from tui.engine.shielded import shielded
from tui.errors import NothingToDo
from tui.model.digest import short_id
from tui.model.operation import DONE, FAILED, RUNNING, Plan, PlanStep, Result
from tui.model.sizes import disk_size
from tui.model.switching import outdated
from tui.operations.deploying.rollout import RolloutParts, rollout_of
from tui.operations.running.runner import Planned, this_process

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tui.model.app import AppSpec
    from tui.model.engine import Usage
    from tui.model.retention import Going
    from tui.operations.deploying.orchestrator import HeldLease, Orchestrator
    from tui.operations.deploying.retention import Leftover
    from tui.operations.running.report import Report


async def plan(orchestrator: Orchestrator, app: AppSpec, op: str) -> Planned:
    """Prune one app; the ledger keeps every record. Raises HoldfastError."""
    releases = await orchestrator.read_undisturbed(app.name)
    steps = outdated(releases.standing, app.keep)
    found = await orchestrator.leftover(app, releases, [step.release for step in steps])
    if not (steps or found.images or found.volumes):
        kept = len(releases.standing.kept)
        raise NothingToDo(
            f"nothing to prune: {kept} earlier good releases of {app.name} are there, and {app.keep} are "
            f"kept; of its builds {app.keep_builds} are",
            f"keep and keep_builds in [apps.{app.name}]",
        )
    usage = await orchestrator.usage()
    stay = ", ".join(releases.called(number) for number in releases.standing.kept[: app.keep])
    frees = sum(usage.images.get(one.image, 0) for one in found.images if one.last)
    data = sum(usage.volumes.get(one.name, 0) for one in found.volumes)
    facts = [("engine", orchestrator.url), ("stay", stay)]
    if frees:
        facts.append(("frees", f"at least {disk_size(frees)}"))
    if found.volumes:
        facts.append(("data", f"{disk_size(data)} in volumes that no container has are lost for good"))
    equal = [f"docker rm {app.name}.r{step.release}" for step in steps]
    equal += [f"docker rmi {one.reference}" for one in found.images]
    equal += [f"docker volume rm {one.name}" for one in found.volumes]
    plan = Plan(
        title=f"Prune {app.name}",
        steps=(
            *(PlanStep(step.id, f"Remove {releases.called(step.release)}") for step in steps),
            *(PlanStep(one.reference, _words(one, usage)) for one in found.images),
            *(
                PlanStep(
                    one.name,
                    f"Remove {one.what}: the volume {short_id(one.name)} "
                    f"({disk_size(usage.volumes.get(one.name, 0))})",
                )
                for one in found.volumes
            ),
        ),
        facts=tuple(facts),
        warnings=tuple(orchestrator.notes),
        equal=" && ".join(equal),
        verb="Prune",
    )

    async def run(report: Report) -> Result:
        owner = this_process(op, title=f"prune {app.name}", verb="prune")
        async with orchestrator.leased(app.name, owner) as lease:
            await _prune(RolloutParts(orchestrator, app, lease, report), found)
        return Result()

    return Planned(plan, run)


async def _prune(parts: RolloutParts, planned: Leftover) -> None:
    """Remove what was named in the plan, and of that only what nobody needs by now."""
    orchestrator, app, lease, report = parts.orchestrator, parts.app, parts.lease, parts.report
    releases = await orchestrator.read(app.name)
    steps = outdated(releases.standing, app.keep)
    now = await orchestrator.leftover(app, releases, [step.release for step in steps])
    images = [one for one in planned.images if one in now.images]
    volumes = [one for one in planned.volumes if one in now.volumes]
    rollout = await rollout_of(parts, releases, volumes_going={one.name for one in volumes})
    await rollout.make(steps)
    for image in images:
        await _remove(lease, report, image.reference, orchestrator.remove_image(image.reference))
    for volume in volumes:
        await _remove(lease, report, volume.name, orchestrator.remove_volume(volume.name))


async def _remove(lease: HeldLease, report: Report, id: str, call: Coroutine[Any, Any, object]) -> None:
    """One of them; that it cannot be removed now is said, and keeps nothing else from going."""
    report.state(id, RUNNING)
    try:
        await lease.guard(f"removing {id}")
        await shielded(call)
    except NotFound:
        report.state(id, DONE)
    except EngineError as error:
        report.state(id, FAILED)
        report.warn(f"{id} could not be removed: {error.message}")
    else:
        report.state(id, DONE)
    finally:
        call.close()


def _words(one: Going, usage: Usage) -> str:
    name = short_id(one.reference) if one.reference == one.image else one.reference
    if not one.last:
        return f"Remove the name {name} ({one.what}); the image stays"
    return f"Remove {name} ({one.what}), {disk_size(usage.images.get(one.image, 0))}"
