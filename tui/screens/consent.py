"""What is asked before anything changes on the engine: the one place that knows whether it is protected."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.operations.where import is_protected
from tui.screens.confirm import ConfirmDialog
from tui.screens.dialogs import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

    from tui.model.policy import EngineSettings
    from tui.screens.confirm import Question


class Consent:
    """Asks on behalf of the App. `engines` is `[engines.NAME]` of the configuration, `url` the engine.

    Every command that changes an engine goes through here, whether it asks anything elsewhere or not: on a
    protected engine the name of what it changes is typed.
    """

    def __init__(self, app: App[str], engines: Mapping[str, EngineSettings], url: str) -> None:
        self._app = app
        self._engines = engines
        self._url = url

    @property
    def can_be_needed(self) -> bool:
        """Whether any engine is protected: else nothing need be awaited before it is begun."""
        return any(engine.protected for engine in self._engines.values())

    async def to_type(self, name: str) -> str:
        """What must be typed before `name` is changed, "" where nothing must be."""
        if not self.can_be_needed:
            return ""
        return name if await asyncio.to_thread(is_protected, self._engines, self._url) else ""

    async def given(self, question: Question, name: str, *, asked: bool = True) -> bool:
        """Whether the user agrees; `asked`: also where the engine is not protected."""
        typed = await self.to_type(name)
        if not typed and not asked:
            return True
        agreed: bool | None = await ask(self._app, ConfirmDialog(question, typed=typed))
        return bool(agreed)
