"""The letters of a menu. Pure."""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.commands.command import Command


def letters(offered: Sequence[Command], wanted: Mapping[Command, str]) -> dict[str, Command]:
    """Each command by one letter, in their order: the wanted one, else its own in the table.

    One whose own is taken has it as a capital, else one of its title that none has and none had: fingers find nothing
    else where they look for it.
    """
    given: dict[Command, str] = {}
    for command in offered:
        if (letter := wanted.get(command, "")) and letter not in given.values():
            given[command] = letter
    rest = [command for command in offered if command not in given]
    own = {command.menu for command in offered}
    for command in rest:
        if command.menu not in given.values():
            given[command] = command.menu
    for command in rest:
        if command not in given:
            free = f"{command.menu.upper()}{command.title}{ascii_letters}"
            taken = own.union(given.values())
            given[command] = next(one for one in free if one.isalpha() and one not in taken)
    return {given[command]: command for command in offered}
