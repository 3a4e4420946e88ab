"""The log that is open: that of the container on which the cursor has come to rest."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.containers import CONTAINER_LOG
from tui.commands.releases import APP_LOG
from tui.store.output import Output
from tui.store.store import Topic
from tui.sync.logs import LogFollower

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.store.store import Change

REST = 0.15
"""Seconds that the cursor must rest on a container before its log is opened."""


class Logs:
    """Opens logs, and follows the one that is open. `watch` begins, `close` ends it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pane = desk.screen.log_pane
        self._follower: LogFollower | None = None
        self._rest: asyncio.TimerHandle | None = None

    def handlers(self) -> Mapping[Command, Handler]:
        screen = self._desk.screen
        return {
            CONTAINER_LOG: lambda _: screen.show_log(screen.containers.cursor),
            APP_LOG: self._show_live,
        }

    def _show_live(self, situation: Situation) -> None:
        releases = situation.releases
        if releases is not None and (slot := releases.live_slot) is not None:
            self._desk.screen.show_log(slot.id)

    def watch(self) -> None:
        """Follow another container that comes to bear the name whose log is open."""
        self._desk.store.subscribe(Topic.CONTAINERS, self._recreated)

    def rest(self, container_id: str | None) -> None:
        """The cursor has come to rest on a container, or on none."""
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(REST, self._show, container_id)

    def _show(self, container_id: str | None) -> None:
        self._rest = None
        if container_id is not None and container_id != self._pane.container_id:
            self._desk.screen.run_worker(self._follow(container_id), group="log", exclusive=True)

    def _recreated(self, change: Change) -> None:
        pane, containers = self._pane, self._desk.store.containers
        shown = containers.get(pane.container_id or "")
        if pane.container_id is None or (shown is not None and shown.name == pane.subject):
            return
        found = (one for key in change.put if (one := containers.get(key)) and one.name == pane.subject)
        if (heir := next(found, None)) is not None and heir.running:
            self._show(heir.id)

    async def _follow(self, container_id: str) -> None:
        desk = self._desk
        container = desk.store.containers.get(container_id)
        if container is None:
            return
        follower, self._follower = self._follower, None
        if follower is not None:
            await follower.close()
        if self._follower is None:
            settings = desk.session.settings.log
            output = Output(max_lines=settings.lines)
            self._pane.open(container_id, container.name, output)
            self._follower = LogFollower(
                desk.store, desk.session.connected, container_id, output, settings.tail, self._pane.say
            )

    async def close(self) -> None:
        """Follow nothing any more."""
        if self._rest is not None:
            self._rest.cancel()
        if self._follower is not None:
            await self._follower.close()
