"""What is asked before anything changes on the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Asks, allow
from tui.screens.confirm import ConfirmDialog
from tui.screens.dialogs import ask

if TYPE_CHECKING:
    from textual.app import App

    from tui.commands.command import Command, Situation
    from tui.screens.confirm import Question
    from tui.sync.session import EngineSession


class Consent:
    """Asks on behalf of the App what a command asks, and on a protected engine for the name it changes."""

    def __init__(self, app: App[str], session: EngineSession) -> None:
        self._app = app
        self._session = session

    @property
    def needs_time(self) -> bool:
        """Whether it has to be awaited what a command asks."""
        return self._session.can_be_protected

    async def asks(self, command: Command, situation: Situation) -> Asks:
        """What a command asks on this engine."""
        return allow(command, situation, protected=await self._session.protected()).asks

    async def given(self, command: Command, situation: Situation, question: Question, name: str) -> bool:
        """Whether the user agrees; `name` is what has to be typed where the engine is protected."""
        asks = await self.asks(command, situation)
        if asks is Asks.NOTHING:
            return True
        dialog = ConfirmDialog(question, typed=name if asks is Asks.TYPED else "")
        agreed: bool | None = await ask(self._app, dialog)
        return bool(agreed)
