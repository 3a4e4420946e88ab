"""All engines at one look, and going from one to another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.view import VIEW_ENGINES
from tui.engine.endpoint import place_of
from tui.operations.looking.engines import known_engines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.workspaces import Workspaces
    from tui.model.drift import Drift
    from tui.sync.engines import EnginesFollower


class Engines:
    """Opens the screen of all engines; what `follower` has found out stays for the next time."""

    def __init__(self, desk: Desk, workspaces: Workspaces, follower: EnginesFollower) -> None:
        self._desk = desk
        self._workspaces = workspaces
        self._follower = follower

    def handlers(self) -> Mapping[Command, Handler]:
        return {VIEW_ENGINES: self._desk.in_task(self._choose)}

    async def _choose(self, _: Situation) -> None:
        from tui.screens.engines import EnginesScreen, EnginesView

        desk, session = self._desk, self._desk.session
        known = await asyncio.to_thread(known_engines, session.settings, self._workspaces.refs)
        self._follower.take(known, self._workspaces.places)
        shown = await asyncio.to_thread(place_of, session.ref.url)
        chosen = await desk.stage.ask(
            EnginesScreen(
                EnginesView(
                    follower=self._follower,
                    shown=shown,
                    drift=self._drift,
                    verify=self._verify,
                    clock=session.clock,
                )
            )
        )
        if chosen is not None:
            there = self._workspaces.show(chosen.engine)
            if chosen.app:
                there.main.call_after_refresh(there.main.go_to_app, chosen.app)  # it may be a new one

    def _drift(self, key: str, app: str) -> Drift | None:
        """The newest that is known: of an engine that is open its own session looks, too."""
        there = self._workspaces.at(key)
        found = (self._follower.drift.get((key, app)), there.store.drift.get(app) if there else None)
        return max((one for one in found if one is not None), key=lambda one: one.checked_at, default=None)

    async def _verify(self, key: str, app: str) -> str:
        settings = self._desk.session.settings
        spec = settings.apps.get(app)
        if spec is None:
            return f"{app} is not configured here: what it should be is not known"
        return await self._follower.look_for_drift(key, spec, settings.policy)
