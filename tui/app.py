"""The Textual App: holds the parts together, owns the tasks, and carries chosen commands to operations."""

from __future__ import annotations

import asyncio
import gc
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segments
from rich.traceback import Traceback
from textual import events

from tui.commands.apps import made
from tui.commands.command import Danger
from tui.commands.equal import docker_command
from tui.commands.keymap import Keymap
from tui.commands.table import BY_ID, TABLE
from tui.engine.client import Engine
from tui.engine.errors import EngineError
from tui.errors import HoldfastError
from tui.journal.folder import operations_folder
from tui.operations.homes import elsewhere
from tui.operations.observe import Observer
from tui.operations.remote import Remote
from tui.operations.request import Request
from tui.operations.shell import shell
from tui.panes.log import LogPane
from tui.presentation.help import help_lines
from tui.presentation.text import safe
from tui.screens.changes import Changes
from tui.screens.confirm import Question
from tui.screens.connection import ConnectionScreen
from tui.screens.consent import Consent
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.looking import Looking
from tui.screens.main import MainScreen
from tui.screens.menus import open_menu
from tui.screens.operations import Operations
from tui.screens.place import place_of, return_to
from tui.screens.reading import ReadingScreen
from tui.screens.releases import Releases
from tui.settings.load import load
from tui.settings.save import save_choice
from tui.store.output import Output
from tui.store.store import Change, LinkState, Store, Topic
from tui.sync.follow_journals import JournalFollower
from tui.sync.logs import LogFollower
from tui.sync.releases import ReleasesFollower
from tui.sync.remote_tags import RemoteTagsFollower
from tui.sync.starting import Starting
from tui.sync.stats import StatsStreams
from tui.sync.watcher import Watcher
from tui.theming import CSS, RichStyles, ThemeShelf
from tui.widgets.terminal_app import TerminalApp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from rich.style import Style
    from textual.driver import Driver

    from tui.commands.command import Command, Situation
    from tui.engine.endpoint import Endpoint
    from tui.model.app import AppSpec
    from tui.screens.place import Place
    from tui.settings.schema import Settings


class Options(NamedTuple):
    """How the dashboard was started; `host`, `docker_context` and `config` as on the command line."""

    endpoint: Endpoint
    demo: bool = False
    read_only: bool = False
    host: str = ""
    docker_context: str = ""
    config: str = ""


SUSPEND = BY_ID["app.suspend"]

OPENS = frozenset(
    {
        "app.theme", "container.inspect", "image.inspect", "tag.inspect", "image.history", "tag.history",
        "container.rename", "app.adopt", "app.tag", "app.push", "app.history", "operation.cancel",
        "app.deploy", "app.rollback", "app.ship", "app.plan", "app.recover", "app.prune", "app.unlock",
    }
) | {command.id for command in TABLE if command.danger is Danger.CONFIRM}  # fmt: skip
"""Commands that open a screen, though not at once: keys wait for it."""

BY_HAND = (0, 130)
"""What a shell ends with that was left: 130 where its last command was stopped by Ctrl+C."""

RELOAD = 5.0
"""Seconds that keys wait at most for the configuration to be read."""

REST = 0.15
"""Seconds that the cursor must rest on a container before its log is opened."""


class Holdfast(TerminalApp, inherit_bindings=False):
    """The dashboard. Its result is what the user asked for in its place, else None: "demo"; or "reload", to
    be opened again with what the configuration says by then."""

    TITLE = "Holdfast"
    ENABLE_COMMAND_PALETTE = False
    CSS = f"Toast {{ max-width: 70; }}{CSS}"

    def __init__(
        self,
        settings: Settings,
        options: Options,
        shelf: ThemeShelf,
        store: Store,
        driver_class: type[Driver] | None = None,
        connect: Callable[[], Awaitable[Engine]] | None = None,
        clock: Callable[[], float] = time.time,
        journals: Path | None = None,
    ) -> None:
        """`journals`: the folder of the operations' journals, None for the user's own."""
        super().__init__(driver_class=driver_class)
        self.settings = settings
        self.options = options
        self.store = store
        self.shelf = shelf
        self._styles = RichStyles(shelf.current)
        self.keymap = Keymap(settings.keys)
        self.log_pane = LogPane(settings.log, self.keymap)
        self.main = MainScreen(
            store,
            self.keymap,
            settings.containers,
            settings.apps,
            demo=options.demo,
            read_only=options.read_only,
            log=self.log_pane,
            choose=self._carry_out,
            clock=clock,
        )
        self.watcher = Watcher(
            store, connect or (lambda: Engine.connect(options.endpoint)), options.endpoint.url, clock
        )
        self.stats = StatsStreams(store, lambda: self.watcher.engine, self.watcher.heard)
        self.follower = JournalFollower(store, journals if journals is not None else operations_folder())
        self.remote_tags = RemoteTagsFollower(store, settings.apps.values(), self._repository, clock)
        self.observer = Observer(lambda: self.watcher.engine)
        self.looking = Looking(self, lambda: self.watcher.engine)
        self.consent = Consent(self, settings.engines, options.endpoint.url)
        self.operations = Operations(
            self,
            self.main,
            store,
            self.follower,
            Starting(store),
            Request(
                "",
                "",
                "",
                host=options.host,
                docker_context=options.docker_context,
                config=options.config,
                engine=options.endpoint.url,
            ),
            lambda: self.watcher.engine,
            self.consent,
            clock,
        )
        self.releases = Releases(
            self,
            self.main,
            store,
            self.operations,
            self.observer,
            settings.policy,
            lambda: self.watcher.engine,
            self.remote_tags.nudge,
            clock,
        )
        self._follower: LogFollower | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._app_rest: asyncio.TimerHandle | None = None
        self._place: Place | None = None
        self._asking_connection = False
        self._was_lost = False

    # Looks

    def paint(self, style: str) -> Style:
        """The style of a style text in the current theme."""
        return self._styles(style)

    def use_theme(self, name: str) -> None:
        """Change the theme on the screen."""
        self.shelf.choose(name)
        self._styles = RichStyles(self.shelf.current)
        self.shelf.apply(self)
        for screen in self.screen_stack:
            screen.refresh()
            for widget in screen.walk_children():
                widget.refresh()

    def act_at_once(self, event: events.InputEvent) -> bool:
        if not isinstance(event, events.Key):
            return False
        if self.keymap.is_everywhere(event.key, SUSPEND):
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
        self.store.subscribe(Topic.CONTAINERS, self._recreated)
        self.store.subscribe(Topic.OPERATIONS, self.operations.changed)
        self.store.subscribe(Topic.RELEASES, self.releases.changed)
        self.run_worker(self.watcher.run(), name="watcher")
        if not self.options.demo:  # nothing in the demo is real: no registry is asked
            self.run_worker(self.remote_tags.run(), name="remote tags")
        self.run_worker(self.follower.run(), name="journals")
        self.run_worker(self._follow_releases(), name="releases")
        for problem in (*self.settings.notes, *self.shelf.problems, *self.keymap.problems):
            self.notify(problem, severity="warning", markup=False, timeout=10)

    async def _follow_releases(self) -> None:
        """Those of the apps that live on this engine."""
        options = self.options
        away = await asyncio.to_thread(
            elsewhere, self.settings, options.endpoint.url, options.host, options.docker_context
        )
        self.main.apps.say_elsewhere(away)
        here = self.settings.apps.keys() - away.keys()
        await ReleasesFollower(self.store, here, self.observer.releases).run()

    async def on_unmount(self) -> None:
        for timer in (self._rest, self._app_rest):
            if timer is not None:
                timer.cancel()
        if self._follower is not None:
            await self._follower.close()
        await self.stats.close()

    def _link_changed(self, _: Change) -> None:
        link = self.store.link
        if link.state is LinkState.LOST and link.version is None and not self._asking_connection:
            self._asking_connection = True
            screen = ConnectionScreen(self.store, self.options.endpoint.source, self.watcher.retry_now)
            self.push_screen(screen, self._connection_left)
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

    # What the main screen asks for

    def on_main_screen_watched(self, message: MainScreen.Watched) -> None:
        self.stats.watch(message.ids)

    def on_main_screen_rested(self, message: MainScreen.Rested) -> None:
        if self._rest is not None:
            self._rest.cancel()
        self._rest = asyncio.get_running_loop().call_later(REST, self._show_log, message.container_id)

    def on_main_screen_app_chosen(self, message: MainScreen.AppChosen) -> None:
        if self._app_rest is not None:
            self._app_rest.cancel()
        look = partial(self.operations.look, message.name, opened=message.opened)
        self._app_rest = asyncio.get_running_loop().call_later(0 if message.opened else REST, look)

    def _show_log(self, container_id: str | None) -> None:
        self._rest = None
        if container_id is not None and container_id != self.log_pane.container_id:
            self.run_worker(self._follow(container_id), group="log", exclusive=True)

    def _recreated(self, change: Change) -> None:
        """Follow another container that bears now the name whose log is open."""
        pane, containers = self.log_pane, self.store.containers
        shown = containers.get(pane.container_id or "")
        if pane.container_id is None or (shown is not None and shown.name == pane.subject):
            return
        found = (one for key in change.put if (one := containers.get(key)) and one.name == pane.subject)
        if (heir := next(found, None)) is not None and heir.running:
            self._show_log(heir.id)

    async def _follow(self, container_id: str) -> None:
        container = self.store.containers.get(container_id)
        if container is None:
            return
        follower, self._follower = self._follower, None
        if follower is not None:
            await follower.close()
        if self._follower is None:
            output = Output(max_lines=self.settings.log.lines)
            self.log_pane.open(container_id, container.name, output)
            self._follower = LogFollower(
                self.store,
                lambda: self.watcher.engine,
                container_id,
                output,
                self.settings.log.tail,
                self.log_pane.say,
            )

    def _carry_out(self, command: Command, situation: Situation) -> None:
        if command.id in OPENS:
            self.hold_input()
        match command.id:
            case "app.help":
                lines = help_lines(self.keymap, situation.pane)
                self.push_screen(ReadingScreen("Help", [("keys", lines)]))
            case "app.palette":
                self._open_palette()
            case "app.quit":
                self.exit()
            case "app.suspend":
                self.suspend_job()
            case "tag.refresh":
                self.remote_tags.nudge()
            case "app.reload":
                self.hold_input(RELOAD)
                self.run_worker(self._reload())
            case "app.retry":
                self.watcher.retry_now()
            case "app.theme":
                self.run_worker(self._choose_theme())
            case "container.menu" | "image.menu" | "tag.menu" | "app.menu":
                open_menu(self, situation, self.keymap, self._carry_out)
            case "container.inspect" | "image.inspect" | "tag.inspect":
                self.run_worker(self.looking.inspect(situation, page=0), group="inspect", exclusive=True)
            case "image.history" | "tag.history":
                self.run_worker(self.looking.inspect(situation, page=1), group="inspect", exclusive=True)
            case "list.copy":
                self.looking.copy(situation)
            case "operation.copy":
                self.looking.put_on_clipboard([made(situation.shown)])
            case "container.shell":
                self.run_worker(self._shell(situation))
            case "app.build" | "app.test" | "app.tag" | "app.push" | "app.history" | "operation.cancel":
                self.operations.carry_out(command, situation)
            case id if id.startswith(("app.", "release.")):
                self.releases.carry_out(command, situation)
            case _:
                self.run_worker(self._change(command, situation))

    def _repository(self, app: AppSpec) -> Remote | None:
        """An app's repository in its registry, to be opened; None while no engine answers."""
        engine = self.watcher.engine
        return Remote(engine, app) if engine is not None else None

    def _open_palette(self) -> None:
        from tui.screens.palette import Commands, Palette

        self.push_screen(Palette(providers=[Commands], placeholder="Type a command"))

    async def _change(self, command: Command, situation: Situation) -> None:
        changes = Changes(
            self, self.main, self.consent, lambda: self.watcher.engine, self.options.endpoint.url
        )
        await changes.perform(command, situation)

    async def _reload(self) -> None:
        """Be opened anew with what the configuration says now; where it is in error, say so and stay."""
        try:
            await asyncio.to_thread(load, self.options.config or None)
        except HoldfastError as error:
            self.notify(safe(str(error)), title="Not read", severity="error", markup=False, timeout=15)
            self._release_input()
        else:
            self.hand_on()
            self.exit("reload")

    def resume(self, former: Holdfast) -> None:
        """Go on where another one was left: with its terminal, its place and what it knew."""
        self.follow(former)
        self._place = place_of(former.main)
        known = former.store
        self.store.put_containers(known.containers.values())
        self.store.set_images(known.images.values())
        for remote in known.remote.values():
            self.store.put_remote(remote)
        for name, releases in known.releases.items():
            self.store.put_releases(name, releases)

    async def on_ready(self) -> None:
        if self._place is not None:
            return_to(self.main, self._place)
        await super().on_ready()

    async def _choose_theme(self) -> None:
        before = self.shelf.current.name
        choices = [Choice(name, "", f"{name:<20}{about}") for name, about in self.shelf.listed()]
        chosen = await self.push_screen_wait(MenuDialog("Theme", choices, first=before, moved=self.use_theme))
        self.use_theme(chosen or before)
        if chosen:
            try:
                await asyncio.to_thread(save_choice, "theme", chosen)
            except OSError as error:
                self.notify(f"the choice could not be saved: {error}", severity="error", markup=False)

    async def _shell(self, situation: Situation) -> None:
        container = situation.containers[0]
        question = Question(
            f"Open a shell in {container.name}?",
            (),
            (f"on {self.options.endpoint.url}",),
            docker_command("container.shell", [container.name, "sh"]),
            "Open",
        )
        if not await self.consent.given(question, container.name, asked=False):
            return
        if self.cannot_lend:
            said = f"no shell: {self.cannot_lend}"
            self.notify(said, severity="warning", markup=False, timeout=6)
            return
        engine = self.watcher.engine
        if engine is None:
            return
        failed: EngineError | None = None
        code = 0
        with self.lent_terminal():  # an exception that leaves it would leave the dashboard suspended
            print(f"Shell in {safe(container.name)}; exit or Ctrl+D comes back.", flush=True)
            try:
                code = await shell(engine, container.id, 0, 1)
            except EngineError as error:
                failed = error
        if failed is not None:
            self.notify(str(failed), severity="error", markup=False, timeout=8)
        else:
            how = "has ended" if code in BY_HAND else f"ended with {code}"
            self.notify(f"the shell in {container.name} {how}", markup=False, timeout=4)
