"""The letters of a menu. Pure."""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.commands.command import Command


def letters(offered: Sequence[Command], wanted: Mapping[str, str]) -> dict[str, Command]:
    """Each command by one letter, in their order: the wanted one, else its own in the table.

    One whose own is taken has it as a capital, else one of its title that none has: no letter does here what
    it does not do in the list.
    """
    given: dict[str, str] = {}
    for command in offered:
        if (letter := wanted.get(command.id, "")) and letter not in given.values():
            given[command.id] = letter
    rest = [command for command in offered if command.id not in given]
    own = {command.menu for command in offered}
    for command in rest:
        if command.menu not in given.values():
            given[command.id] = command.menu
    for command in rest:
        if command.id not in given:
            free = f"{command.menu.upper()}{command.title}{ascii_letters}"
            taken = own.union(given.values())
            given[command.id] = next(one for one in free if one.isalpha() and one not in taken)
    return {given[command.id]: command for command in offered}
