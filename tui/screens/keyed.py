"""Screens whose letters are keys: a line that opens loses none, and none does nothing in silence."""

from __future__ import annotations

from typing import Generic

from textual import events
from textual.widgets import Input

from tui.commands.keymap import spoken
from tui.presentation.text import safe
from tui.widgets.closing import Answer, ClosingScreen

ENDING = ("enter", "escape")
"""Keys that a line leaves none of, besides what can be printed."""


class KeyedScreen(ClosingScreen[Answer], Generic[Answer], inherit_bindings=False):
    """Says what a key does by `take`; while a line is written in, keys are the line's."""

    def take(self, event: events.Key) -> bool:
        """Do what a key stands for; False where it stands for nothing."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        line = isinstance(self.focused, Input)
        if line and not (event.is_printable or event.key in ENDING):
            return
        event.stop()
        event.prevent_default()
        if line:  # a line leaves none of these: it came before the focus had gone on
            self.app.post_message(events.Key(event.key, event.character))
        elif not self.take(event):
            key = spoken(event.character if event.is_printable and event.character else event.key)
            said = f"{safe(key)} is not bound here: the last line says what is"
            self.notify(said, severity="warning", markup=False, timeout=4)
