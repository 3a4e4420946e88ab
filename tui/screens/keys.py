"""The keys of every command, and another one for any: it is pressed, and what clashes is said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Static

from tui.commands.keymap import Keymap, spoken
from tui.panes.keys import KeysList
from tui.presentation.header import footer_line
from tui.presentation.text import safe
from tui.screens.dialogs import Dialog
from tui.screens.keyed import KeyedScreen
from tui.widgets.bars import Bar, TopBar
from tui.widgets.line_input import LineInput
from tui.widgets.list_keys import moved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.presentation.style import Line
    from tui.settings.schema import Settings
    from tui.widgets.list_view import ListView


class PressDialog(Dialog[str]):
    """Its answer is the key that was pressed, in Textual's name; `clash` says what it would take away."""

    def __init__(self, title: str, clash: Callable[[str], str]) -> None:
        super().__init__()
        self._heading = title
        self._clash = clash
        self._key = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            yield Static(Text("press the key"), id="pressed")
            yield Static(Text("Enter keeps it   Esc leaves all as it is"), classes="quiet")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.dismiss(None)
        elif event.key != "enter":
            self._key = event.key
            said = self._clash(event.key)
            words = f"{spoken(event.key)}{f': {said}' if said else ', which nothing else is on'}"
            self.query_one("#pressed", Static).update(Text(safe(words)))
        elif self._key:
            self.dismiss(self._key)


class KeysScreen(KeyedScreen[None], inherit_bindings=False):
    """Enter gives a command another key, Backspace takes that back. `keep` keeps them, None for its own."""

    DEFAULT_CSS = """
    KeysScreen Vertical { height: 100%; }
    KeysScreen ListView { height: 1fr; }
    KeysScreen #keys { height: 1; dock: bottom; }
    KeysScreen LineInput { dock: bottom; }
    """
    AUTO_FOCUS = "KeysList"

    def __init__(
        self,
        settings: Settings,
        keymap: Keymap,
        keep: Callable[[str, Sequence[str] | None], Awaitable[Settings | None]],
    ) -> None:
        super().__init__()
        self._keymap = keymap
        self._keep = keep
        self._list = KeysList(settings, keymap)

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield self._list
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("Enter", "another key"), ("Backspace", "its own"), ("/", "filter")]
        return footer_line(width, keys)

    def take(self, event: events.Key) -> bool:
        rows = self._list
        match event.key:
            case "escape" | "q":
                self._back()
            case "enter":
                self._change()
            case "backspace" | "delete":
                if rows.command is not None and self._may_change(rows.command.id):
                    self._chosen(rows.command.id, None)
            case "slash":
                self.query_one(LineInput).ask("Filter", rows.filter_text)
            case key:
                return moved(rows, key)
        return True

    def _back(self) -> None:
        if self._list.filter_text:
            self._list.set_filter("")
        else:
            self.dismiss()

    def _may_change(self, id: str) -> bool:
        if file := self._list.settings.files.get(f"keys.{id}"):
            said = f"{file} has the last word on this one: edit it there"
            self.notify(safe(said), severity="warning", markup=False)
            return False
        return True

    def _change(self) -> None:
        command = self._list.command
        if command is None or not self._may_change(command.id):
            return
        bound = self._list.settings.keys
        before = set(Keymap(bound).problems)

        def clash(key: str) -> str:
            wanted = Keymap({**bound, command.id: (key,)}).problems
            return "; ".join(said.removeprefix("[keys] ") for said in wanted if said not in before)

        def answered(key: str | None) -> None:
            if key and (said := clash(key)):
                self.notify(safe(f"not kept: {said}"), severity="warning", markup=False)
            elif key:
                self._chosen(command.id, [key])

        self.app.push_screen(PressDialog(f"{command.title}: by which key?", clash), answered)

    def _chosen(self, id: str, keys: Sequence[str] | None) -> None:
        self.run_worker(self._changed(id, keys), group="keys")

    async def _changed(self, id: str, keys: Sequence[str] | None) -> None:
        if (settings := await self._keep(id, keys)) is not None:
            self._list.take(settings)

    def on_list_view_opened(self, _: ListView.Opened) -> None:
        self._change()

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        self._list.set_filter(message.text)
        if message.final:
            self.query_one("#line").display = False
            self._list.focus()
