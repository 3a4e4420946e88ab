"""What belongs to one engine on the screen: its session, its panes, and what carries out commands on it."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING

from tui.commands.view import VIEW_ENGINES
from tui.controllers.bundles import Bundles
from tui.controllers.changes import Changes
from tui.controllers.charts import Charts
from tui.controllers.consent import Consent
from tui.controllers.copying import Copying
from tui.controllers.desk import Desk
from tui.controllers.dispatch import Dispatch
from tui.controllers.findings import Findings
from tui.controllers.fleets import Fleets
from tui.controllers.logs import Logs
from tui.controllers.looking import Looking
from tui.controllers.menus import Menus
from tui.controllers.moving import Lists, Outputs, PaneMoves
from tui.controllers.operations import Operations
from tui.controllers.releases import Releases
from tui.controllers.resources import Resources
from tui.controllers.saving import Saving
from tui.controllers.shell import Shell
from tui.controllers.signing import Signing
from tui.controllers.stage import Stage
from tui.operations.by_hand.program import run_program
from tui.panes.log import LogPane
from tui.presentation.text import safe
from tui.screens.connection import ConnectionScreen
from tui.screens.main import MainScreen
from tui.store.store import Change, LinkState, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.worker import Worker

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.controllers.desk import Controller
    from tui.controllers.preparing import Launch
    from tui.settings.schema import Settings
    from tui.sync.session import EngineSession
    from tui.widgets.terminal_app import TerminalApp

FIRST = "first"
"""The mode of the engine that the dashboard was opened with."""

REST = 0.15
"""Seconds that the cursor must rest on an app before what was done with it is shown."""


class Workspace:
    """One engine, as it was left: cursor, filter, order, log and what is open stay while another is shown.

    mode     the stack of its screens in the App
    launch   starts the processes of operations
    more     the controllers that are the App's own
    back     shows the engine that was shown before
    """

    def __init__(
        self,
        app: TerminalApp,
        session: EngineSession,
        keymap: Keymap,
        *,
        mode: str,
        read_only: bool,
        launch: Launch,
        more: Callable[[Desk], Iterable[Controller]],
        back: Callable[[], None],
    ) -> None:
        self._app = app
        self.session = session
        self.store = session.store
        self.mode = mode
        self._stage = Stage(
            app,
            mode,
            called=safe(session.ref.name or session.ref.url),
            engine_line=lambda cells: self.main.bars.draw_header(cells),
        )
        self.main = MainScreen(
            session.store,
            keymap,
            session.settings,
            called=session.ref.called,
            demo=session.ref.demo,
            read_only=read_only,
            log=LogPane(session.settings.log, keymap),
            choose=self.choose,
            clock=session.clock,
        )
        desk = Desk(
            stage=self._stage,
            screen=self.main,
            session=session,
            keymap=keymap,
            consent=Consent(self._stage, session),
        )
        self.logs = Logs(desk)
        self.operations = Operations(desk, launch)
        self.releases = Releases(desk, self.operations)
        changes, menus = Changes(desk), Menus(desk, self.choose)
        self.show_first_steps = menus.show_first_steps
        self.controllers: Sequence[Controller] = (
            Lists(desk), Outputs(desk), PaneMoves(desk), menus, Looking(desk), Copying(desk, self.logs),
            Saving(desk), Findings(desk), self.logs, changes, Resources(desk, changes, self.choose),
            Shell(desk), self.operations, self.releases, Charts(desk, self.releases.show),
            Signing(desk, self.operations), Fleets(desk, self.operations, self.releases), Bundles(desk),
            *more(desk),
        )  # fmt: skip
        self._dispatch = Dispatch(self._stage, keymap, self.controllers)
        self._running: Worker[None] | None = None
        self._turn = asyncio.Lock()
        self._leaving = False
        self._back = back
        self._app_rest: asyncio.TimerHandle | None = None
        self._asking_connection = False
        self._was_lost = False
        self._is_first = mode == FIRST

    def choose(self, command: Command, situation: Situation) -> None:
        """Do a command, or say why not."""
        self._dispatch.choose(command, situation)

    def take(self, settings: Settings) -> None:
        """Go on with what the configuration says now: where one is, and what is open, stays."""
        before = self.session.settings
        self.session.take(settings)
        self.main.take(settings, before)

    # Life

    def open(self) -> None:
        """Begin: once, before it is first shown."""
        self.store.subscribe(Topic.LINK, self._link_changed)
        self.store.subscribe(Topic.OPERATIONS, self.operations.changed)
        self.store.subscribe(Topic.RELEASES, self.releases.changed)
        self.logs.watch()
        self.resume()

    @property
    def is_live(self) -> bool:
        """Whether it keeps up with its engine now."""
        return self._running is not None

    @property
    def is_busy(self) -> bool:
        """Whether something is asked here, or goes on here that its end is to be told of."""
        asking = any(not isinstance(screen, ConnectionScreen) for screen in self._stack[1:])
        return asking or any(operation.running for operation in self.store.operations.values())

    @property
    def _stack(self) -> Sequence[object]:
        return self._app.get_screen_stack(self.mode)

    def resume(self) -> None:
        """Keep up with the engine; what has become old meanwhile is read anew."""
        if self._running is None:
            self._running = self._app.run_worker(self._keep_up(), name=f"session {self._stage.called}")

    async def _keep_up(self) -> None:
        async with self._turn:  # the last one may still be closing its connection
            try:
                await self.session.run()
            finally:
                if self._leaving:
                    self._leaving = False
                    self.session.leave()

    def pause(self) -> None:
        """Keep up with nothing: everything stays as it is, and says of when it is."""
        running, self._running = self._running, None
        if running is not None:
            self._leaving = True
            running.cancel()

    async def close(self) -> None:
        """End what belongs to it."""
        if self._running is not None:
            self._running.cancel()
        if self._app_rest is not None:
            self._app_rest.cancel()
        await self.logs.close()
        await self.session.close()

    def hide(self) -> None:
        """Another engine is looked at."""
        self.session.stats.watch(())

    def show(self) -> None:
        """It is looked at again."""
        self.resume()
        self.main.rewatch()

    def _link_changed(self, _: Change) -> None:
        link = self.store.link
        # One that was there comes back by itself, unless it wants something of a person.
        asks = link.state is LinkState.LOST and (link.version is None or bool(link.login))
        if asks and not self._asking_connection:
            self._asking_connection = True
            screen = ConnectionScreen(
                self.store,
                self.session.ref.endpoint.source,
                self.session.watcher.retry_now,
                lambda: self.choose(VIEW_ENGINES, self.main.situation()),
                None if self._is_first else self._back,
                self._log_in,
            )
            self._stage.push(screen, self._connection_left)
        if link.state is LinkState.LOST:
            self._was_lost = link.version is not None
        elif link.state is LinkState.LIVE:
            if self._was_lost:
                self._was_lost = False
                said = "connected again: everything was read anew, events may have been missed"
                self._stage.say(said, timeout=6)
            if self._stage.is_shown:
                self.main.rewatch()
            # What was read stays: the collector need not walk through 10,000 containers ever again.
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    def _log_in(self, command: Sequence[str]) -> None:
        """Have a person asked by a command for what the way to the engine wants."""
        self._app.run_worker(self._asked(command), name=f"log in {self._stage.called}")

    async def _asked(self, command: Sequence[str]) -> None:
        if self._app.cannot_lend:
            self._stage.say(f"not run here: {self._app.cannot_lend}", severity="warning", timeout=6)
            return
        with self._app.lent_terminal():
            status = await run_program(command, "exit or Ctrl+D comes back")
        if status:
            said = f"it ended with {status}; it can be run elsewhere, too"
            self._stage.say(said, severity="warning", timeout=6)
        self.session.watcher.retry_now()

    def _connection_left(self, answer: str | None) -> None:
        if answer == "demo":
            self._app.exit("demo")  # and nothing is asked any more, although the engine still does not answer
        else:
            self._asking_connection = False

    # What its main screen says

    def watched(self, ids: tuple[str, ...]) -> None:
        """These containers are on the screen now."""
        if self._stage.is_shown:
            self.session.stats.watch(ids)

    def app_chosen(self, name: str, *, opened: bool) -> None:
        """The user has put the cursor on an app."""
        if self._app_rest is not None:
            self._app_rest.cancel()
        look = partial(self.operations.look, name, opened=opened)
        self._app_rest = asyncio.get_running_loop().call_later(0 if opened else REST, look)
