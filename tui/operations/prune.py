"""Removing the releases of an app that retention does not keep."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from tui.engine.uncancelled import to_the_end
from tui.errors import NothingToDo
from tui.ledger.lease import Lease
from tui.ledger.lease_state import Owner
from tui.ledger.ledger import Ledger
from tui.model.operation import Plan, PlanStep, Result
from tui.model.switching import outdated
from tui.operations.releases import read_releases
from tui.operations.retention import forget_image
from tui.operations.rollout import Means, Rollout
from tui.operations.runner import whoami
from tui.operations.undisturbed import read_undisturbed

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.operations.report import Report


class Prune:
    """Pruning one app (see operations.runner.Verb); the ledger keeps every record."""

    def __init__(self, engine: Engine, app: AppSpec, op: str) -> None:
        self._engine = engine
        self._app = app
        self._op = op
        self._ledger: Ledger

    async def plan(self) -> Plan:
        self._ledger = await Ledger.open(self._engine)
        releases = await read_undisturbed(self._engine, self._ledger, self._app.name)
        steps = outdated(releases.standing, self._app.keep)
        if not steps:
            kept = len(releases.standing.kept)
            raise NothingToDo(
                f"nothing to prune: {kept} earlier good releases of {self._app.name} are there, "
                f"and {self._app.keep} are kept",
                f"keep = {self._app.keep} in [apps.{self._app.name}]",
            )
        stay = ", ".join(releases.called(number) for number in releases.standing.kept[: self._app.keep])
        return Plan(
            f"Prune {len(steps)} releases of {self._app.name}",
            tuple(
                PlanStep(
                    step.id, f"Remove {releases.called(step.release)} and its image, if nothing needs it"
                )
                for step in steps
            ),
            (("engine", self._engine.endpoint.url), ("stay", stay)),
            tuple(self._ledger.notes),
            "docker rm " + " ".join(f"{self._app.name}.r{step.release}" for step in steps),
            "Prune",
        )

    async def run(self, report: Report) -> Result:
        owner = Owner(whoami(), socket.gethostname(), os.getpid(), self._op, f"prune {self._app.name}")
        lease = await Lease.acquire(self._engine, self._app.name, owner)
        try:
            releases = await read_releases(self._engine, self._ledger, self._app.name)
            rollout = Rollout(Means(self._engine, self._app, self._ledger, lease, report), releases)
            for step in outdated(releases.standing, self._app.keep):
                old = releases.containers[step.release]
                await rollout.make([step])
                await forget_image(self._engine, old.image, old.image_id)
        finally:
            await to_the_end(lease.release())
        return Result()
