"""The palette: every command by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Provider
from textual.widgets import Input

from tui.commands.command import LIST_SCOPES, Scope
from tui.commands.finding import fit
from tui.commands.table import TABLE, applies
from tui.screens.main import MainScreen
from tui.widgets.closing import ClosingScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Command as Found
    from textual.command import Hits
    from textual.screen import Screen
    from textual.style import Style

    from tui.commands.command import Command


PLACES = {**{scope: scope.value for scope in LIST_SCOPES}, Scope.LOG: "log", Scope.OUTPUTS: "log"}
"""The pane where a command is that does not apply everywhere."""


class Palette(CommandPalette, ClosingScreen[None]):
    """Textual's palette, closed once however often it is asked to.

    Enter chooses from what was found for all that is typed, never from a list of before.
    """

    _searching = False
    _entered = False

    @on(Input.Changed)
    def _begin(self) -> None:
        self._searching, self._entered = True, False

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        if self._searching:
            event.stop()
            event.prevent_default()
            self._entered = True

    def _refresh_command_list(
        self, command_list: CommandList, commands: list[Found], clear_current: bool
    ) -> None:
        super()._refresh_command_list(command_list, commands, clear_current)
        self._searching = False
        if self._entered:
            self._entered = False
            self._action_command_list("select")


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

    def _offered(self) -> Iterator[tuple[Callable[[], None], Command, str]]:
        """What to do, its command, and a note: the key, why it is unavailable, or where it is."""
        screen = self.screen
        if not isinstance(screen, MainScreen):
            return
        situation = screen.situation()
        for command in TABLE:
            if applies(command, situation.pane):
                key = screen.keymap.hint(command)
                note = screen.keymap.unavailable(command, situation) or (f"key {key}" if key else "")
                yield partial(self._once, partial(screen.perform, command)), command, note
        for command in TABLE:
            if not applies(command, situation.pane) and command.scope in PLACES:
                name = PLACES[command.scope]
                act = partial(_elsewhere, screen, command, name)
                yield partial(self._once, act), command, f"in the {name} pane"

    async def discover(self) -> Hits:
        for act, command, note in self._offered():
            yield DiscoveryHit(Text(command.title), act, text=command.title, help=_help(command.id, note))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        hits = []
        for act, command, note in self._offered():
            title, id = command.title, command.id
            loosely = max(matcher.match(title), matcher.match(id))
            if (score := fit(command, query, loosely=loosely > 0)) > 0:
                among_alike = loosely / (1 + loosely)
                hits.append(
                    Hit(score + among_alike, matcher.highlight(title), act, text=title, help=_help(id, note))
                )
        for hit in sorted(hits, key=lambda hit: hit.score, reverse=True):
            yield hit


def _help(id: str, note: str) -> str:
    """What stands beneath a title: its note, and the name by which [keys] know the command."""
    return f"{note} · {id}" if note else id


def _elsewhere(screen: MainScreen, command: Command, place: str) -> None:
    screen.go(place)
    screen.perform(command)
