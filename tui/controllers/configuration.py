"""The configuration while the dashboard runs: read again, and the theme that is chosen."""

from __future__ import annotations

import asyncio
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tui.commands.view import VIEW_KEYS, VIEW_RELOAD, VIEW_SETTINGS, VIEW_THEME
from tui.errors import HoldfastError
from tui.operations.by_hand.program import run_program
from tui.presentation.settings import Place
from tui.presentation.text import safe
from tui.screens.dialogs import Choice, MenuDialog
from tui.settings.paths import user_config
from tui.settings.save import not_saved, save_choice
from tui.settings.where import line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.settings.schema import Settings
    from tui.theming import ThemeShelf

    _Shown = tuple[Settings, Mapping[str, Place]]

EDITOR = "vi"
"""Where neither VISUAL nor EDITOR says which: POSIX has it everywhere."""

NOT_READ = "Not read"
"""The title of what is said of a configuration in error."""

RELOAD = 5.0
"""Seconds that keys wait at most for the configuration to be read."""


class Configured(Protocol):
    """What looks and works as it is configured."""

    def take(self, settings: Settings) -> None:
        """Go on with other settings."""
        ...

    def keep_former(self) -> None:
        """Go on with those of before: what the configuration says now is in error."""
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
            VIEW_SETTINGS: self._desk.in_task(self._show),
            VIEW_KEYS: lambda _: self._open_keys(),
            VIEW_THEME: lambda _: self._desk.app.run_worker(self._choose_theme()),
        }

    def _reload(self, _: Situation) -> None:
        self._desk.app.hold_input(RELOAD)  # keys are for what stands there then
        self._desk.app.run_worker(self._read())

    async def _read(self) -> None:
        """Take what the configuration says now; where it is in error, say so and go on as before."""
        try:
            if await self.take() is not None:
                self._desk.app.notify("configuration read again", markup=False, timeout=4)
        finally:
            self._desk.app.release_input()

    async def take(self) -> Settings | None:
        """What the configuration says now, taken over; None where it is in error, which is said."""
        app = self._desk.app
        try:
            settings = await asyncio.to_thread(self._load)
        except HoldfastError as error:
            app.notify(safe(str(error)), title=NOT_READ, severity="error", markup=False, timeout=15)
            self._configured.keep_former()
            return None
        app.forget_warnings(NOT_READ)
        self._configured.take(settings)
        return settings

    # The screen of settings

    async def _show(self, _: Situation) -> None:
        from tui.screens.settings import SettingsScreen

        settings = self._desk.session.settings
        self._desk.stage.push(
            SettingsScreen(
                settings,
                await asyncio.to_thread(_places, settings),
                themes=self._shelf.listed(),
                preview=self._configured.use_theme,
                choose=self._keep_shown,
                edit=self._edit,
                keys=self._open_keys,
            )
        )

    async def _keep_shown(self, id: str, value: Any) -> _Shown | None:
        return await self._shown() if await self._saved(id, value) else None

    async def keep(self, id: str, value: Any) -> None:
        """Keep a choice, None for none, and go on with it."""
        if await self._saved(id, value):
            await self.take()

    async def _saved(self, id: str, value: Any) -> bool:
        """Write a choice down: whether that could be."""
        app = self._desk.app
        try:
            said = await asyncio.to_thread(save_choice, id, value)
        except OSError as error:
            app.notify(
                safe(f"the choice could not be saved: {not_saved(error)}"), severity="error", markup=False
            )
            return False
        if said:
            app.notify(safe(said), severity="warning", markup=False)
        return True

    async def _edit(self, place: Place | None) -> _Shown | None:
        """As `edit`, the user's own file where none is named."""
        return await self._shown() if await self.edit(place or Place(user_config())) else None

    async def edit(self, there: Place) -> bool:
        """Have a file edited by the user's own editor, at its line: whether that could be."""
        app = self._desk.app
        if app.cannot_lend:
            app.notify(f"not run here: {app.cannot_lend}", severity="warning", markup=False)
            return False
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or EDITOR
        line = [f"+{there.line}"] if there.line else []
        try:
            await asyncio.to_thread(Path(there.path).parent.mkdir, 0o700, parents=True, exist_ok=True)
            with app.lent_terminal():
                await run_program([*shlex.split(editor), *line, there.path], "leaving the editor comes back")
        except (HoldfastError, OSError, ValueError) as error:
            app.notify(safe(f"{error}: VISUAL or EDITOR names another"), severity="error", markup=False)
            return False
        return True

    async def _shown(self) -> _Shown | None:
        settings = await self.take()
        return (settings, await asyncio.to_thread(_places, settings)) if settings is not None else None

    def _open_keys(self) -> None:
        from tui.screens.keys import KeysScreen

        async def keep(id: str, keys: Sequence[str] | None) -> Settings | None:
            return await self.take() if await self._saved(f"keys.{id}", keys and [*keys]) else None

        self._desk.stage.push(KeysScreen(self._desk.session.settings, self._desk.keymap, keep))

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
                said = safe(f"the choice could not be saved: {not_saved(error)}")
                self._desk.app.notify(said, severity="error", markup=False)


def _places(settings: Settings) -> dict[str, Place]:
    """Where each setting that somebody has written stands. Blocks."""
    found = {**settings.files, **{f"policy.{name}": path for name, path in settings.policy_files.items()}}
    return {id: Place(path, line_of(path, id)) for id, path in found.items()}
