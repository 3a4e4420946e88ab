"""The log that is open: that of the container on which the cursor has come to rest, or of several in one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tui.commands.containers import CONTAINER_LOG
from tui.commands.equal import logs_commands
from tui.commands.log import LOG_FILTER, LOG_RANGE
from tui.commands.releases import APP_LOG
from tui.model.line_match import TAKES, line_match
from tui.model.time_range import TAKES as TIMES
from tui.model.time_range import TimeRange, time_range
from tui.presentation.layout import LOG
from tui.store.output import Output
from tui.store.store import Topic
from tui.sync.logs import LogFollower, LogWanted
from tui.sync.merged_logs import MOST, MergedFollower

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.worker import Worker

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.model.container import Container
    from tui.store.store import Change

REST = 0.15
"""Seconds that the cursor must rest on a container before its log is opened."""


class _Log(NamedTuple):
    """What is to be opened: the containers, what they are called together, and the time that is wanted."""

    ids: tuple[str, ...]
    title: str = ""
    between: TimeRange | None = None


class Logs:
    """Opens logs, and follows the one that is open. `watch` begins, `close` ends it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pane = desk.screen.log_pane
        self._open = _Log(())
        self._between = TimeRange()
        self._follower: LogFollower | MergedFollower | None = None
        self._rest: asyncio.TimerHandle | None = None

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            CONTAINER_LOG: self._show_containers,
            APP_LOG: self._show_live,
            LOG_FILTER: self._ask_filter,
            LOG_RANGE: self._ask_range,
        }

    def _show_containers(self, situation: Situation) -> None:
        containers = situation.containers
        if situation.project or len(containers) > 1:
            project = f"{situation.project}, {len(containers)} containers" if situation.project else ""
            self.merged(containers, project)
        else:
            self._desk.screen.show_log(containers[0].id)

    def _show_live(self, situation: Situation) -> None:
        releases = situation.releases
        if releases is not None and (slot := releases.live_slot) is not None:
            self._desk.screen.show_log(slot.id)

    def merged(self, containers: Sequence[Container], title: str = "") -> None:
        """Go to the logs of several containers in one, MOST at most; `title` is what they are together."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        self._desk.screen.put_beside(self._pane)
        self._show(_Log(tuple(one.id for one in containers), title))
        self._desk.screen.go(LOG)

    def watch(self) -> None:
        """Follow another container that comes to bear the name whose log is open."""
        self._desk.store.subscribe(Topic.CONTAINERS, self._recreated)

    def rest(self, container_id: str | None) -> None:
        """The cursor has come to rest on a container, or on none."""
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(REST, self._rested, container_id)

    def _rested(self, container_id: str | None) -> None:
        self._rest = None
        if container_id is not None and container_id != self._pane.container_id:
            self._show(_Log((container_id,)))

    def _show(self, log: _Log) -> Worker[None]:
        """Open it in a task; not a coroutine: one whose worker ends before it begins is never awaited."""
        return self._desk.screen.run_worker(partial(self._follow, log), group="log", exclusive=True)

    def _recreated(self, change: Change) -> None:
        pane, containers = self._pane, self._desk.store.containers
        shown = containers.get(pane.container_id or "")
        if pane.container_id is None or (shown is not None and shown.name == pane.subject):
            return
        found = (one for key in change.put if (one := containers.get(key)) and one.name == pane.subject)
        if (heir := next(found, None)) is not None and heir.running:
            self._show(_Log((heir.id,), between=self._between))

    async def _follow(self, log: _Log) -> None:
        desk = self._desk
        known = [one for id in log.ids if (one := desk.store.containers.get(id)) is not None]
        if not known:
            return
        follower, self._follower = self._follower, None
        if follower is not None:
            await follower.close()
        settings = desk.session.settings.log
        self._open = log
        self._between = log.between or time_range(settings.since, desk.session.clock())
        wanted = LogWanted.of(settings.tail, self._between)
        if len(known) == 1:
            self._follow_one(known[0], wanted)
        else:
            self._follow_several(known, log.title, wanted)

    def _follow_one(self, container: Container, wanted: LogWanted) -> None:
        desk, pane = self._desk, self._pane
        output = Output(max_lines=desk.session.settings.log.lines)
        pane.open((container.id,), container.name, output, self._between)
        self._follower = LogFollower(
            desk.store,
            desk.session.connected,
            container.id,
            wanted,
            take=output.extend,
            say=pane.say,
            fail=pane.say,
        )

    def _follow_several(self, containers: Sequence[Container], title: str, wanted: LogWanted) -> None:
        desk, pane = self._desk, self._pane
        some = containers[:MOST]
        names = [one.name for one in some]
        output = Output(max_lines=desk.session.settings.log.lines, names=names)
        pane.open(
            [one.id for one in some],
            title or f"{len(some)} logs: {', '.join(names)}",
            output,
            self._between,
        )
        if len(some) < len(containers):
            said = f"the first {MOST} of {len(containers)} logs are followed: no more at once"
            desk.stage.say(said, severity="warning", timeout=6)

        def renewed(ids: tuple[str, ...]) -> None:
            pane.container_ids = ids

        self._follower = MergedFollower(
            desk.store, desk.session.connected, some, output, wanted, fail=pane.say, renewed=renewed
        )

    # Asking

    def _ask_filter(self, _: Situation) -> None:
        def changed(text: str, final: bool) -> None:
            try:
                self._pane.set_filter(line_match(text))
            except ValueError as error:
                if final:  # else it is not written to its end yet
                    self._desk.stage.say(str(error), severity="warning", timeout=6)

        self._desk.screen.ask_line(f"Show {TAKES}", self._pane.filter_text, changed)

    def _ask_range(self, _: Situation) -> None:
        log, before, screen = self._open, self._between.text, self._desk.screen
        label = f"Since, or since..until: {TIMES}"

        def changed(text: str, final: bool) -> None:
            if not final or text == before or log is not self._open:
                return
            try:
                between = time_range(text, self._desk.session.clock())
            except ValueError as error:
                self._desk.stage.say(str(error), severity="warning", timeout=8)
                screen.ask_again(label, text, changed, before)
                return
            self._show(log._replace(ids=self._pane.container_ids, between=between))

        screen.ask_line(label, before, changed)

    def commands(self) -> list[str]:
        """The docker commands that show the same."""
        between = self._between
        options = [] if between.until is not None else ["--follow"]
        if self._desk.session.settings.log.timestamps:
            options.append("--timestamps")
        if between.since is not None:
            options += ["--since", f"{between.since:.0f}"]
        else:
            options += ["--tail", str(self._desk.session.settings.log.tail)]
        if between.until is not None:
            options += ["--until", f"{between.until:.0f}"]
        store = self._desk.store
        names = [one.name for id in self._pane.container_ids if (one := store.containers.get(id)) is not None]
        return logs_commands(names, options, self._desk.session.ref)

    async def close(self) -> None:
        """Follow nothing any more."""
        if self._rest is not None:
            self._rest.cancel()
        if self._follower is not None:
            await self._follower.close()
