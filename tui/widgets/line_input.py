"""One line of text asked for at the bottom of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Key
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

if TYPE_CHECKING:
    from textual import events


class StillInput(Input):
    """An input whose cursor does not blink: nothing is sent to the terminal while nothing changes."""

    cursor_blink = reactive(False, init=False)


class LineInput(StillInput):
    """Says every change; Enter keeps the text, Escape takes it back to what it was."""

    DEFAULT_CSS = "LineInput { height: 1; border: none; padding: 0 1; }"

    class ChangedText(Message):
        """The text as it is now; `final` when Enter or Escape has ended the asking."""

        def __init__(self, text: str, final: bool) -> None:
            super().__init__()
            self.text = text
            self.final = final

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self._before = ""
        self._asking = False

    def ask(self, label: str, text: str, before: str | None = None) -> None:
        """Show the line and take the focus; Escape takes it back to `before`, None for `text`."""
        self._before = text if before is None else before
        self.placeholder = f"{label}: Enter keeps, Esc cancels"
        self.value = text
        self.cursor_position = len(text)
        self.display = True
        self._asking = True
        self.screen.set_focus(self)  # at once: the next key is a letter already

    def _end(self, text: str) -> None:
        if self._asking:
            self._asking = False
            self.post_message(self.ChangedText(text, True))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._asking:
            self.post_message(self.ChangedText(event.value, False))

    def on_key(self, event: events.Key) -> None:
        if self._asking and event.key not in ("enter", "escape"):
            return
        event.stop()
        event.prevent_default()
        if self._asking:
            self._end(self.value if event.key == "enter" else self._before)
        else:  # it came before the focus had gone on, and is for who has it then
            self.app.post_message(Key(event.key, event.character))

    def on_blur(self) -> None:
        self._end(self.value)
