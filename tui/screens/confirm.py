"""The question before something changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from tui.presentation.text import safe
from tui.screens.fitted import FittedDialog
from tui.widgets.line_input import StillInput

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


IS_PROTECTED = "This engine is protected"
"""Why a name has to be typed, where nobody says otherwise."""


class Question(NamedTuple):
    """What a confirmation says.

    title    the question
    subjects what it is about, a line each; a long list is cut, and said to be
    facts    lines beneath: host, engine, the way back
    equal    the docker command that does the same, or ""
    verb     the word on the button that does it
    keep     the word on the button that leaves everything as it is
    whole    whether a long list is shown to its end
    """

    title: str
    subjects: tuple[str, ...]
    facts: tuple[str, ...]
    equal: str
    verb: str
    keep: str = "Cancel"
    whole: bool = False


class ConfirmDialog(FittedDialog[bool]):
    """Asks before something changes. The default is to leave it as it is.

    `typed` must be typed before it is done, "" where a key is enough; `why` says why.
    """

    SHOWN = 12

    def __init__(self, question: Question, *, typed: str = "", why: str = IS_PROTECTED) -> None:
        super().__init__()
        self._why = why
        self._question = question
        self._typed = typed

    def compose(self) -> ComposeResult:
        question = self._question
        shown = len(question.subjects) if question.whole else self.SHOWN
        subjects = [f"  {safe(subject)}" for subject in question.subjects[:shown]]
        if len(question.subjects) > shown:
            subjects.append(f"  and {len(question.subjects) - shown} more")
        with Vertical():
            yield Static(Text(safe(question.title)), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(Text("\n".join(subjects)))
                if question.equal:
                    yield Static(Text(f"$ {safe(question.equal)}"), classes="quiet")
            yield Static(id="more")
            yield Static(Text("\n".join(safe(fact) for fact in question.facts)), classes="quiet")
            if self._typed:
                yield Static(self._asked(), classes="typed", id="asked")
                yield StillInput(compact=True, classes="typed", placeholder=self._typed)
            with Horizontal():
                yield Button(f"{question.keep} (Esc)", id="cancel")
                key = "Enter" if self._typed else "y"
                yield Button(f"{question.verb} ({key})", id="do", variant="error", disabled=bool(self._typed))

    def _asked(self, more: str = "") -> Text:
        """What has to be typed; `more` of what was typed instead."""
        return Text(f"{self._why}: type {safe(self._typed)} to go on{more}")

    def on_mount(self) -> None:
        if self._typed:
            self.query(".typed").set(display=True)
        else:
            self.ask_unread()
        self.set_focus(self.query_one(Input if self._typed else "#cancel"))  # at once: a key may wait

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#do", Button).disabled = event.value.strip() != self._typed

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self._typed:
            self.dismiss(True)
        else:
            self.query_one("#asked", Static).update(self._asked("; that was something else"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "do")

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case "left" | "right" | "h" | "l":
                event.stop()
                self.focus_next()
            case "y" if not self._typed:
                event.stop()
                self.dismiss(True)
            case "n" | "q":
                event.stop()
                self.dismiss(False)
