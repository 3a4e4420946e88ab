"""The palette: every command by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.command import DiscoveryHit, Hit, Provider

from tui.commands.command import Scope
from tui.commands.table import TABLE, applies
from tui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits

    from tui.commands.command import Command


PLACES = {
    Scope.CONTAINERS: "containers",
    Scope.IMAGES: "images",
    Scope.TAGS: "tags",
    Scope.APPS: "apps",
    Scope.LOG: "log",
    Scope.OUTPUTS: "log",
}
"""The pane where a command is that does not apply everywhere."""


class Commands(Provider):
    """Offers every command: those of the focused pane first, then those of others with their pane's name."""

    def _offered(self) -> Iterator[tuple[Callable[[], None], str, str]]:
        """What to do, its title, and a note: the key, why it is unavailable, or where it is."""
        screen = self.screen
        if not isinstance(screen, MainScreen):
            return
        situation = screen.situation()
        for command in TABLE:
            if applies(command, situation.pane):
                key = screen.keymap.hint(command)
                note = command.unavailable(situation) or (f"key {key}" if key else "")
                yield partial(screen.perform, command), command.title, note
        for command in TABLE:
            if not applies(command, situation.pane) and command.scope in PLACES:
                name = PLACES[command.scope]
                yield partial(_elsewhere, screen, command, name), command.title, f"in the {name} pane"

    async def discover(self) -> Hits:
        for act, title, note in self._offered():
            yield DiscoveryHit(Text(title), act, text=title, help=note)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for act, title, note in self._offered():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), act, text=title, help=note)


def _elsewhere(screen: MainScreen, command: Command, place: str) -> None:
    screen.go(place)
    screen.perform(command)
