"""A screen of its own to make or to change an app: its fields, and the file that comes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from tui.panes.app_form import FormList
from tui.presentation.app_form import DETAILS, STANDING, detail_lines, heading, matching, toml_lines
from tui.presentation.header import footer_line
from tui.presentation.text import safe
from tui.settings.form import NAME
from tui.widgets.bars import Bar, Lines, TopBar
from tui.widgets.closing import ClosingScreen
from tui.widgets.line_input import StillInput
from tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.worker import Worker

    from tui.presentation.style import Line
    from tui.settings.form import Draft, Faults
    from tui.widgets.list_view import ListView

ROOMY = 120
"""Cells of a screen from which on the file stands beside its form."""


class Written(NamedTuple):
    """What comes of a form.

    path     of the file
    text     its text, without secrets
    faults   what is wrong with it, by field and row
    """

    path: str
    text: str
    faults: Faults


class AppForm(NamedTuple):
    """A form that is opened.

    draft      what stands in it
    before     what stood in it when nothing was written yet
    fixed      why the app's name cannot be changed, "" where it can: a new app
    written    what would come of a draft: at once
    doubts     what is odd about a draft, and may be meant, by field and row: that takes a look at the disk
    left       is told what was written and not saved, None for nothing, when the form is left
    save       keeps a draft; what is wrong all the same, by field and row; None where it is kept
    suggested  what there is to choose from, by field
    """

    draft: Draft
    before: Draft
    fixed: str
    written: Callable[[Draft], Written]
    doubts: Callable[[Draft], Awaitable[Faults]]
    left: Callable[[Draft | None], None]
    save: Callable[[Draft], Awaitable[Faults | None]]
    suggested: Callable[[], Awaitable[Mapping[str, Sequence[str]]]]


class FieldInput(StillInput):
    """The line that is written; `take` does keys that are not for it, before the next one is looked at."""

    def __init__(self, take: Callable[[str], bool]) -> None:
        super().__init__(id="written", compact=True, select_on_focus=False)
        self._take = take

    def on_key(self, event: events.Key) -> None:
        if self._take(event.key):
            event.stop()
            event.prevent_default()


class AppFormScreen(ClosingScreen[str], inherit_bindings=False):
    """Its answer is the name of the app that was kept, None where none was.

    What is written goes to the row of the cursor; up and down move it, Ctrl+S keeps everything.
    """

    DEFAULT_CSS = f"""
    AppFormScreen Vertical {{ height: 100%; }}
    AppFormScreen Horizontal {{ height: 1fr; }}
    AppFormScreen FormList {{ width: 3fr; }}
    AppFormScreen TextView {{ width: 2fr; }}
    AppFormScreen #details {{ height: {DETAILS}; }}
    AppFormScreen StillInput {{ height: 1; border: none; padding: 0 1; }}
    AppFormScreen #keys {{ height: 1; dock: bottom; }}
    """
    AUTO_FOCUS = "#written"

    def __init__(self, form: AppForm) -> None:
        super().__init__()
        self._form = form
        self._before = _filled(form.before)
        self._list = FormList(form.draft)
        self._toml = TextView(id="toml")
        self._input = FieldInput(self._take)
        self._details = Lines(self._draw_details, id="details")  # drawn by tasks too, which may outlive it
        self._suggestions: dict[str, Sequence[str]] = dict(STANDING)
        self._offered: list[str] = []
        self._at = (NAME, 0)
        self._page = 0
        self._saving = False
        self._refused: Faults = {}

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            with Horizontal():
                yield self._list
                yield self._toml
            yield self._details
            yield self._input
        yield Bar(self._draw_footer, id="keys")

    def on_mount(self) -> None:
        self._arrange()
        self._check()
        self.run_worker(self._read_suggestions(), group="suggestions")
        if self._form.fixed:
            self._list.move_to(1)
        self._take_row()

    async def _read_suggestions(self) -> None:
        self._suggestions |= await self._form.suggested()
        self._offer()

    # What is drawn

    def _arrange(self) -> None:
        roomy = self.app.size.width >= ROOMY
        self._list.display = roomy or not self._page
        self._toml.display = roomy or bool(self._page)

    def on_resize(self) -> None:
        self._arrange()

    def _draw_details(self, width: int) -> list[Line]:
        return detail_lines(
            self._list.field,
            self._list.faults.get(self._list.place, ""),
            self._offered,
            width,
            fixed=self._fixed,
            doubt=self._list.doubts.get(self._list.place, ""),
        )

    @property
    def _fixed(self) -> str:
        """Why the field under the cursor cannot be changed."""
        return self._form.fixed if self._list.place[0] == NAME else ""

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("Ctrl+S", "save"), ("↑ ↓", "field"), ("PgUp PgDn", "group")]
        if self.app.size.width < ROOMY:
            keys.insert(2, ("Tab", "the form" if self._page else "the file"))
        return footer_line(width, [*keys, ("Ctrl+N", "suggestion"), ("Ctrl+X", "empty"), ("F5", "anew")])

    @property
    def _called(self) -> str:
        return "".join(self._list.draft.get(NAME, [""])[:1]).strip()

    @property
    def is_changed(self) -> bool:
        return _filled(self._list.draft) != self._before

    def _check(self) -> None:
        """Say what is wrong now, and show what would be written."""
        written = self._form.written(self._list.draft)
        self._list.faults = {**self._refused, **written.faults}
        self._list.say(
            heading(self._called, self._list.faults, new=not self._form.fixed, changed=self.is_changed)
        )
        self._list.refresh_body()
        top = self._toml.top
        self._toml.set_title(safe("/".join(written.path.split("/")[-2:])))
        self._toml.show(toml_lines(written.text))
        self._toml.scroll_to_line(top)
        self._details.refresh()
        # The coroutine is made once it begins: one that is overtaken before would never be awaited.
        self._doubting: Worker[None] = self.run_worker(self._doubt, group="doubts", exclusive=True)

    async def _doubt(self) -> None:
        self._list.doubts = await self._form.doubts(self._list.draft)
        self._list.refresh_body()
        self._details.refresh()

    def _offer(self) -> None:
        place = self._list.place
        text = self._list.text_of(*place)
        self._offered = [] if self._fixed else matching(self._suggestions, place[0], text)
        self._details.refresh()

    # Writing

    def _take_row(self) -> None:
        """The row of the cursor is what is written now."""
        self._at = self._list.place
        with self.prevent(Input.Changed):
            self._input.value = self._list.text_of(*self._at)
        self._input.cursor_position = len(self._input.value)
        self._input.disabled = bool(self._fixed)
        if not self._fixed:
            self._input.focus()
        self._offer()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value == self._input.value:  # else it is told late, and of another row
            self._write(event.value)

    def _write_now(self) -> None:
        """What was typed belongs to its row, told or not: what leaves that may come first."""
        self._write(self._input.value)

    def _write(self, text: str) -> None:
        id, row = self._at
        if self._list.text_of(id, row) == text or (self._form.fixed and id == NAME):
            return
        self._refused.pop(self._at, None)
        if self._list.put(id, row, text):
            self._list.read()
        self._check()
        self._offer()

    def _suggest(self) -> None:
        """Put in the next of what is offered."""
        if self._offered:
            every = self._suggestions.get(self._list.place[0], ())
            now = self._input.value.strip()
            following = every[(every.index(now) + 1) % len(every)] if now in every else self._offered[0]
            self._input.value = following
            self._input.cursor_position = len(following)
        else:
            said = f"nothing to suggest for {self._list.place[0]}"
            self.notify(said, markup=False, timeout=3)

    def _move(self, move: Callable[[], None]) -> None:
        move()
        cursor = self._list.place
        self._list.tidy()
        self._list.read()
        self._list.go_to(*cursor)
        self._take_row()

    # Keys

    def on_key(self, event: events.Key) -> None:
        if self._take(event.key):  # where nothing can be written
            event.stop()
            event.prevent_default()

    def _take(self, key: str) -> bool:
        """Do what a key stands for; False where it is for the line that is written."""
        rows = self._list
        self._write_now()
        if self._page and self.app.size.width < ROOMY and self._toml.take(key):
            return True
        match key:
            case "escape":
                self._leave()
            case "ctrl+s" | "f2":
                self._save()
            case "f5":
                self._begin_anew()
            case "tab" | "shift+tab":
                self._page = 1 - self._page
                self._arrange()
                self.query_one("#keys", Bar).update()
            case "down" | "enter":
                self._move(lambda: rows.move(1))
            case "up":
                self._move(lambda: rows.move(-1))
            case "pagedown":
                self._move(lambda: rows.go_to_group(1))
            case "pageup":
                self._move(lambda: rows.go_to_group(-1))
            case "ctrl+n":
                self._suggest()
            case "ctrl+x":
                self._input.value = ""
            case _:
                return False
        return True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._write_now()
        self._move(lambda: self._list.move(1))

    def on_list_view_highlighted(self, _: ListView.Highlighted) -> None:
        if self._at != self._list.place:
            self._write_now()
            self._take_row()
        self._details.refresh()

    # Leaving

    def _leave(self) -> None:
        self._form.left(self._list.draft if self.is_changed else None)
        self.dismiss()

    def _begin_anew(self) -> None:
        """What stands in the file again, or nothing."""
        self._list.draft = {id: [*rows] for id, rows in self._before.items()}
        self._refused = {}
        self._list.read()
        self._list.move_to(1 if self._form.fixed else 0)
        self._check()
        self._take_row()

    def _save(self) -> None:
        if self._saving:
            return
        if self._list.faults:
            self._show_fault()
            return
        self._saving = True
        self.run_worker(self._saved(), group="save")

    def _show_fault(self) -> None:
        """Go to the first thing that is wrong, and say it."""
        place = min(self._list.faults, key=lambda one: self._list.number_of(*one))
        said = f"{place[0]}: {self._list.faults[place]}"
        self.notify(safe(said), title="Not saved", severity="warning", markup=False)
        self._page = 0
        self._arrange()
        self._move(lambda: self._list.go_to(*place))

    async def _saved(self) -> None:
        try:
            faults = await self._form.save(self._list.draft)
        finally:
            self._saving = False
        if faults is None:
            self._form.left(None)
            self.dismiss(self._called)
            return
        self._refused = faults
        self._check()
        if faults:
            self._show_fault()


def _filled(draft: Draft) -> dict[str, list[str]]:
    """What stands in a form, to be compared."""
    kept = {id: [text for text in rows if text.strip()] for id, rows in draft.items()}
    return {id: rows for id, rows in kept.items() if rows}
