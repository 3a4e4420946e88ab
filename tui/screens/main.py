"""The main screen: panes, header, footer, and the way from a key to a command."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from tui.commands.command import Command, Scope, Situation
from tui.commands.table import BY_ID
from tui.commands.view import HINTS
from tui.panes.apps import AppsPane
from tui.panes.containers import ContainersPane
from tui.panes.images import ImagesPane
from tui.panes.tags import TagsPane
from tui.presentation.header import footer_commands, footer_keys, footer_line, header_line, tabs_line
from tui.presentation.layout import CONTAINERS, LOG, PANES
from tui.presentation.titles import TABS
from tui.screens.arrangement import Panes
from tui.store.store import LinkState, Store, Topic
from tui.widgets.bars import Bar, Divider
from tui.widgets.line_input import LineInput
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult

    from tui.commands.keymap import Keymap
    from tui.panes.log import LogPane
    from tui.presentation.style import Line
    from tui.settings.schema import ContainerSettings
    from tui.widgets.framed import Framed


class MainScreen(Screen[None], inherit_bindings=False):
    """Everything at one look."""

    AUTO_FOCUS = ""

    class Rested(Message):
        """The cursor has come to rest on a container, or on none."""

        def __init__(self, container_id: str | None) -> None:
            super().__init__()
            self.container_id = container_id

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
        self._clock = clock
        self.containers = ContainersPane(store, settings, clock)
        self.images = ImagesPane(store, clock)
        self.tags = TagsPane(store, clock)
        self.log_pane = log
        self.views: dict[str, Framed] = {
            "apps": AppsPane(),
            "images": self.images,
            "tags": self.tags,
            "containers": self.containers,
            "log": log,
        }
        self.header = Bar(self._draw_header, id="header")
        self.tabs = Bar(self._draw_tabs, id="tabs", pressed=self._press_tab)
        self.footer = Bar(self._draw_footer, id="footer", pressed=self._press_footer)
        self.panes = Panes(
            self.header,
            self.tabs,
            *self.views.values(),
            Divider(id="divider"),
            self.footer,
            LineInput(id="line"),
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
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        self.view.focus()

    def _tick(self) -> None:
        if self.store.link.state is LinkState.LOST:
            self.header.update()

    def _link_changed(self) -> None:
        self.header.update()
        self.footer.update()

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
        store = self.store
        situation = Situation(
            Scope(self.focus_on), live=store.link.state is not LinkState.LOST, read_only=self.read_only
        )
        view = self.view
        if view is self.containers or view is self.log_pane:
            chosen = self.containers.selected() if view is self.containers else [self.log_pane.container_id]
            found = tuple(store.containers[id] for id in chosen if id in store.containers)
            return situation._replace(containers=found)
        if view is self.images:
            found_images = tuple(store.images[id] for id in self.images.selected() if id in store.images)
            return situation._replace(images=found_images)
        if view is self.tags:
            tags = tuple(self.tags.selected())
            images = tuple(
                store.images[id] for tag in tags if (id := self.tags.image_of(tag)) in store.images
            )
            return situation._replace(tags=tags, images=images)
        return situation

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
        pane = Scope(self.focus_on)
        command = self.keymap.find(pane, event.key) or self.keymap.find(pane, event.character or "")
        if command is not None:
            self.perform(command)
        elif event.character in HINTS:
            self.notify(HINTS[event.character], markup=False, timeout=4)
        elif event.character and event.character.isprintable():
            self.notify(f"{event.character} is not bound here; ? shows the keys", markup=False, timeout=3)

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
        if reason := command.unavailable(situation):
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
        def search(text: str, final: bool) -> None:
            if final and text:
                self.log_pane.find(text)

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
        self.post_message(self.Rested(self.containers.cursor))
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
        if view is self.log_pane and self.log_pane.clear_search():
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
        else:
            self.perform(BY_ID["image.inspect" if message.view is self.images else "tag.inspect"])

    def on_list_view_highlighted(self, message: ListView.Highlighted) -> None:
        if message.view is self.containers and self.focus_on != LOG:
            self.post_message(self.Rested(message.key))
        self._footer_soon()

    def on_list_view_shown(self, message: ListView.Shown) -> None:
        if message.view is self.containers:
            self._watch()

    def rewatch(self) -> None:
        """Say anew which containers are on the screen."""
        self._watch()

    def _watch(self) -> None:
        self.post_message(self.Watched(tuple(self.containers.visible_keys())))

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

    # Bars

    def _draw_header(self, width: int) -> Line:
        return header_line(
            width, self.store.link, self._clock(), demo=self.demo, read_only=self.read_only, busy=self.busy
        )

    def _draw_tabs(self, width: int) -> Line:
        return tabs_line(width, TABS, self.focus_on)

    def _draw_footer(self, width: int) -> Line:
        return footer_line(width, footer_keys(self.keymap, self.situation()))

    def _press_footer(self, x: int) -> None:
        end = 0
        for command in footer_commands(self.keymap, self.situation()):
            end += len(self.keymap.hint(command)) + len(command.footer) + 3
            if x < end:
                self.perform(command)
                return

    def _press_tab(self, x: int) -> None:
        end = 0
        for key, name in TABS:
            end += len(key) + len(name) + 4
            if x < end:
                self.go(name.lower())
                return
