"""Dialogs before an operation: which version, and what will be done."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.errors import HoldfastError
from tui.model.digest import short_id
from tui.model.operation import Plan
from tui.presentation.text import safe
from tui.screens.confirm import IS_PROTECTED
from tui.screens.dialogs import FRAME, Dialog
from tui.screens.fitted import FittedDialog
from tui.widgets.line_input import StillInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.model.version import Suggestion
    from tui.operations.looking.suggested_versions import Suggestions

AGAIN = "--again"
"""The option in a remedy that stands for what the dialog does itself."""

CHOOSE = "↑ ↓ choose, Enter goes on, Esc cancels"

WAY_BACK = "way back"
"""The fact of a plan that says where it would return to."""

_DIGEST = re.compile("sha256:[0-9a-f]{64}")


def _short(digest: re.Match[str]) -> str:
    """As `docker images` shortens them: a plan must fit into a small dialog."""
    return f"sha256:{short_id(digest[0])}"


class PlanDialog(FittedDialog[Plan]):
    """Shows what will be done as soon as that is known, and asks. The default is Cancel; the answer the plan.
    Until then nothing has the focus: an impatient Enter answers nothing.

    `plan` raises HoldfastError where it cannot be done: then the dialog says why. `typed` must be typed
    before it is done, "" where a key is enough. `only_look` shows the plan, and offers nothing. `again` plans
    the same although it is so already: where that is the reason why it cannot be done.
    """

    DEFAULT_CSS = """
    PlanDialog #back { display: none; margin-top: 1; }
    PlanDialog .low #back { margin-top: 0; }
    """

    AUTO_FOCUS = ""

    def __init__(
        self,
        title: str,
        plan: Callable[[], Awaitable[Plan]],
        *,
        typed: str = "",
        why: str = IS_PROTECTED,
        only_look: bool = False,
        again: Callable[[], Awaitable[Plan]] | None = None,
    ) -> None:
        super().__init__()
        self._heading = title
        self._make = plan
        self._typed = typed
        self._why_typed = why
        self._only_look = only_look
        self._again = again
        self._may_again = False
        self._why = ""
        self._plan: Plan | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(id="body")
            yield Static(id="more")
            yield Static(id="back")
            yield Static(classes="typed", id="asked")
            yield StillInput(compact=True, classes="typed")
            with Horizontal():
                yield Button(self._leaving(), id="cancel")
                do = Button("...", id="do", variant="error")
                do.display = False
                yield do

    def on_mount(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """Plan, and have nothing to press meanwhile but what leaves."""
        self.query_one("#body", Static).update(Text("planning ..."))
        cancel = self.query_one("#cancel", Button)
        cancel.label, cancel.can_focus = self._leaving(), False
        self.set_focus(None)
        self.run_worker(self._show_plan())

    async def _show_plan(self) -> None:
        body, cancel = self.query_one("#body", Static), self.query_one("#cancel", Button)
        try:
            plan = await self._make()
        except HoldfastError as error:
            if not self.query(Button):  # closed while this came
                return
            self._may_again = self._again is not None and AGAIN in error.hint
            body.update(_why_not(error, may_again=self._may_again))
            cancel.label = "Close (Esc)"
            self.ask_unread()
            self._focus(cancel)
        else:
            if not self.query(Button):
                return
            self._plan = plan
            if not self._typed:
                self.ask_unread()
            self._focus(cancel)
            self.query_one(".title", Static).update(Text(safe(plan.title)))
            body.update(_plan(plan, self._cells()))
            self._show_way_back(plan)
            if not self._only_look:
                self._offer(plan.verb)
        self.fit_soon()

    def _focus(self, cancel: Button) -> None:
        cancel.can_focus = True
        self.set_focus(cancel)

    def _leaving(self) -> str:
        return "Close (Esc)" if self._only_look else "Cancel (Esc)"

    def _cells(self) -> int:
        """Cells of a line of the plan."""
        return max(self.app.size.width - FRAME, 12)

    def on_resize(self) -> None:
        if self._plan is not None:
            self.query_one("#body", Static).update(_plan(self._plan, self._cells()))

    def _plan_again(self) -> None:
        """The same, meant so."""
        assert self._again is not None
        self._make, self._again, self._may_again = self._again, None, False
        self._begin()

    def _show_way_back(self, plan: Plan) -> None:
        """It is in sight however much there is to scroll."""
        back = self.query_one("#back", Static)
        for name, value in plan.facts:
            if name == WAY_BACK:
                back.update(Text.assemble((f"{name}  ", "dim"), _fact(value)))
                back.display = True

    def _offer(self, verb: str) -> None:
        do = self.query_one("#do", Button)
        do.label, do.display = f"{verb} (y)", True
        why = self._why_typed if self._typed else "That is not to be trusted"
        self._typed = self._typed or (self._plan.typed if self._plan is not None else "")
        if self._typed:
            do.label = f"{verb} (Enter)"
            self.query_one(Input).placeholder = self._typed
            self._why = why
            self._say_typed()
            do.disabled = True
            self.query(".typed").set(display=True)
            self.set_focus(self.query_one(Input))  # at once: the next key is a letter already

    def _say_typed(self, more: str = "") -> None:
        """Say what has to be typed; `more` of what was typed instead."""
        said = f"{self._why}: type {safe(self._typed)} to go on{more}"
        self.query_one("#asked", Static).update(Text(said))

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#do", Button).disabled = event.value.strip() != self._typed

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self._typed:
            self.dismiss(self._plan)
        else:
            self._say_typed("; that was something else")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self._plan if event.button.id == "do" else None)

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case "left" | "right" | "h" | "l":
                event.stop()
                self.focus_next(Button)
            case "y" if self._plan is not None and not self._typed and not self._only_look:
                event.stop()
                self.dismiss(self._plan)
            case "a" if self._may_again:
                event.stop()
                self._plan_again()
            case "n" | "q":
                event.stop()
                self.dismiss(None)


def _hung(before: str, text: str, cells: int) -> str:
    """A text behind something: what does not fit stands beneath it, between words."""
    lines = textwrap.wrap(text, max(cells - len(before), 10), break_on_hyphens=False) or [""]
    return f"\n{' ' * len(before)}".join(lines)


def _plan(plan: Plan, cells: int) -> Text:
    """All of it but the way back, which stands beneath, in lines of so many cells."""
    facts = [(name, value) for name, value in plan.facts if name != WAY_BACK]
    text = Text()
    longest = min(max((len(name) for name, _ in facts), default=0), 24)
    for name, value in facts:
        head = f"{safe(name):<{longest}}  "
        text.append(head, "dim")
        text.append(f"{_hung(head, _fact(value), cells)}\n")
    for line in plan.text:
        text.append("\n| ", "dim")
        text.append(safe(line))
    if plan.text:
        text.append("\n")
    for warning in plan.warnings:
        text.append("\n! ", "bold")
        text.append(_hung("! ", safe(warning), cells))
    if plan.warnings:
        text.append("\n")
    if facts:
        text.append("\n")
    digits = len(str(len(plan.steps)))
    for number, step in enumerate(plan.steps, 1):
        head = f"{number:>{digits}}. "
        text.append(head, "dim")
        text.append(f"{_hung(head, _fact(step.title), cells)}\n")
    if plan.equal:
        text.append(f"\n$ {safe(plan.equal)}", "dim")
    text.rstrip()
    return text


def _fact(text: str) -> str:
    return _DIGEST.sub(_short, safe(text))


def _why_not(error: HoldfastError, *, may_again: bool) -> Text:
    """Why it cannot be done, and what to do: an option of the command line is said as the key for it."""
    text = Text(safe(error.message), "bold")
    hint = error.hint.replace(AGAIN, "a", 1) if may_again else error.hint
    if hint:
        text.append(f"\n{safe(hint)}", "not bold")
    for number, line in enumerate(error.detail):
        text.append(f"{chr(10) * (2 if number == 0 else 1)}  {safe(line)}", "not bold dim")
    return text


class VersionDialog(Dialog[str]):
    """Asks for a version: to be chosen with the arrows, or typed.

    offers   what is offered, again and again as more is known
    refuse   what is wrong with a text, "" where it is fine

    The cursor leaves a version that turns out to be refused, unless somebody has put it there.
    """

    def __init__(
        self,
        title: str,
        offers: AsyncIterator[Suggestions],
        refuse: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._heading = title
        self._offers = offers
        self._refuse = refuse
        self._typed = self._moved = False
        self._filled = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            yield StillInput(select_on_focus=False)
            options = OptionList()
            options.can_focus = False
            yield options
            yield Static(Text("looking at the tags ..."), classes="quiet", id="said")

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.run_worker(self._take_offers())

    async def _take_offers(self) -> None:
        said = self.query_one("#said", Static)
        note = ""
        async for found in self._offers:
            if not self.query(OptionList):  # closed while this came
                return
            self._show(found.offered, found.first)
            note = found.note
            said.update(Text(safe(note) or "asking the registry ..."))
        if not note:
            said.update(Text(CHOOSE))

    def _show(self, offered: Sequence[Suggestion], first: str) -> None:
        options = self.query_one(OptionList)
        longest = min(max((len(one.tag) for one in offered), default=0), 40)
        chosen = self._chosen()
        if not chosen or (not self._moved and any(one.refused for one in offered if one.tag == chosen)):
            chosen = first
        options.clear_options()
        for one in offered:
            text = Text(f"{safe(one.tag):<{longest}}  ")
            text.append(safe(one.why), "dim")
            options.add_option(Option(text, id=one.tag))
        tags = [one.tag for one in offered]
        if tags:
            options.highlighted = tags.index(chosen) if chosen in tags else 0
        if not self._typed:
            self._fill()

    def _chosen(self) -> str:
        options = self.query_one(OptionList)
        at = options.highlighted
        return (options.get_option_at_index(at).id or "") if at is not None else ""

    def _fill(self) -> None:
        """Write the chosen version into the line, where it can be changed; what is typed takes its place."""
        line = self.query_one(Input)
        self._filled = line.value = self._chosen()
        line.select_all()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._typed = event.value not in ("", self._filled)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._answer(event.option.id or "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._answer(event.value.strip())

    def _answer(self, version: str) -> None:
        if reason := self._refuse(version):
            self.query_one("#said", Static).update(Text(safe(reason)))
        else:
            self.dismiss(version)

    def on_key(self, event: events.Key) -> None:
        if event.key in ("up", "down"):
            event.stop()
            options = self.query_one(OptionList)
            options.action_cursor_up() if event.key == "up" else options.action_cursor_down()
            self._moved = True
            self._fill()
