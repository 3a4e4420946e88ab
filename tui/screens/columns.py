"""The columns of a list: which, in what order, how wide; the list shows it while one chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.presentation.table import with_width
from tui.screens.dialogs import Dialog
from tui.settings.columns import WIDEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

KEYS = """Space: shown or not   J K: its place   + -: its width, 0: as designed
Enter keeps it   Backspace: all as designed   Esc cancels"""


class ColumnsDialog(Dialog[tuple[str, ...]]):
    """Its answer is what [columns] says then, () for all as designed.

    titles   of each column, by its name, in the order of the list
    wanted   what holds now; widths: how wide each is at this moment
    moved    shows a choice
    """

    def __init__(
        self,
        title: str,
        titles: Mapping[str, str],
        wanted: Sequence[str],
        widths: Mapping[str, int],
        moved: Callable[[tuple[str, ...]], None],
    ) -> None:
        super().__init__()
        self._heading = title
        self._titles = titles
        self._widths = widths
        self._moved = moved
        chosen = {word.partition(":")[0]: word.partition(":")[2] for word in wanted}
        shown = [name for name in (chosen or widths) if name in titles]
        self._order = [*shown, *(name for name in titles if name not in shown)]
        self._shown = set(shown)
        self._fixed = {name: int(width) for name, width in chosen.items() if width}

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is chosen, as [columns] says it."""
        return tuple(
            with_width(name, self._fixed.get(name, 0)) for name in self._order if name in self._shown
        )

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Text(self._heading), classes="title")
            yield OptionList(*self._options())
            yield Static(Text(KEYS), classes="quiet")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.styles.max_height = max(min(20, self.app.size.height * 9 // 10 - 8), 1)
        options.focus()
        options.highlighted = 0

    def _options(self) -> list[Option]:
        return [Option(Text(self._words(name)), id=name) for name in self._order]

    def _words(self, name: str) -> str:
        mark = "x" if name in self._shown else " "
        width = self._fixed.get(name)
        return f" [{mark}] {self._titles[name] or name:<12} {f'{width} cells' if width else ''}".rstrip()

    def _changed(self, name: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.highlighted = self._order.index(name)
        self._moved(self.wanted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.wanted)

    def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        name = self._order[at]
        match event.character if event.is_printable else event.key:
            case " ":
                self._mark(name)
            case "J" | "K" as key:
                to = at + (1 if key == "J" else -1)
                if 0 <= to < len(self._order):
                    self._order.insert(to, self._order.pop(at))
                    self._changed(name)
            case "+" | "-" as key:
                width = self._fixed.get(name) or self._widths.get(name, len(name))
                self._fixed[name] = max(1, min(WIDEST, width + (1 if key == "+" else -1)))
                self._changed(name)
            case "0":
                self._fixed.pop(name, None)
                self._changed(name)
            case "backspace":
                self.dismiss(())
            case "j":
                options.action_cursor_down()
            case "k":
                options.action_cursor_up()
            case "q":
                self.dismiss(None)
            case _:
                return
        event.stop()
        event.prevent_default()

    def _mark(self, name: str) -> None:
        if self._shown == {name}:
            self.notify("a list has one column at least", markup=False, timeout=3)
            return
        self._shown ^= {name}
        self._changed(name)
