"""A part of a fleet by its orchestrator: the same plans as where there is one engine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.fleet import WayTo
from tui.operations.fleets.part import Pinned, Serving
from tui.operations.verbs import deploy, recover, rollback

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.model.app import AppSpec
    from tui.model.release import Entry
    from tui.model.trust import Trust
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.deploying.sources import Source
    from tui.operations.deploying.turn import Turn
    from tui.operations.fleets.part import Pin
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.runner import Planned


class OrchestratedPart:
    """An app on one engine (see tui.operations.fleets.part.Part).

    name     the engine's, as the configuration calls it
    source   makes what is to be deployed
    """

    def __init__(
        self,
        name: str,
        orchestrator: Orchestrator,
        app: AppSpec,
        op: str,
        source: Callable[[], Source],
        trust: Trust | None = None,
    ) -> None:
        self._name = name
        self._orchestrator = orchestrator
        self._app = app
        self._op = op
        self._source = source
        self._trust = trust

    @property
    def name(self) -> str:
        return self._name

    async def serving(self) -> Serving:
        releases = await self._orchestrator.read(self._app.name)
        number = releases.standing.live
        if number is None:
            return Serving()
        live = releases.live
        return Serving(
            number,
            releases.called(number),
            _is_healthy(releases, number),
            live.state if live is not None else None,
        )

    async def ways(self) -> Sequence[WayTo]:
        releases = await self._orchestrator.read(self._app.name)
        live = releases.standing.live
        ways = [way.number for way in await self._orchestrator.ways_back(releases) if not way.why_not]
        found = [_way(releases.entries[number]) for number in ways]
        if live is not None and (entry := releases.entries.get(live)) is not None:
            found.append(_way(entry)._replace(live=_is_healthy(releases, live)))
        return found

    async def deploy(self, pin: Pin, turn: Turn) -> Planned:
        source = Pinned(self._source(), pin, self._name)
        return await deploy.plan(self._orchestrator, self._app, self._op, source, turn)

    async def back(self, number: int, turn: Turn) -> Planned:
        return await rollback.plan(
            self._orchestrator, self._app, self._op, number, trust=self._trust, turn=turn
        )

    async def recover(self) -> Planned:
        return await recover.plan(self._orchestrator, self._app, self._op)


def _is_healthy(releases: Deployed, number: int) -> bool:
    slot, live = releases.standing.slots.get(number), releases.live
    return slot is not None and slot.running and (live is None or live.health != "unhealthy")


def _way(entry: Entry) -> WayTo:
    release = entry.release
    return WayTo(release.digest or release.image, release.version, release.number, release.at)
