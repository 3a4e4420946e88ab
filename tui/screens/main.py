"""The main screen: panes, header, footer, and the way from a key to a command."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Input

from tui.commands.keymap import spoken
from tui.commands.table import BY_ID
from tui.commands.view import HINTS
from tui.panes.apps import AppsPane, app_of
from tui.panes.containers import ContainersPane
from tui.panes.images import ImagesPane
from tui.panes.operation import OperationPane
from tui.panes.tags import TagsPane
from tui.presentation.layout import CONTAINERS, LOG, PANES
from tui.screens.arrangement import Panes
from tui.screens.bars import Bars
from tui.screens.situation import scope_of, situation_of
from tui.store.store import LinkState, Store, Topic
from tui.widgets.bars import Divider
from tui.widgets.closing import SizedScreen
from tui.widgets.line_input import LineInput
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events
    from textual.app import ComposeResult

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.model.app import AppSpec
    from tui.panes.log import LogPane
    from tui.settings.schema import ContainerSettings
    from tui.store.operation import Operation
    from tui.widgets.framed import Framed


class MainScreen(SizedScreen[None], inherit_bindings=False):
    """Everything at one look."""

    AUTO_FOCUS = ""

    class Rested(Message):
        """The cursor has come to rest on a container, or on none."""

        def __init__(self, container_id: str | None) -> None:
            super().__init__()
            self.container_id = container_id

    class AppChosen(Message):
        """The user has put the cursor on an app; `opened`: by Enter or a double click."""

        def __init__(self, name: str, *, opened: bool) -> None:
            super().__init__()
            self.name = name
            self.opened = opened

    class Watched(Message):
        """These containers are on the screen now."""

        def __init__(self, ids: tuple[str, ...]) -> None:
            super().__init__()
            self.ids = ids

    def __init__(
        self,
        store: Store,
        keymap: Keymap,
        settings: ContainerSettings,
        apps: Mapping[str, AppSpec],
        *,
        demo: bool,
        read_only: bool,
        log: LogPane,
        choose: Callable[[Command, Situation], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`choose` carries out commands that are not the screen's own business; they are available.

        It is called at once, so that a menu is open before the next key comes.
        """
        super().__init__()
        self._choose = choose
        self.store = store
        self.keymap = keymap
        self.demo = demo
        self.read_only = read_only
        self.busy = ""
        self.clock = clock
        self.configured = apps
        self.apps = AppsPane(apps, store, keymap, clock)
        self.containers = ContainersPane(store, keymap, settings, clock)
        names = {app.repository: app.name for app in apps.values()}
        self.images = ImagesPane(store, keymap, clock, names)
        self.tags = TagsPane(store, keymap, clock, names)
        self.log_pane = log
        self.operation = OperationPane(store, keymap, clock)
        self.views: dict[str, Framed] = {
            "apps": self.apps,
            "images": self.images,
            "tags": self.tags,
            "containers": self.containers,
            "log": log,
        }
        bars = Bars(self)
        self.header, self.tabs, self.footer = bars.header, bars.tabs, bars.footer
        self.panes = Panes(
            self.header,
            self.tabs,
            *self.views.values(),
            self.operation,
            Divider(id="divider"),
            self.footer,
            LineInput(id="line"),
            apps=bool(apps),
        )
        self._footer_due = False
        self._asking: Callable[[str, bool], None] | None = None

    def compose(self) -> ComposeResult:
        yield self.panes

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self.panes.rearrange()
        self.set_focus(self.containers)
        self.containers.has_focus = True  # not a picture later: the first one is what was painted before
        self.store.subscribe(Topic.LINK, lambda _: self._link_changed())
        self.store.subscribe(Topic.CONTAINERS, lambda _: self._footer_soon())
        self.store.subscribe(Topic.OPERATIONS, lambda _: self._operations_changed())
        self.store.subscribe(Topic.RELEASES, lambda _: self._footer_soon())
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        self.view.focus()

    def _tick(self) -> None:
        if self.store.link.state is LinkState.LOST:
            self.header.update()

    def _link_changed(self) -> None:
        self.header.update()
        self.footer.update()

    def _operations_changed(self) -> None:
        self.header.update()
        self._footer_soon()

    def _footer_soon(self) -> None:
        """Draw the footer again a moment later: rows come first."""
        if not self._footer_due:
            self._footer_due = True
            self.set_timer(0.05, self._footer_now)

    def _footer_now(self) -> None:
        self._footer_due = False
        self.footer.update()

    def say_busy(self, words: str) -> None:
        """Say in the header what is under way, "" for nothing."""
        self.busy = words
        self.header.update()

    # Where we are

    @property
    def focus_on(self) -> str:
        return self.panes.focus_on

    @property
    def view(self) -> Framed:
        """The focused pane."""
        return self.views[self.focus_on]

    def situation(self) -> Situation:
        """What commands decide on."""
        return situation_of(self)

    # The place of the log: a container's log, or an operation

    @property
    def shown_operation(self) -> Operation | None:
        """The operation in the place of the log, None while a log is there."""
        return self.operation.operation if self.views[LOG] is self.operation else None

    def sees(self, operation: Operation) -> bool:
        """Whether an operation can be seen now."""
        shown = self.shown_operation
        return shown is not None and shown.id == operation.id and self.operation.is_placed and self.is_current

    def show_operation(self, operation: Operation, *, focus: bool = False, only_beside: bool = False) -> None:
        """Show an operation where the log is; its app is the current one.

        It comes onto the screen, unless `only_beside`: then what is looked at stays, alone if it is alone.
        """
        self.operation.open(operation)
        self._fill_slot(self.operation)
        self.apps.point_at(operation.started.app)
        if focus or (not only_beside and LOG not in self.panes.arrangement(*self.app.size).panes):
            self.go(LOG)

    def _fill_slot(self, view: Framed) -> None:
        if self.views[LOG] is not view:
            self.views[LOG] = view
            self.panes.slot = view.id or ""
            self.panes.rearrange()
            if self.focus_on == LOG:
                view.focus()
            self.footer.update()

    def go(self, pane: str) -> None:
        """Give a pane the focus; it is shown if it was not."""
        if pane != LOG:
            self.panes.upper = pane
        self.panes.focus_on = pane
        self.panes.rearrange()
        self.views[pane].focus()
        self.tabs.update()
        self.footer.update()
        self._watch()

    # From a key to a command

    @property
    def takes_keys(self) -> bool:
        """Whether keys are commands now, not letters of a line that is being written."""
        return self._asking is None and not isinstance(self.focused, Input)

    def press(self, event: events.Key) -> None:
        """Do what a key stands for where the focus is, or say that it stands for nothing."""
        pane = scope_of(self)
        command = self.keymap.find(pane, event.key) or self.keymap.find(pane, event.character or "")
        if command is not None:
            self.perform(command)
        elif (found := self.keymap.elsewhere(event.key)) is not None:
            there, place = found
            said = f"{spoken(event.key)} is not bound here: in the {place.value} pane it is: {there.title}"
            self.notify(said, markup=False, timeout=4)
        elif event.character in HINTS:
            self.notify(self.keymap.say(HINTS[event.character]), markup=False, timeout=4)
        elif event.character and event.character.isprintable():
            said = f"{event.character} is not bound here; {self.keymap.say('<app.help> shows the keys')}"
            self.notify(said, markup=False, timeout=3)

    def paint_now(self) -> None:
        """Draw what a key has changed in the focused pane at once.

        Textual draws at most every 1/60 s: while containers come and go all the time, a key would wait for
        the next of these ticks.
        """
        view = self.view
        waiting = self._layout_required or view._layout_required or self.app._batch_count
        if self.is_current and view._repaint_required and not waiting:
            view._repaint_required = False
            self._compositor.update_widgets({view})
            self._compositor_refresh()

    def perform(self, command: Command) -> None:
        """Do a command, or say why not."""
        situation = self.situation()
        if reason := self.keymap.unavailable(command, situation):
            self.notify(f"{command.title}: {reason}", severity="warning", markup=False, timeout=4)
            return
        method = "do_" + command.id.replace(".", "_")
        for owner in (self.view, self):
            if found := getattr(owner, method, None):
                found()
                return
        self._choose(command, situation)

    # The line at the bottom: filter and search

    def ask_line(self, label: str, text: str, changed: Callable[[str, bool], None]) -> None:
        """Ask for a line of text; `changed` is told of each change, and at last with True."""
        line = self.query_one("#line", LineInput)
        self._asking = changed
        line.ask(label, text)
        self.footer.display = False

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        if self._asking is not None:
            self._asking(message.text, message.final)
        if message.final:
            self._asking = None
            self.query_one("#line").display = False
            self.footer.display = True
            self.view.focus()

    def do_list_filter(self) -> None:
        view = self.view
        if isinstance(view, ListView):
            self.ask_line("Filter", view.filter_text, lambda text, _: view.set_filter(text))

    def do_log_search(self) -> None:
        view = self.operation if self.shown_operation is not None else self.log_pane

        def search(text: str, final: bool) -> None:
            if final and text:
                view.find(text)

        self.ask_line("Search", "", search)

    # Panes

    def do_pane_apps(self) -> None:
        self.go("apps")

    def do_pane_images(self) -> None:
        self.go("images")

    def do_pane_tags(self) -> None:
        self.go("tags")

    def do_pane_containers(self) -> None:
        self.go(CONTAINERS)

    def do_pane_log(self) -> None:
        self.go(LOG)

    def do_pane_next(self) -> None:
        self.go(PANES[(PANES.index(self.focus_on) + 1) % len(PANES)])

    def do_pane_previous(self) -> None:
        self.go(PANES[PANES.index(self.focus_on) - 1])

    def do_pane_zoom(self) -> None:
        self.panes.zoomed = not self.panes.zoomed
        self.go(self.focus_on)

    def do_container_log(self) -> None:
        self._fill_slot(self.log_pane)
        self.post_message(self.Rested(self.containers.cursor))
        self.go(LOG)

    def do_app_log(self) -> None:
        releases = self.situation().releases
        if releases is not None and (slot := releases.live_slot) is not None:
            self._fill_slot(self.log_pane)
            self.post_message(self.Rested(slot.id))
            self.go(LOG)

    def do_app_back(self) -> None:
        self._back()

    def do_app_leave(self) -> None:
        if not self._back():
            self.app.exit()

    def _back(self) -> bool:
        """Undo the last narrowing of the view: whether there was any."""
        view = self.view
        if isinstance(view, ListView):
            if view.marked():
                view.do_list_unmark()
                return True
            if view.filter_text:
                view.set_filter("")
                return True
        if (view is self.log_pane and self.log_pane.clear_search()) or (
            view is self.operation and self.operation.clear_search()
        ):
            return True
        if self.panes.zoomed:
            self.do_pane_zoom()
            return True
        if self.focus_on != CONTAINERS:
            self.go(CONTAINERS)
            return True
        return False

    # What the panes say

    def on_list_view_opened(self, message: ListView.Opened) -> None:
        if message.view is self.containers:
            self.do_container_log()
        elif message.view is self.apps and self.apps.release:
            self.perform(BY_ID["release.show"])
        elif message.view is self.apps:
            self.post_message(self.AppChosen(message.key, opened=True))
        else:
            self.perform(BY_ID["image.inspect" if message.view is self.images else "tag.inspect"])

    def on_list_view_highlighted(self, message: ListView.Highlighted) -> None:
        if message.view is self.containers and self.focus_on != LOG:
            self.post_message(self.Rested(message.key))
            if message.by_hand and self.focus_on == CONTAINERS:
                self._fill_slot(self.log_pane)
        elif message.view is self.apps and message.by_hand and message.key is not None:
            self.post_message(self.AppChosen(app_of(message.key), opened=False))
        self._footer_soon()

    def on_list_view_shown(self, message: ListView.Shown) -> None:
        if message.view is self.containers:
            self._watch()

    def rewatch(self) -> None:
        """Say anew which containers are on the screen."""
        self._watch()

    def _watch(self) -> None:
        shown = self.containers.visible_keys()
        self.post_message(self.Watched(tuple(key for key in shown if key in self.store.containers)))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        # The message comes late: once the focus has gone on, following it would go to and fro for ever.
        if event.widget is not self.focused:
            return
        for name, view in self.views.items():
            if view is event.widget and name != self.focus_on:
                self.go(name)

    def on_resize(self) -> None:
        self.panes.rearrange()
        self._watch()
