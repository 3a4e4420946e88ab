"""An app on all of its engines: a deploy in waves, the way back everywhere, and a pause in between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.fleets import FLEET_DEPLOY, FLEET_ROLLBACK, OPERATION_PAUSE
from tui.engine.errors import EngineError
from tui.operations.looking.endpoint_choice import every_engine
from tui.operations.process.launch import pause
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.operations import Operations
    from tui.controllers.releases import Releases


class Fleets:
    """Carries them out, by operations."""

    def __init__(self, desk: Desk, operations: Operations, releases: Releases) -> None:
        self._desk = desk
        self._operations = operations
        self._releases = releases

    def handlers(self) -> Mapping[Command, Handler]:
        in_task = self._desk.in_task
        return {
            FLEET_DEPLOY: in_task(self._deploy),
            FLEET_ROLLBACK: in_task(self._rollback),
            OPERATION_PAUSE: in_task(self._pause),
        }

    async def _deploy(self, situation: Situation) -> None:
        app = situation.apps[0]
        engines = ", ".join(app.engines)
        version = await self._releases.version(app, f"Deploy which version of {app.name} to {engines}?")
        if version:
            await self._everywhere(FLEET_DEPLOY, situation, "deploy", version)

    async def _rollback(self, situation: Situation) -> None:
        await self._everywhere(FLEET_ROLLBACK, situation, "rollback", "")

    async def _everywhere(self, command: Command, situation: Situation, verb: str, version: str) -> None:
        app, settings = situation.apps[0], self._desk.session.settings
        try:
            engines = await asyncio.to_thread(every_engine, app, settings)
        except EngineError as error:
            self._desk.stage.say(safe(str(error)), severity="error", timeout=8)
            return
        request = self._operations.request(verb, app.name, version=version, fleet=engines)
        what = f"Deploy {app.name} {version}" if version else f"Roll {app.name} back"
        await self._operations.run(command, situation, f"{what} on {len(engines)} engines", request)

    async def _pause(self, situation: Situation) -> None:
        operation = situation.running[0]
        was_paused = operation.paused
        if await asyncio.to_thread(pause, operation):
            said = (
                "it goes on" if was_paused else "paused: what has begun goes on, and no other engine begins"
            )
            self._desk.stage.say(said, timeout=6)
        else:
            self._desk.stage.say("it has ended meanwhile", timeout=4)
