"""From a command to the one controller that carries it out, if it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.controllers.desk import Controller, Handler
    from tui.controllers.stage import Stage


class Dispatch:
    """Does commands, or says why not. Whoever chooses one comes here: keys, footer, palette and menus."""

    def __init__(self, stage: Stage, keymap: Keymap, controllers: Sequence[Controller]) -> None:
        self._stage = stage
        self._keymap = keymap
        self._handlers: dict[Command, Handler] = {}
        for controller in controllers:
            for command, handler in controller.handlers().items():
                assert command not in self._handlers, f"{command.id} is carried out twice"
                self._handlers[command] = handler
        assert self._handlers.keys() == {*TABLE}, "every command is carried out"

    def choose(self, command: Command, situation: Situation) -> None:
        """Do a command where it may be done now."""
        if reason := self._keymap.unavailable(command, situation):
            said = f"{command.title}: {reason}"
            self._stage.say(said, severity="warning", timeout=4)
            return
        if command.keeps_keys:
            self._stage.app.hold_input()
        self._handlers[command](situation)
