"""Dialogs: a menu, a name."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from rich.text import Text
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.presentation.text import safe, width
from tui.widgets.closing import ClosingScreen
from tui.widgets.line_input import StillInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

Answer = TypeVar("Answer")


EDGE = 6
"""Cells of a dialog's border and padding, left and right."""

FRAME = EDGE + 2
"""The same with a scroll bar."""

ROWS = 6
"""Rows of a menu's border, padding and title."""


class Dialog(ModalScreen[Answer], ClosingScreen[Answer], Generic[Answer]):
    """A box in the middle of the screen; Escape closes it without an answer."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > Vertical {
        width: auto; min-width: 44; max-width: 100%; height: auto; max-height: 90%;
        padding: 1 2; background: $surface; color: $foreground; border: round $primary;
    }
    Dialog VerticalScroll { width: auto; height: auto; }
    Dialog Static { width: auto; height: auto; max-width: 100%; }
    Dialog .title { text-style: bold; margin-bottom: 1; }
    Dialog .quiet { color: $foreground-muted; margin-top: 1; }
    Dialog Horizontal { width: auto; height: auto; margin-top: 1; }
    Dialog Button { margin-right: 2; }
    Dialog OptionList {
        width: auto; height: auto; max-height: 20; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Dialog OptionList:focus { border: none; background-tint: transparent; }
    Dialog Input { width: 60; max-width: 100%; }
    MenuDialog #said { display: none; }
    MenuDialog .shared { color: $foreground-muted; margin-bottom: 1; }
    Dialog .typed { display: none; margin-top: 1; }
    Dialog Input.typed { margin-top: 0; background: $panel; }
    """

    def on_resize(self) -> None:
        """What is as wide as its text ends where the dialog does: "100%" is no limit to it."""
        for options in self.query(OptionList):
            options.styles.max_width = max(self.app.size.width - EDGE, 1)

    @property
    def layers(self) -> tuple[str, ...]:
        """What is said for a moment goes beneath the question."""
        return ("_toastrack", *(layer for layer in super().layers if layer != "_toastrack"))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)


class Choice(NamedTuple):
    """One entry of a menu: `why_not` is "" where it can be chosen."""

    id: str
    key: str
    title: str
    why_not: str = ""


REASON = 3
"""Cells between a title and a reason."""


class MenuDialog(Dialog[str]):
    """A list to choose from, by its letters or with the cursor; `moved` is told of the entry under it."""

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        first: str = "",
        moved: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._heading = title
        self._choices = choices
        self._first = first
        self._moved = moved
        self._shared = ""
        self._said = ""

    def compose(self) -> ComposeResult:
        options = []
        reasons = {choice.why_not for choice in self._choices}
        self._shared = safe(reasons.pop()) if len(reasons) == 1 and len(self._choices) > 1 else ""
        for choice in self._choices:
            text = Text(f" {choice.key:<3}", style="bold" if not choice.why_not else "dim")
            text.append(safe(choice.title), style="" if not choice.why_not else "dim")
            if choice.why_not and not self._shared:
                text.append(self._reason(text.cell_len, safe(choice.why_not)), style="dim italic")
            options.append(Option(text, id=choice.id))
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            if self._shared:
                yield Static(Text(self._shared), classes="shared")
            yield OptionList(*options)
            yield Static(classes="quiet", id="said")

    def _reason(self, before: int, reason: str) -> str:
        """A reason behind a title; in lines of its own where it does not fit there whole."""
        room = self.app.size.width - FRAME
        if before + REASON + width(reason) <= room:
            return " " * REASON + reason
        return "".join(
            f"\n    {line}" for line in textwrap.wrap(reason, max(room - 4, 20), break_on_hyphens=False)
        )

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        self._fit()
        options.focus()
        for number, choice in enumerate(self._choices):
            if choice.id == self._first:
                options.highlighted = number

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """The entries give way to a small screen, and go along with the cursor."""
        options, title = self.query_one(OptionList), safe(self._heading)
        room = self.app.size.height * 9 // 10 - ROWS
        cells = max(self.app.size.width - FRAME, 1)
        room -= width(title) // cells  # a long one takes several lines
        room -= sum(2 + width(text) // cells for text in (self._shared, self._said) if text)
        options.styles.max_height = max(min(20, room), 1)
        self.call_after_refresh(options.scroll_to_highlight)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._moved is not None and event.option.id is not None:
            self._moved(event.option.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option.id or "")

    def _choose(self, id: str) -> None:
        choice = next(choice for choice in self._choices if choice.id == id)
        if choice.why_not:
            self._said = safe(f"{choice.title}: {choice.why_not}")
            said = self.query_one("#said", Static)
            said.update(Text(self._said))
            said.display = True
            self._fit()
        else:
            self.dismiss(id)

    def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        for choice in self._choices:
            if choice.key and event.character == choice.key:
                event.stop()
                self._choose(choice.id)
                return
        if event.key in ("j", "k"):
            event.stop()
            options.action_cursor_down() if event.key == "j" else options.action_cursor_up()
        elif event.key == "q":
            event.stop()
            self.dismiss(None)


class NameDialog(Dialog[str]):
    """Asks for a line of text, e.g. a new name; `refuse` says what is wrong with one, "" when it is fine.

    `hint` stands in the line while it is empty.
    """

    def __init__(self, title: str, text: str, refuse: Callable[[str], str], *, hint: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._heading = title
        self._text = text
        self._refuse = refuse

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            yield StillInput(self._text, placeholder=self._hint, select_on_focus=False)
            yield Static(Text("Enter does it, Esc cancels"), classes="quiet", id="said")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if reason := self._refuse(event.value):
            self.query_one("#said", Static).update(Text(safe(reason)))
        else:
            self.dismiss(event.value)
