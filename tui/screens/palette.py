"""The palette: every command by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.command import CommandPalette, DiscoveryHit, Hit, Provider

from tui.commands.command import LIST_SCOPES, Scope
from tui.commands.table import TABLE, applies
from tui.screens.main import MainScreen
from tui.widgets.closing import ClosingScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits
    from textual.screen import Screen
    from textual.style import Style

    from tui.commands.command import Command


PLACES = {**{scope: scope.value for scope in LIST_SCOPES}, Scope.LOG: "log", Scope.OUTPUTS: "log"}
"""The pane where a command is that does not apply everywhere."""


class Palette(CommandPalette, ClosingScreen[None]):
    """Textual's palette, closed once however often it is asked to."""


class Commands(Provider):
    """Offers every command: those of the focused pane first, then those of others with their pane's name."""

    def __init__(self, screen: Screen[object], match_style: Style | None = None) -> None:
        super().__init__(screen, match_style)
        self._chosen = False

    def _once(self, act: Callable[[], None]) -> None:
        """Two Enter in one burst choose once."""
        if not self._chosen:
            self._chosen = True
            act()

    def _offered(self) -> Iterator[tuple[Callable[[], None], str, str, str]]:
        """What to do, its title and ID, and a note: the key, why it is unavailable, or where it is."""
        screen = self.screen
        if not isinstance(screen, MainScreen):
            return
        situation = screen.situation()
        for command in TABLE:
            if applies(command, situation.pane):
                key = screen.keymap.hint(command)
                note = screen.keymap.unavailable(command, situation) or (f"key {key}" if key else "")
                yield partial(self._once, partial(screen.perform, command)), command.title, command.id, note
        for command in TABLE:
            if not applies(command, situation.pane) and command.scope in PLACES:
                name = PLACES[command.scope]
                act = partial(_elsewhere, screen, command, name)
                yield partial(self._once, act), command.title, command.id, f"in the {name} pane"

    async def discover(self) -> Hits:
        for act, title, id, note in self._offered():
            yield DiscoveryHit(Text(title), act, text=title, help=_help(id, note))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for act, title, id, note in self._offered():
            if (score := max(matcher.match(title), matcher.match(id))) > 0:
                yield Hit(score, matcher.highlight(title), act, text=title, help=_help(id, note))


def _help(id: str, note: str) -> str:
    """What stands beneath a title: its note, and the name by which [keys] know the command."""
    return f"{note} · {id}" if note else id


def _elsewhere(screen: MainScreen, command: Command, place: str) -> None:
    screen.go(place)
    screen.perform(command)
