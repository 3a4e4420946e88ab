"""The app "web" on several orchestrators in memory, as one fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.memory_app import MemoryApp, Version
from tests.support.verbs import work
from tui.model.fleet import Fleet
from tui.operations.fleets import deploy, recover, rollback
from tui.operations.fleets.orchestrated import OrchestratedPart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.support.verbs import Run
    from tui.errors import HoldfastError
    from tui.model.app import AppSpec
    from tui.operations.running.runner import Planned


class MemoryFleet:
    """Verbs on all of them; `apps` by engine; `away` is who does not answer."""

    def __init__(self, app: AppSpec, engines: int, **rules: Any) -> None:
        names = tuple(f"edge-{number}" for number in range(1, engines + 1))
        self.app = app
        self.fleet = Fleet("edge", names, **rules)
        self.apps: Mapping[str, MemoryApp] = {name: MemoryApp(app) for name in names}
        self.away: dict[str, HoldfastError] = {}

    def _parts(self, version: str, *, local: bool) -> list[OrchestratedPart]:
        def part(name: str, app: MemoryApp) -> OrchestratedPart:
            if local:
                app.memory.images.add(f"web@{version}")
            return OrchestratedPart(
                name, app.memory, self.app, "op", lambda: Version(self.app, version, local=local)
            )

        return [part(name, app) for name, app in self.apps.items() if name not in self.away]

    async def deploy(self, version: str, *, local: bool = False) -> Planned:
        parts = self._parts(version, local=local)
        return await deploy.plan(self.app, self.fleet, "op", version, parts, self.away)

    async def rollback(self, version: str = "") -> Planned:
        return await rollback.plan(
            self.app, self.fleet, "op", version, self._parts("", local=True), self.away
        )

    async def recover(self) -> Planned:
        return await recover.plan(self.app, self.fleet, "op", self._parts("", local=True), self.away)

    async def deployed(self, *versions: str) -> Run:
        """On every engine by itself, so that all of them stand alike."""
        done = [await work(app.deploy(version)) for version in versions for app in self.apps.values()]
        return done[-1]

    def serving(self) -> dict[str, str]:
        """Engine -> the version that serves there, "" for none."""
        found = {}
        for name, app in self.apps.items():
            live = app.memory.standing.live
            found[name] = app.memory.entries[live].release.version if live is not None else ""
        return found
