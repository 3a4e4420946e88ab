"""The card of first steps, over the demo when it is opened for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Static

from tui.screens.fitted import FittedDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.presentation.style import Line

TITLE = "First steps"


class FirstStepsCard(FittedDialog[None]):
    """Any of its ways out begins: Enter, Escape, Space, q, or the button."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(TITLE), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(Text("\n").join(self._painted(line) for line in self._lines))
            yield Static(id="more")
            yield Button("Begin (Enter)", id="begin")

    def _painted(self, line: Line) -> Text:
        styles = {"key": "bold", "muted": "dim"}
        return Text.assemble(*((text, styles.get(style, "")) for text, style in line))

    def on_button_pressed(self) -> None:
        self.dismiss()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "escape", "space", "q", "question_mark"):
            event.stop()
            event.prevent_default()
            self.dismiss()
