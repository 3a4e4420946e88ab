"""The panes and bars of the main screen: what stands where, and which pane has the focus."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.message import Message

from tui.commands.command import Scope
from tui.panes.apps import AppsPane
from tui.panes.containers import ContainersPane
from tui.panes.images import ImagesPane
from tui.panes.operation import OperationPane
from tui.panes.tags import TagsPane
from tui.presentation.layout import LOG
from tui.screens.arrangement import Panes
from tui.screens.bars import Bars, BarState
from tui.store.store import LinkState, Store, Topic
from tui.widgets.bars import Divider
from tui.widgets.closing import SizedScreen
from tui.widgets.line_input import LineInput
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.panes.log import LogPane
    from tui.settings.schema import Settings
    from tui.store.operation import Operation
    from tui.widgets.framed import Framed


class PanesScreen(SizedScreen[None], inherit_bindings=False):
    """Shows what the store knows. A subclass says what is selected, and does commands."""

    AUTO_FOCUS = ""

    class Watched(Message):
        """These containers are on the screen now."""

        def __init__(self, screen: PanesScreen, ids: tuple[str, ...]) -> None:
            super().__init__()
            self.screen = screen
            self.ids = ids

    def __init__(
        self,
        store: Store,
        keymap: Keymap,
        settings: Settings,
        *,
        called: str = "",
        demo: bool,
        read_only: bool,
        log: LogPane,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`called` is the engine's name, "" where it has none."""
        super().__init__()
        self.store = store
        self.keymap = keymap
        self.called = called
        self.demo = demo
        self.read_only = read_only
        self.busy = ""
        self.unread = False
        self.clock = clock
        self.apps = AppsPane(store, keymap, clock)
        self.containers = ContainersPane(store, keymap, settings.containers, clock)
        self.images = ImagesPane(store, keymap, clock)
        self.tags = TagsPane(store, keymap, clock)
        self.log_pane = log
        self.operation = OperationPane(store, keymap, clock)
        self.views: dict[str, Framed] = {
            "apps": self.apps,
            "images": self.images,
            "tags": self.tags,
            "containers": self.containers,
            "log": log,
        }
        self.bars = Bars(keymap, self._bar_state, self.situation, self.perform, self.go)
        self.header, self.tabs, self.footer = self.bars.header, self.bars.tabs, self.bars.footer
        self.panes = Panes(
            self.header,
            self.tabs,
            *self.views.values(),
            self.operation,
            Divider(id="divider"),
            self.footer,
            LineInput(id="line"),
            apps=bool(store.apps),
            view=settings.view,
        )
        self._choose_columns(settings)
        self._footer_due = False
        self._log_chosen = False

    def compose(self) -> ComposeResult:
        yield self.panes

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self.panes.rearrange()
        self.set_focus(self.view)
        self.view.has_focus = True  # not a picture later: the first one is what was painted before
        self.store.subscribe(Topic.LINK, lambda _: self.bars.update())
        self.store.subscribe(Topic.COLOUR, lambda _: self.header.update())
        self.store.subscribe(Topic.CONTAINERS, lambda _: self._footer_soon())
        self.store.subscribe(Topic.OPERATIONS, lambda _: self._operations_changed())
        self.store.subscribe(Topic.RELEASES, lambda _: self._footer_soon())
        self.store.subscribe(Topic.APPS, lambda _: self._apps_changed())
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        self.view.focus()

    def _tick(self) -> None:
        if self.store.link.state is LinkState.LOST:
            self.header.update()

    def _operations_changed(self) -> None:
        self.header.update()
        self._footer_soon()

    def _apps_changed(self) -> None:
        if self.panes.apps is not bool(self.store.apps):
            self.panes.apps = bool(self.store.apps)
            self.panes.rearrange()
        self._footer_soon()

    def _footer_soon(self) -> None:
        """Draw the footer again a moment later: rows come first."""
        if not self._footer_due:
            self._footer_due = True
            self.set_timer(0.05, self._footer_now)

    def _footer_now(self) -> None:
        self._footer_due = False
        self.footer.update()

    def _bar_state(self) -> BarState:
        running = tuple(operation for operation in self.store.operations.values() if operation.running)
        return BarState(
            link=self.store.link,
            now=self.clock(),
            running=running,
            busy=self.busy,
            focus_on=self.focus_on,
            demo=self.demo,
            read_only=self.read_only,
            called=self.called,
            colour=self.store.colour,
            is_open=self.store.is_open,
            unread=self.unread,
        )

    def say_busy(self, words: str) -> None:
        """Say in the header what is under way, "" for nothing."""
        self.busy = words
        self.header.update()

    def say_unread(self) -> None:
        """Say in the header that the configuration is in error, until it is taken again."""
        self.unread = True
        self.header.update()

    def take(self, settings: Settings, before: Settings) -> None:
        """Take over what is configured otherwise than `before`; what was changed by hand since stays."""
        self.unread = False
        if settings.containers != before.containers:
            self.containers.configure(settings.containers)
        if settings.columns != before.columns:
            self._choose_columns(settings)
        if settings.view != before.view:
            self.panes.view = settings.view
            self.panes.rearrange()
            self.rewatch()
        if settings.log != before.log:
            self.log_pane.take(settings.log)
        for view in self.views.values():
            if isinstance(view, ListView):
                view.describe()  # keys stand in titles, and in what is said of empty lists
                view.refresh_body()
        self.log_pane.describe()
        self.operation.describe()
        self.bars.update()

    def _choose_columns(self, settings: Settings) -> None:
        for name, view in self.views.items():
            if isinstance(view, ListView):
                view.set_columns(view.COLUMNS, settings.columns._asdict().get(name, ()))

    # What a subclass says

    def situation(self) -> Situation:
        """What commands decide on."""
        raise NotImplementedError

    def perform(self, command: Command) -> None:
        """Do a command, or say why not."""
        raise NotImplementedError

    # Which pane has the focus

    @property
    def focus_on(self) -> str:
        return self.panes.focus_on

    @property
    def view(self) -> Framed:
        """The focused pane."""
        return self.views[self.focus_on]

    @property
    def scope(self) -> Scope:
        """That of the focused pane: the place of the log may hold an operation."""
        return Scope.OPERATION if self.view is self.operation else Scope(self.focus_on)

    def go(self, pane: str) -> None:
        """Give a pane the focus; it is shown if it was not."""
        if pane != LOG:
            self.panes.upper = pane
        self.panes.focus_on = pane
        self.panes.rearrange()
        self.views[pane].focus()
        self.tabs.update()
        self.footer.update()
        self.rewatch()

    def rewatch(self) -> None:
        """Say which containers are on the screen."""
        self.post_message(self.Watched(self, tuple(self.containers.watched())))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        # The message comes late: once the focus has gone on, following it would go to and fro for ever.
        if event.widget is not self.focused:
            return
        for name, view in self.views.items():
            if view is event.widget and name != self.focus_on:
                self.go(name)

    def on_resize(self) -> None:
        self.panes.rearrange()
        self.rewatch()

    # The place of the log: a container's log, or an operation

    @property
    def shown_operation(self) -> Operation | None:
        """The operation in the place of the log, None while a log is there."""
        return self.operation.operation if self.views[LOG] is self.operation else None

    @property
    def reads_log(self) -> bool:
        """Whether somebody has gone to a log by hand: nothing else takes its place by itself."""
        return self.views[LOG] is self.log_pane and (self._log_chosen or self.focus_on == LOG)

    def sees(self, operation: Operation) -> bool:
        """Whether an operation can be seen now."""
        shown = self.shown_operation
        return shown is not None and shown.id == operation.id and self.operation.is_placed and self.is_current

    def show_operation(self, operation: Operation, *, focus: bool = False, only_beside: bool = False) -> None:
        """Show an operation where the log is; its app is the current one.

        It comes onto the screen, unless `only_beside`: then what is looked at stays, alone if it is alone.
        """
        self.operation.open(operation)
        self.put_beside(self.operation)
        self.apps.point_at(operation.started.app)
        if focus or (not only_beside and LOG not in self.panes.arrangement(*self.app.size).panes):
            self.go(LOG)

    def put_beside(self, view: Framed) -> None:
        """Give a pane the place of the log; that of the log itself only by hand."""
        self._log_chosen = view is self.log_pane
        if self.views[LOG] is not view:
            self.views[LOG] = view
            self.panes.slot = view.id or ""
            self.panes.rearrange()
            if self.focus_on == LOG:
                view.focus()
            self.footer.update()
