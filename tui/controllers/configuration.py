"""The configuration while the dashboard runs: read again, and the theme that is chosen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from tui.commands.view import VIEW_RELOAD, VIEW_THEME
from tui.errors import HoldfastError
from tui.presentation.text import safe
from tui.screens.dialogs import Choice, MenuDialog
from tui.settings.save import save_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.settings.schema import Settings
    from tui.theming import ThemeShelf

NOT_READ = "Not read"
"""The title of what is said of a configuration in error."""

RELOAD = 5.0
"""Seconds that keys wait at most for the configuration to be read."""


class Configured(Protocol):
    """What looks and works as it is configured."""

    def take(self, settings: Settings) -> None:
        """Go on with other settings."""
        ...

    def use_theme(self, name: str) -> None:
        """Change the theme on the screen."""
        ...


class Configuration:
    """Has it read by `read`, which raises HoldfastError, and gives it to `configured`."""

    def __init__(
        self, desk: Desk, configured: Configured, shelf: ThemeShelf, read: Callable[[], Settings]
    ) -> None:
        self._desk = desk
        self._load = read
        self._configured = configured
        self._shelf = shelf

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            VIEW_RELOAD: self._reload,
            VIEW_THEME: lambda _: self._desk.app.run_worker(self._choose_theme()),
        }

    def _reload(self, _: Situation) -> None:
        self._desk.app.hold_input(RELOAD)  # keys are for what stands there then
        self._desk.app.run_worker(self._read())

    async def _read(self) -> None:
        """Take what the configuration says now; where it is in error, say so and go on as before."""
        app = self._desk.app
        try:
            settings = await asyncio.to_thread(self._load)
        except HoldfastError as error:
            app.notify(safe(str(error)), title=NOT_READ, severity="error", markup=False, timeout=15)
        else:
            app.forget_warnings(NOT_READ)
            app.notify("configuration read again", markup=False, timeout=4)
            self._configured.take(settings)
        finally:
            app.release_input()

    async def _choose_theme(self) -> None:
        before = self._shelf.current.name
        choices = [Choice(name, "", f"{name:<20}{about}") for name, about in self._shelf.listed()]
        use = self._configured.use_theme
        chosen = await self._desk.stage.ask(MenuDialog("Theme", choices, first=before, moved=use))
        use(chosen or before)
        if chosen:
            try:
                await asyncio.to_thread(save_choice, "theme", chosen)
            except OSError as error:
                said = f"the choice could not be saved: {error}"
                self._desk.app.notify(said, severity="error", markup=False)
