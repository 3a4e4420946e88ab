"""A screen of its own for the settings: what holds, who says so, and another value at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Vertical

from tui.panes.settings import SettingsList
from tui.presentation.header import footer_line
from tui.presentation.settings import DETAILS, Place, detail_lines, value_words
from tui.screens.dialogs import Choice, MenuDialog, NameDialog
from tui.screens.keyed import KeyedScreen
from tui.settings.schema import value_of
from tui.settings.units import NotAllowed
from tui.widgets.bars import Bar, Lines, TopBar
from tui.widgets.line_input import LineInput
from tui.widgets.list_keys import moved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.presentation.style import Line
    from tui.settings.schema import Setting, Settings
    from tui.widgets.closing import ClosingScreen
    from tui.widgets.list_view import ListView


class SettingsScreen(KeyedScreen[None], inherit_bindings=False):
    """Enter changes, Backspace takes a choice back, `E` opens the file that has the last word.

    themes   name and words of each
    preview  shows a theme while it is looked at
    choose   keeps a value, None for none; the settings then, and where they are written
    edit     opens a file in the user's editor, "" for their own; the same
    keys     opens the keys of the commands
    """

    DEFAULT_CSS = f"""
    SettingsScreen Vertical {{ height: 100%; }}
    SettingsScreen ListView {{ height: 1fr; }}
    SettingsScreen #details {{ height: {DETAILS}; }}
    SettingsScreen #keys {{ height: 1; dock: bottom; }}
    SettingsScreen LineInput {{ dock: bottom; }}
    """
    AUTO_FOCUS = "SettingsList"

    def __init__(
        self,
        settings: Settings,
        places: Mapping[str, Place],
        *,
        themes: Sequence[tuple[str, str]],
        preview: Callable[[str], None],
        choose: Callable[[str, Any], Awaitable[tuple[Settings, Mapping[str, Place]] | None]],
        edit: Callable[[Place | None], Awaitable[tuple[Settings, Mapping[str, Place]] | None]],
        keys: Callable[[], object],
    ) -> None:
        super().__init__()
        self._list = SettingsList(settings, places)
        self._details = Lines(self._draw_details, id="details")  # drawn by tasks too, which may outlive it
        self._themes = themes
        self._preview = preview
        self._keep = choose
        self._edit = edit
        self._keys = keys

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield self._list
            yield self._details
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False

    def _draw_details(self, width: int) -> list[Line]:
        one = self._list.under_cursor
        return detail_lines(one, self._list.settings, self._list.places.get(one.id if one else ""), width)

    def _draw_footer(self, width: int) -> Line:
        keys = [
            ("Esc", "back"),
            ("Enter", "change"),
            ("Backspace", "default"),
            ("E", "edit the file"),
            ("K", "keys"),
        ]
        return footer_line(width, [*keys, ("/", "filter")])

    # Keys

    def take(self, event: events.Key) -> bool:
        rows = self._list
        match event.key:
            case "escape" | "q" | "comma":
                self._back()
            case "enter" | "space":
                self._change()
            case "backspace" | "delete":
                if (one := rows.under_cursor) is not None:
                    self._take_back(one)
            case "E":
                one = rows.under_cursor
                self._do(self._edit(rows.places.get(one.id) if one is not None else None))
            case "K":
                self._keys()
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

    # Changing

    def _may_change(self, setting: Setting) -> bool:
        place = self._list.places.get(setting.id)
        if place is not None:
            self.notify(f"{place} has the last word: edit it there (E)", severity="warning", markup=False)
            return False
        if setting.by_hand:
            said = f"{setting.id} is written by hand, in a file: edit yours (E)"
            self.notify(said, severity="warning", markup=False)
            return False
        return True

    def _take_back(self, setting: Setting) -> None:
        """Forget what was chosen, also where a file overrules it."""
        place = self._list.places.get(setting.id)
        if setting.id in self._list.settings.chosen or self._may_change(setting):
            self._chosen(setting, None)
            if place is not None:
                self.notify(f"the choice is forgotten; {place} has the last word", markup=False)

    def _change(self) -> None:
        setting = self._list.under_cursor
        if setting is None or not self._may_change(setting):
            return
        now = value_of(self._list.settings, setting.id)
        if setting.id == "theme":
            self._choose_theme(setting, now)
        elif setting.rule.choices == (True, False):
            self._chosen(setting, not now)
        elif setting.rule.choices:
            choices = [Choice(str(one), "", value_words(one)) for one in setting.rule.choices]
            self._open(MenuDialog(setting.title, choices, first=str(now)), setting)
        else:
            self._open(
                NameDialog(f"{setting.title}: {setting.about}", _written(now), _refusing(setting)), setting
            )

    def _open(self, dialog: ClosingScreen[str], setting: Setting) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None:
                self._chosen(setting, _read(setting, answer))

        self.app.push_screen(dialog, answered)

    def _choose_theme(self, setting: Setting, now: str) -> None:
        def answered(answer: str | None) -> None:
            self._preview(answer or now)
            if answer is not None:
                self._chosen(setting, answer)

        choices = [Choice(name, "", f"{name:<20}{about}") for name, about in self._themes]
        self.app.push_screen(MenuDialog("Theme", choices, first=now, moved=self._preview), answered)

    def _chosen(self, setting: Setting, value: Any) -> None:
        self._do(self._keep(setting.id, value))

    def _do(self, change: Awaitable[tuple[Settings, Mapping[str, Place]] | None]) -> None:
        self.run_worker(self._changed(change), group="settings")

    async def _changed(self, change: Awaitable[tuple[Settings, Mapping[str, Place]] | None]) -> None:
        if (found := await change) is not None:
            self._list.take(*found)
            self._draw_again()

    def _draw_again(self) -> None:
        self._details.refresh()

    # What the list says

    def on_list_view_highlighted(self, _: ListView.Highlighted) -> None:
        self._draw_again()

    def on_list_view_opened(self, _: ListView.Opened) -> None:
        self._change()

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        self._list.set_filter(message.text)
        if message.final:
            self.query_one("#line").display = False
            self._list.focus()


def _written(value: Any) -> str:
    """A value as somebody would write it in a line."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(setting: Setting, text: str) -> Any:
    """What was written, as the file would have it."""
    return int(text) if text.strip().isdecimal() and isinstance(setting.default, int) else text


def _refusing(setting: Setting) -> Callable[[str], str]:
    def refuse(text: str) -> str:
        try:
            setting.rule.check(_read(setting, text))
        except NotAllowed as why:
            return str(why)
        except ValueError:
            return f"it takes {setting.rule.allowed}"
        return ""

    return refuse
