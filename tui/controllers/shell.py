"""A shell in a container, in the terminal of the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.containers import CONTAINER_SHELL
from tui.commands.equal import docker_command
from tui.engine.errors import EngineError
from tui.operations.by_hand.shell import shell
from tui.presentation.text import safe
from tui.screens.confirm import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler

BY_HAND = (0, 130)
"""What a shell ends with that was left: 130 where its last command was stopped by Ctrl+C."""


class Shell:
    """Lends it the terminal."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        return {CONTAINER_SHELL: self._desk.in_task(self._open)}

    async def _open(self, situation: Situation) -> None:
        app, container = self._desk.app, situation.containers[0]
        question = Question(
            title=f"Open a shell in {container.name}?",
            subjects=(),
            facts=(self._desk.place,),
            equal=docker_command(CONTAINER_SHELL, [container.name, "sh"]),
            verb="Open",
        )
        if not await self._desk.consent.given(CONTAINER_SHELL, situation, question, container.name):
            return
        if app.cannot_lend:
            self._desk.stage.say(f"no shell: {app.cannot_lend}", severity="warning", timeout=6)
            return
        engine = self._desk.engine()
        if engine is None:
            return
        failed: EngineError | None = None
        code = 0
        with app.lent_terminal():  # an exception that leaves it would leave the dashboard suspended
            print(f"Shell in {safe(container.name)}; exit or Ctrl+D comes back.", flush=True)
            try:
                code = await shell(engine, container.id, 0, 1)
            except EngineError as error:
                failed = error
        if failed is not None:
            self._desk.stage.say(str(failed), severity="error", timeout=8)
        else:
            how = "has ended" if code in BY_HAND else f"ended with {code}"
            self._desk.stage.say(f"the shell in {container.name} {how}", timeout=4)
