"""What is asked before anything changes on the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Asks, allow
from tui.screens.confirm import IS_PROTECTED, ConfirmDialog
from tui.settings.schema import PROTECTED

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
        return self._session.can_be_protected or self._session.settings.confirm.quick != PROTECTED

    async def asks(self, command: Command, situation: Situation) -> Asks:
        """What a command asks on this engine."""
        confirm = self._session.settings.confirm
        rules = {Asks.NOTHING: confirm.quick, Asks.CONFIRM: confirm.changes, Asks.PLAN: confirm.plans}
        protected = await self._session.protected()
        return allow(command, situation, protected=protected, rule=rules.get(command.asks, "")).asks

    async def why_typed(self) -> str:
        """Why a name has to be typed here."""
        return IS_PROTECTED if await self._session.protected() else "Your settings want to be sure"

    async def given(self, command: Command, situation: Situation, question: Question, name: str) -> bool:
        """Whether the user agrees; `name` is what has to be typed where the engine is protected."""
        asks = await self.asks(command, situation)
        if asks is Asks.NOTHING:
            return True
        why = await self.why_typed()
        dialog = ConfirmDialog(question, typed=name if asks is Asks.TYPED else "", why=why)
        agreed: bool | None = await self._stage.ask(dialog)
        return bool(agreed)
