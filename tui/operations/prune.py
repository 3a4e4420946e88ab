"""Removing what retention does not keep of an app: releases, images, builds, volumes that nothing has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.errors import EngineError, NotFound
from tui.engine.uncancelled import to_the_end
from tui.errors import NothingToDo
from tui.ledger.lease import Lease
from tui.ledger.ledger import Ledger
from tui.model.digest import short_id
from tui.model.operation import DONE, FAILED, RUNNING, Plan, PlanStep, Result
from tui.model.sizes import disk_size
from tui.model.switching import outdated
from tui.operations.releases import read_releases
from tui.operations.retention import Leftover, leftover
from tui.operations.rollout import Means, Rollout
from tui.operations.runner import this_process
from tui.operations.undisturbed import read_undisturbed

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.engine import Usage
    from tui.model.retention import Going
    from tui.operations.report import Report


class Prune:
    """Pruning one app (see operations.runner.Verb); the ledger keeps every record."""

    def __init__(self, engine: Engine, app: AppSpec, op: str) -> None:
        self._engine = engine
        self._app = app
        self._op = op
        self._ledger: Ledger
        self._found: Leftover

    async def plan(self) -> Plan:
        app = self._app
        self._ledger = await Ledger.open(self._engine)
        releases = await read_undisturbed(self._engine, self._ledger, app.name)
        steps = outdated(releases.standing, app.keep)
        found = self._found = await leftover(
            self._engine, self._ledger, app, releases, [step.release for step in steps]
        )
        if not (steps or found.images or found.volumes):
            kept = len(releases.standing.kept)
            raise NothingToDo(
                f"nothing to prune: {kept} earlier good releases of {app.name} are there, and {app.keep} are "
                f"kept; of its builds {app.keep_builds} are",
                f"keep and keep_builds in [apps.{app.name}]",
            )
        usage = await self._engine.usage()
        stay = ", ".join(releases.called(number) for number in releases.standing.kept[: app.keep])
        frees = sum(usage.images.get(one.image, 0) for one in found.images if one.last)
        data = sum(usage.volumes.get(one.name, 0) for one in found.volumes)
        facts = [("engine", self._engine.endpoint.url), ("stay", stay)]
        if frees:
            facts.append(("frees", f"at least {disk_size(frees)}"))
        if found.volumes:
            facts.append(("data", f"{disk_size(data)} in volumes that no container has are lost for good"))
        equal = [f"docker rm {app.name}.r{step.release}" for step in steps]
        equal += [f"docker rmi {one.reference}" for one in found.images]
        equal += [f"docker volume rm {one.name}" for one in found.volumes]
        return Plan(
            f"Prune {app.name}",
            (
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
            tuple(facts),
            tuple(self._ledger.notes),
            " && ".join(equal),
            "Prune",
        )

    async def run(self, report: Report) -> Result:
        app, engine = self._app, self._engine
        owner = this_process(self._op, title=f"prune {app.name}", verb="prune")
        lease = await Lease.acquire(engine, app.name, owner)
        try:
            releases = await read_releases(engine, self._ledger, app.name)
            steps = outdated(releases.standing, app.keep)
            # Only what was named in the plan goes, and of that only what nobody needs by now.
            now = await leftover(engine, self._ledger, app, releases, [step.release for step in steps])
            images = [one for one in self._found.images if one in now.images]
            volumes = [one for one in self._found.volumes if one in now.volumes]
            rollout = Rollout(Means(engine, app, self._ledger, lease, report), releases)
            rollout.volumes_going = {one.name for one in volumes}
            await rollout.make(steps)
            for image in images:
                await self._remove(lease, report, image.reference, engine.images.remove(image.reference))
            for volume in volumes:
                await self._remove(lease, report, volume.name, engine.volumes.remove(volume.name))
        finally:
            await to_the_end(lease.release())
        return Result()

    async def _remove(self, lease: Lease, report: Report, id: str, call: Coroutine[Any, Any, object]) -> None:
        """One of them; that it cannot be removed now is said, and keeps nothing else from going."""
        report.state(id, RUNNING)
        try:
            await lease.guard(f"removing {id}")
            await to_the_end(call)
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
