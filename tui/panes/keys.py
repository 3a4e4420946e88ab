"""The list of commands and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.commands.keymap import spoken
from tui.commands.table import BY_ID
from tui.presentation.table import Column
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.commands.command import Command
    from tui.commands.keymap import Keymap
    from tui.presentation.style import Span
    from tui.settings.schema import Settings


class KeysList(ListView):
    """In the order of the table of commands."""

    COLUMNS = (
        Column("keys", "KEYS", 10, grow=1, most=20),
        Column("title", "DOES", 20, grow=4, most=60),
        Column("scope", "WHERE", 10, rank=2),
        Column("source", "FROM", 12, grow=2, rank=1, end=True),
    )

    def __init__(self, settings: Settings, keymap: Keymap) -> None:
        self.settings = settings
        self._keymap = keymap
        self._order = {id: number for number, id in enumerate(BY_ID)}
        super().__init__(id="keys-of-commands")

    def on_mount(self) -> None:
        self.filling = False
        self.reload()
        self.move_to(0)

    def take(self, settings: Settings) -> None:
        """Other keys are bound now."""
        self.settings = settings
        self.reload()

    @property
    def command(self) -> Command | None:
        """That of the cursor."""
        return BY_ID.get(self.cursor or "")

    def cell(self, key: str, column: str) -> Span:
        command, id = BY_ID[key], f"keys.{key}"
        match column:
            case "keys":
                keys = self._keymap.keys_of(command)
                style = "text" if keys == command.keys else "accent"
                return safe(" ".join(map(spoken, keys))) or "none", style if keys else "muted"
            case "title":
                return command.title, "strong"
            case "scope":
                return command.scope.value, "muted"
            case "source":
                chosen = "chosen here" if id in self.settings.chosen else "default"
                return safe(self.settings.files.get(id, chosen)), "muted"
        raise KeyError(column)

    def sort_key(self, key: str) -> Any:
        return self._order[key]

    def matches(self, key: str) -> bool:
        words = (key, BY_ID[key].title, " ".join(map(spoken, self._keymap.keys_of(BY_ID[key]))))
        return any(self.filter_text in word.lower() for word in words)

    def all_keys(self) -> Iterable[str]:
        return self._order

    def describe(self) -> None:
        shown = f" · /{self.filter_text}" if self.filter_text else ""
        self.set_title(f"Keys  {len(self.ordering)}{shown}", "", state=True)
