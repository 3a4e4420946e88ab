"""The Textual App: holds the engine's session, the screen and the controllers together."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segments
from rich.traceback import Traceback
from textual import events

from tui.commands.keymap import Keymap
from tui.commands.view import VIEW_QUIT, VIEW_SUSPEND
from tui.controllers.changes import Changes
from tui.controllers.configuration import Configuration
from tui.controllers.consent import Consent
from tui.controllers.desk import Desk
from tui.controllers.dispatch import Dispatch
from tui.controllers.findings import Findings
from tui.controllers.logs import Logs
from tui.controllers.looking import Looking
from tui.controllers.menus import Menus
from tui.controllers.moving import Lists, Outputs, PaneMoves
from tui.controllers.operations import Operations
from tui.controllers.releases import Releases
from tui.controllers.shell import Shell
from tui.controllers.signing import Signing
from tui.operations.process.launch import Launched
from tui.panes.log import LogPane
from tui.screens.connection import ConnectionScreen
from tui.screens.main import MainScreen
from tui.settings.load import load
from tui.store.store import Change, LinkState, Topic
from tui.theming import CSS, RichStyles, ThemeShelf
from tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.style import Style
    from textual.driver import Driver
    from textual.message import Message

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Controller, Handler
    from tui.controllers.preparing import Launch
    from tui.settings.schema import Settings
    from tui.sync.session import EngineSession

REST = 0.15
"""Seconds that the cursor must rest on an app before what was done with it is shown."""


class Holdfast(TerminalApp, inherit_bindings=False):
    """The dashboard. Its result is "demo" where the user asked for that in its place, else None."""

    TITLE = "Holdfast"
    ENABLE_COMMAND_PALETTE = False
    CSS = f"Toast {{ max-width: 70; }}{CSS}"

    def __init__(
        self,
        session: EngineSession,
        shelf: ThemeShelf,
        *,
        read_only: bool = False,
        driver_class: type[Driver] | None = None,
        launch: Launch = Launched.start,
        read: Callable[[], Settings] | None = None,
    ) -> None:
        """`launch` starts the processes of operations; `read` reads the configuration again."""
        super().__init__(driver_class=driver_class)
        settings = session.settings
        self.session = session
        self.store = session.store
        self.shelf = shelf
        self._styles = RichStyles(shelf.current)
        self.keymap = Keymap(settings.keys)
        self.main = MainScreen(
            session.store,
            self.keymap,
            settings.containers,
            demo=session.ref.demo,
            read_only=read_only,
            log=LogPane(settings.log, self.keymap),
            choose=self._choose,
            clock=session.clock,
        )
        desk = Desk(
            app=self, screen=self.main, session=session, keymap=self.keymap, consent=Consent(self, session)
        )
        self.logs = Logs(desk)
        self.operations = Operations(desk, launch)
        self.releases = Releases(desk, self.operations)
        read = read or partial(load, session.settings.file or None)
        self.controllers: Sequence[Controller] = (
            self, Lists(desk), Outputs(desk), PaneMoves(desk), Menus(desk, self._choose), Looking(desk),
            Findings(desk), self.logs, Changes(desk), Shell(desk), self.operations, self.releases,
            Signing(desk, self.operations), Configuration(desk, self, shelf, read),
        )  # fmt: skip
        self._dispatch = Dispatch(self, self.keymap, self.controllers)
        self._app_rest: asyncio.TimerHandle | None = None
        self._asking_connection = False
        self._was_lost = False

    def handlers(self) -> Mapping[Command, Handler]:
        """The App's own commands."""
        return {
            VIEW_QUIT: lambda _: self.exit(),
            VIEW_SUSPEND: lambda _: self.suspend_job(),
        }

    def _choose(self, command: Command, situation: Situation) -> None:
        self._dispatch.choose(command, situation)

    # Looks

    def paint(self, style: str) -> Style:
        """The style of a style text in the current theme."""
        return self._styles(style)

    def use_theme(self, name: str) -> None:
        """Change the theme on the screen."""
        self.shelf.choose(name)
        self._apply_theme()

    def _apply_theme(self) -> None:
        self._styles = RichStyles(self.shelf.current)
        self.shelf.apply(self)
        for screen in self.screen_stack:
            screen.refresh()
            for widget in screen.walk_children():
                widget.refresh()

    def take(self, settings: Settings) -> None:
        """Go on with what the configuration says now: where one is, and what is open, stays."""
        before = self.session.settings
        self.keymap.take(settings.keys)
        self.session.take(settings)
        self.main.take(settings, before)
        self.shelf.configure(settings.theme)
        self._apply_theme()
        self._say_problems()

    def quits(self, message: Message) -> bool:
        return isinstance(message, events.Key) and self.keymap.is_everywhere(message.key, VIEW_QUIT)

    def act_at_once(self, event: events.InputEvent) -> bool:
        if not isinstance(event, events.Key):
            return False
        if self.quits(event):
            self.exit()
            return True
        if self.keymap.is_everywhere(event.key, VIEW_SUSPEND):
            self.suspend_job()
            return True
        # Straight to the main screen: by way of the focused pane a key takes three queues, and a millisecond.
        if self.screen is self.main and self.main.takes_keys:
            self.main.press(event)
            self.main.paint_now()
            return True
        return False

    def _fatal_error(self) -> None:
        # As Textual's, but without the values of variables: environments and tokens may be among them.
        self.bell()
        self._exit_renderables.append(Segments(self.console.render(Traceback(show_locals=False, width=100))))
        self._close_messages_no_wait()

    # Life

    def get_default_screen(self) -> MainScreen:
        return self.main

    def on_mount(self) -> None:
        self.hear_the_end()
        self.shelf.apply(self)
        self.store.subscribe(Topic.LINK, self._link_changed)
        self.store.subscribe(Topic.OPERATIONS, self.operations.changed)
        self.store.subscribe(Topic.RELEASES, self.releases.changed)
        self.logs.watch()
        self.run_worker(self.session.run(), name="session")
        self._say_problems()

    def _say_problems(self) -> None:
        for problem in (*self.session.settings.notes, *self.shelf.problems, *self.keymap.problems):
            self.notify(problem, severity="warning", markup=False, timeout=10)

    async def on_unmount(self) -> None:
        if self._app_rest is not None:
            self._app_rest.cancel()
        await self.logs.close()
        await self.session.close()

    def _link_changed(self, _: Change) -> None:
        link = self.store.link
        if link.state is LinkState.LOST and link.version is None and not self._asking_connection:
            self._asking_connection = True
            source, retry = self.session.ref.endpoint.source, self.session.watcher.retry_now
            self.push_screen(ConnectionScreen(self.store, source, retry), self._connection_left)
        if link.state is LinkState.LOST:
            self._was_lost = link.version is not None
        elif link.state is LinkState.LIVE:
            if self._was_lost:
                self._was_lost = False
                self.notify(
                    "connected again: everything was read anew, events may have been missed", timeout=6
                )
            self.main.rewatch()
            # What was read stays: the collector need not walk through 10,000 containers ever again.
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    def _connection_left(self, answer: str | None) -> None:
        if answer == "demo":
            self.exit("demo")  # and nothing is asked any more, although the engine still does not answer
        else:
            self._asking_connection = False

    # What the main screen says

    def on_panes_screen_watched(self, message: MainScreen.Watched) -> None:
        self.session.stats.watch(message.ids)

    def on_main_screen_rested(self, message: MainScreen.Rested) -> None:
        self.logs.rest(message.container_id)

    def on_main_screen_app_chosen(self, message: MainScreen.AppChosen) -> None:
        if self._app_rest is not None:
            self._app_rest.cancel()
        look = partial(self.operations.look, message.name, opened=message.opened)
        self._app_rest = asyncio.get_running_loop().call_later(0 if message.opened else REST, look)
