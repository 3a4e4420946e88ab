"""What is asked before anything changes on the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Asks, allow
from tui.screens.confirm import ConfirmDialog

if TYPE_CHECKING:
    from tui.commands.command import Command, Situation
    from tui.controllers.stage import Stage
    from tui.screens.confirm import Question
    from tui.sync.session import EngineSession


class Consent:
    """Asks what a command asks on one engine, and where that is protected for the name of what it changes."""

    def __init__(self, stage: Stage, session: EngineSession) -> None:
        self._stage = stage
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
        agreed: bool | None = await self._stage.ask(dialog)
        return bool(agreed)
