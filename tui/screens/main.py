"""The main screen: what is selected, and the way from a key to a command."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Input

from tui.commands.containers import CONTAINER_LOG
from tui.commands.images import IMAGE_INSPECT, TAG_INSPECT
from tui.commands.releases import RELEASE_SHOW
from tui.panes.apps import AppsPane, app_of
from tui.presentation.layout import APPS, CONTAINERS, LOG
from tui.screens.panes_screen import PanesScreen
from tui.screens.situation import Selection, situation_of
from tui.widgets.line_input import LineInput
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.panes.log import LogPane
    from tui.settings.schema import Settings
    from tui.store.store import Store


class MainScreen(PanesScreen, inherit_bindings=False):
    """Everything at one look."""

    class Rested(Message):
        """The cursor has come to rest on a container, or on none."""

        def __init__(self, screen: MainScreen, container_id: str | None) -> None:
            super().__init__()
            self.screen = screen
            self.container_id = container_id

    class AppChosen(Message):
        """The user has put the cursor on an app; `opened`: by Enter or a double click."""

        def __init__(self, screen: MainScreen, name: str, *, opened: bool) -> None:
            super().__init__()
            self.screen = screen
            self.name = name
            self.opened = opened

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
        choose: Callable[[Command, Situation], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`choose` does a command, or says why not; at once, so that a menu is open before the next key."""
        super().__init__(
            store, keymap, settings, called=called, demo=demo, read_only=read_only, log=log, clock=clock
        )
        self._choose = choose
        self._asking: Callable[[str, bool], None] | None = None

    # What is selected

    def selection(self) -> Selection:
        """What is selected, and where."""
        view = self.view
        keys: tuple[str, ...] = ()
        images: tuple[str, ...] = ()
        if isinstance(view, AppsPane):
            keys = tuple(view.selected_apps())
        elif isinstance(view, ListView):
            keys = tuple(view.selected())
        elif view is self.log_pane:
            keys = self.log_pane.container_ids
        if view is self.tags:
            images = tuple(self.tags.image_of(tag) for tag in keys)
        return Selection(
            pane=self.scope,
            keys=keys,
            images=images,
            project="" if view is not self.containers or view.marked() else view.group_here,
            fold=self.containers.fold_here if view is self.containers else "",
            app=self.apps.current.name if self.apps.current is not None else "",
            release=self.apps.release if view is self.apps else 0,
            shown=self.shown_operation,
        )

    def situation(self) -> Situation:
        """What commands decide on."""
        return situation_of(self.store, self.selection(), read_only=self.read_only)

    def go_to_app(self, name: str) -> None:
        """Go to the apps, with the cursor on one where it is known."""
        self.apps.point_at(name)
        self.go(APPS)

    def show_log(self, container_id: str | None) -> None:
        """Go to the log of a container."""
        self.put_beside(self.log_pane)
        self.post_message(self.Rested(self, container_id))
        self.go(LOG)

    # From a key to a command

    @property
    def takes_keys(self) -> bool:
        """Whether keys are commands now, not letters of a line that is being written."""
        return self._asking is None and not isinstance(self.focused, Input)

    def press(self, event: events.Key) -> None:
        """Do what a key stands for where the focus is, or say that it stands for nothing."""
        command = self.keymap.find(self.scope, event.key) or self.keymap.find(
            self.scope, event.character or ""
        )
        if command is not None:
            self.perform(command)
        elif said := self.keymap.unbound(event.key, event.character or ""):
            self.notify(said, markup=False, timeout=4)

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
        self._choose(command, self.situation())

    # The line at the bottom: filter and search

    def ask_line(self, label: str, text: str, changed: Callable[[str, bool], None]) -> None:
        """Ask for a line of text; `changed` is told of each change, and at last with True."""
        line = self.query_one("#line", LineInput)
        self._asking = changed
        line.ask(label, text)
        self.footer.display = False

    def ask_again(self, label: str, text: str, changed: Callable[[str, bool], None], before: str) -> None:
        """Keep the line open with what was wrong in it, unless it was left; Escape gives `before`."""
        line = self.query_one("#line", LineInput)
        if line.has_focus:
            self._asking = changed
            line.ask(label, text, before)

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        asking = self._asking
        if message.final:
            self._asking = None
        if asking is not None:
            asking(message.text, message.final)
        if message.final and self._asking is None:
            self.query_one("#line").display = False
            self.footer.display = True
            self.view.focus()

    # What the panes say

    def on_list_view_opened(self, message: ListView.Opened) -> None:
        if message.view is self.containers and len(self.containers.marked()) > 1:
            self.perform(CONTAINER_LOG)
        elif message.view is self.containers:
            self.show_log(message.key)
        elif message.view is self.apps and self.apps.release:
            self.perform(RELEASE_SHOW)
        elif message.view is self.apps:
            self.post_message(self.AppChosen(self, message.key, opened=True))
        elif message.view is self.images:
            self.perform(IMAGE_INSPECT)
        elif message.view is self.tags:
            self.perform(TAG_INSPECT)

    def on_list_view_highlighted(self, message: ListView.Highlighted) -> None:
        if message.view is self.containers and self.focus_on != LOG:
            self.post_message(self.Rested(self, message.key))
            if message.by_hand and self.focus_on == CONTAINERS:
                self.put_beside(self.log_pane)
        elif message.view is self.apps and message.by_hand and message.key is not None:
            self.post_message(self.AppChosen(self, app_of(message.key), opened=False))
        self._footer_soon()

    def on_list_view_shown(self, message: ListView.Shown) -> None:
        if message.view is self.containers:
            self.rewatch()

    def on_list_view_marked(self, message: ListView.Marked) -> None:
        message.stop()
        self._footer_soon()
