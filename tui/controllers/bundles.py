"""Writing an incident bundle of an app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.apps import APP_BUNDLE
from tui.errors import HoldfastError
from tui.presentation.amounts import size
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler

LONG = 30
"""Seconds for which it is said where the file is: somebody may want to write that down."""


class Bundles:
    """Carries it out; the screen goes on meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        return {APP_BUNDLE: self._desk.in_task(self._write)}

    async def _write(self, situation: Situation) -> None:
        from tui.operations.bundling.apart import bundle_apart

        app, session = situation.apps[0], self._desk.session
        say = self._desk.stage.say
        say(f"writing a bundle of {safe(app.name)} ...", timeout=4)
        try:
            told = await bundle_apart(app, session.ref, session.settings.file)
        except HoldfastError as error:
            say(safe(str(error)), severity="error", timeout=10)
            return
        without = f"; {told.left_out} things are not in it, which its manifest names" if told.left_out else ""
        say(safe(f"{told.path}, {size(told.size)}{without}"), timeout=LONG)
