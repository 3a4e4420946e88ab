"""Signing and promoting: by which key, of which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.apps import APP_PROMOTE, APP_SIGN
from tui.presentation.text import safe
from tui.screens.dialogs import Choice, MenuDialog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.operations import Operations
    from tui.model.app import AppSpec


class Signing:
    """Carries them out, by operations."""

    def __init__(self, desk: Desk, operations: Operations) -> None:
        self._desk = desk
        self._operations = operations

    def handlers(self) -> Mapping[Command, Handler]:
        in_task = self._desk.in_task
        return {APP_SIGN: in_task(self._sign), APP_PROMOTE: in_task(self._promote)}

    async def _sign(self, situation: Situation) -> None:
        app = situation.apps[0]
        version = selected_version(situation, app)
        request = self._operations.request("sign", app.name, version=version)
        await self._operations.run(APP_SIGN, situation, f"Sign {app.name} {version}".strip(), request)

    async def _promote(self, situation: Situation) -> None:
        """By the only further key, else by the one that is chosen."""
        app, desk = situation.apps[0], self._desk
        version = selected_version(situation, app)
        title = f"Promote {app.name} {version}".strip()
        keys = [*situation.trust.sign_keys] if situation.trust is not None else []
        key: str | None = keys[0]
        if len(keys) > 1:
            choices = [Choice(one, "", safe(one)) for one in keys]
            key = await desk.stage.ask(MenuDialog(f"{title} by which key?", choices))
        if key:
            request = self._operations.request("promote", app.name, version=version, key=key)
            await self._operations.run(APP_PROMOTE, situation, title, request)


def selected_version(situation: Situation, app: AppSpec) -> str:
    """The selected tag where it is the app's, "" for whichever is meant without one."""
    return next(iter(app.tags_of(situation.tags)), "")
