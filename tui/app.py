"""The Textual App: the terminal, the looks, and the engines that are open, one of which is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.segment import Segments
from rich.traceback import Traceback
from textual import events

from tui.commands.keymap import Keymap
from tui.commands.view import VIEW_QUIT, VIEW_SUSPEND
from tui.controllers.announcing import Announcing
from tui.controllers.app_forms import AppForms
from tui.controllers.columns import Columns
from tui.controllers.configuration import Configuration
from tui.controllers.engines import Engines
from tui.controllers.workspace import FIRST, Workspace
from tui.controllers.workspaces import Workspaces
from tui.operations.process.launch import Launched
from tui.settings.load import load
from tui.sync.engines import EnginesFollower
from tui.theming import CSS, RichStyles, ThemeShelf
from tui.widgets.driver import TerminalDriver
from tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.style import Style
    from textual.driver import Driver
    from textual.message import Message
    from textual.widget import AwaitMount

    from tui.commands.command import Command
    from tui.controllers.desk import Controller, Desk, Handler
    from tui.controllers.logs import Logs
    from tui.controllers.preparing import Launch
    from tui.controllers.tour import Tour
    from tui.screens.main import MainScreen
    from tui.settings.schema import Settings
    from tui.store.store import Store
    from tui.sync.session import EngineSession


class Holdfast(TerminalApp, inherit_bindings=False):
    """The dashboard. Its result is "demo" where the user asked for that in its place, else None."""

    TITLE = "Holdfast"
    DEFAULT_MODE = FIRST
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
        first_steps: bool = False,
        tour: bool = False,
    ) -> None:
        """`launch` starts the processes of operations; `read` reads the configuration again; `first_steps`
        are shown when it is opened, and with `tour` it walks through the demo by itself."""
        super().__init__(driver_class=driver_class)
        settings = session.settings
        self.shelf = shelf
        shelf.limit(ascii=settings.ascii, colour=settings.colour)
        self._styles, self.glyphs = RichStyles(shelf.current), shelf.glyphs
        self.keymap = Keymap(settings.keys)
        self._read_only, self._launch = read_only, launch
        self._first_steps = first_steps
        self._tours = tour
        self._tour: Tour | None = None
        self._told: set[str] = set()
        self._read = read or partial(load, settings.file or None)
        self._engines = EnginesFollower(session.clock)
        self._announcing = Announcing(self, lambda: self.workspaces)
        self.workspaces = Workspaces(self, self._workspace)
        self.workspaces.begin(session)
        self.add_mode(FIRST, lambda: self.workspaces.current.main)

    def _workspace(self, session: EngineSession, mode: str) -> Workspace:
        made = Workspace(
            self,
            session,
            self.keymap,
            mode=mode,
            read_only=self._read_only,
            launch=self._launch,
            more=self._own_controllers,
            back=self.workspaces.back,
        )
        self._announcing.watch(made)
        return made

    def _own_controllers(self, desk: Desk) -> Iterator[Controller]:
        yield self
        configuration = Configuration(desk, self, self.shelf, self._read)
        yield from (configuration, AppForms(desk, configuration), Columns(desk, configuration))
        yield Engines(desk, self.workspaces, self._engines)

    def handlers(self) -> Mapping[Command, Handler]:
        """The App's own commands."""
        return {
            VIEW_QUIT: lambda _: self.exit(),
            VIEW_SUSPEND: lambda _: self.suspend_job(),
        }

    # The engine that is shown

    @property
    def session(self) -> EngineSession:
        return self.workspaces.current.session

    @property
    def store(self) -> Store:
        return self.workspaces.current.store

    @property
    def stores(self) -> list[Store]:
        """What is known of each engine that is open."""
        return [workspace.store for workspace in self.workspaces]

    @property
    def main(self) -> MainScreen:
        return self.workspaces.current.main

    @property
    def logs(self) -> Logs:
        return self.workspaces.current.logs

    @property
    def controllers(self) -> Sequence[Controller]:
        return self.workspaces.current.controllers

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
        self._codes.clear()
        self.shelf.apply(self)
        for workspace in self.workspaces:
            for screen in self.get_screen_stack(workspace.mode):
                screen.refresh()
                for widget in screen.walk_children():
                    widget.refresh()

    def take(self, settings: Settings) -> None:
        """Go on with what the configuration says now: where one is, and what is open, stays."""
        self.keymap.take(settings.keys)
        for workspace in self.workspaces:
            workspace.take(settings)
        self.shelf.configure(settings.theme)
        self.shelf.limit(ascii=settings.ascii, colour=settings.colour)
        self._apply_theme()
        if isinstance(self._driver, TerminalDriver):
            self._driver.use_mouse(settings.mouse)
        self._announcing.show()
        self._say_problems()

    def switch_mode(self, mode: str) -> AwaitMount:
        self._announcing.show()
        return super().switch_mode(mode)

    def keep_former(self) -> None:
        """The configuration is in error: what holds is what it said before, and every engine says so."""
        for workspace in self.workspaces:
            workspace.main.say_unread()

    def quits(self, message: Message) -> bool:
        return isinstance(message, events.Key) and self.keymap.is_everywhere(message.key, VIEW_QUIT)

    def act_at_once(self, event: events.InputEvent) -> bool:
        if not isinstance(event, events.Key):
            return False
        if self.quits(event):
            self.exit()
            return True
        if self._tour is not None and self._tour.goes_on and not self._tour.own(event):
            self._tour.end()
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

    def on_mount(self) -> None:
        self.hear_the_end()
        self.shelf.apply(self)
        self.workspaces.current.open()
        self._announcing.show()
        self._say_problems()
        if self._tours:
            from tui.controllers.tour import Tour

            self._tour = Tour(self, self.store, self.main.go_to_app)
            self._tour.begin()
        elif self._first_steps:
            self.workspaces.current.show_first_steps()

    def _say_problems(self) -> None:
        notes = self.session.settings.new_notes(self._told)
        for problem in (*notes, *self.shelf.problems, *self.keymap.problems):
            self.notify(problem, severity="warning", markup=False, timeout=10)

    async def on_unmount(self) -> None:
        self._announcing.close()
        for workspace in self.workspaces:
            await workspace.close()

    # What the main screens say, those of engines too that are not shown

    def on_panes_screen_watched(self, message: MainScreen.Watched) -> None:
        if (workspace := self.workspaces.of(message.screen)) is not None:
            workspace.watched(message.ids)

    def on_main_screen_rested(self, message: MainScreen.Rested) -> None:
        if (workspace := self.workspaces.of(message.screen)) is not None:
            workspace.logs.rest(message.container_id)

    def on_main_screen_app_chosen(self, message: MainScreen.AppChosen) -> None:
        if (workspace := self.workspaces.of(message.screen)) is not None:
            workspace.app_chosen(message.name, opened=message.opened)
