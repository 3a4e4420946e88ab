"""The palette: every command by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual.command import DiscoveryHit, Hit, Provider

from tui.commands.table import TABLE, applies
from tui.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.command import Hits

    from tui.commands.command import Command


class Commands(Provider):
    """Offers the commands that belong to the focused pane; an unavailable one says why."""

    def _offered(self) -> Iterator[tuple[Command, str, str]]:
        screen = self.screen
        if isinstance(screen, MainScreen):
            situation = screen.situation()
            for command in TABLE:
                if applies(command, situation.pane):
                    reason = command.unavailable(situation)
                    key = screen.keymap.hint(command)
                    yield command, command.title, reason or (f"key {key}" if key else "")

    async def discover(self) -> Hits:
        screen = self.screen
        if isinstance(screen, MainScreen):
            for command, title, note in self._offered():
                yield DiscoveryHit(Text(title), partial(screen.perform, command), text=title, help=note)

    async def search(self, query: str) -> Hits:
        screen = self.screen
        matcher = self.matcher(query)
        if isinstance(screen, MainScreen):
            for command, title, note in self._offered():
                if (score := matcher.match(title)) > 0:
                    yield Hit(
                        score,
                        matcher.highlight(title),
                        partial(screen.perform, command),
                        text=title,
                        help=note,
                    )
