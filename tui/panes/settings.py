"""The list of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.presentation import settings as rows
from tui.settings.schema import SETTINGS
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.presentation.settings import Place
    from tui.presentation.style import Span
    from tui.settings.schema import Setting, Settings


class SettingsList(ListView):
    """In the order of the table. places: where a setting is written by hand, by its ID."""

    COLUMNS = rows.COLUMNS

    def __init__(self, settings: Settings, places: Mapping[str, Place]) -> None:
        self.settings = settings
        self.places = places
        self._known = {one.id: one for one in SETTINGS}
        self._order = {one.id: number for number, one in enumerate(SETTINGS)}
        super().__init__(id="settings")

    def on_mount(self) -> None:
        self.filling = False
        self.reload()
        self.move_to(0)

    def take(self, settings: Settings, places: Mapping[str, Place]) -> None:
        """The settings are others now."""
        self.settings, self.places = settings, places
        self.reload()

    @property
    def under_cursor(self) -> Setting | None:
        return self._known.get(self.cursor or "")

    def cell(self, key: str, column: str) -> Span:
        return rows.cell(column, self._known[key], self.settings, self.places.get(key))

    def sort_key(self, key: str) -> Any:
        return self._order[key]

    def matches(self, key: str) -> bool:
        setting = self._known[key]
        return any(self.filter_text in word.lower() for word in (key, setting.title, setting.about))

    def all_keys(self) -> Iterable[str]:
        return self._known

    def describe(self) -> None:
        shown = f" · /{self.filter_text}" if self.filter_text else ""
        self.set_title(f"Settings  {len(self.ordering)}{shown}", "", state=True)
