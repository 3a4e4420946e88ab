"""The X menus, the palette and the help: where commands are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Scope
from tui.commands.table import MENUS
from tui.commands.view import VIEW_HELP, VIEW_PALETTE
from tui.model.digest import short_id
from tui.presentation.first_steps import first_steps
from tui.presentation.help import help_lines
from tui.presentation.layout import APPS
from tui.screens.dialogs import Choice, MenuDialog
from tui.screens.reading import ReadingScreen
from tui.screens.situation import situation_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.screens.reading import Page


class Menus:
    """Opens them. `choose` does what was chosen in a menu, where that may still be done."""

    def __init__(self, desk: Desk, choose: Callable[[Command, Situation], None]) -> None:
        self._desk = desk
        self._choose = choose

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            **dict.fromkeys(MENUS.values(), self._open),
            VIEW_PALETTE: self._palette,
            VIEW_HELP: self._help,
        }

    def _open(self, situation: Situation) -> None:
        """Offer what can be done with what is selected: with that, even if the selection is another then."""
        desk = self._desk
        selection = desk.screen.selection()
        offered = desk.keymap.menu(situation.pane)
        commands = {command.id: command for command in offered.values()}
        choices = [
            Choice(one.id, letter, one.title, desk.keymap.unavailable(one, situation))
            for letter, one in offered.items()
        ]

        def chosen(id: str | None) -> None:
            if id:
                now = situation_of(desk.store, selection, read_only=situation.read_only)
                self._choose(commands[id], now)

        desk.stage.push(MenuDialog(_title(situation), choices), chosen)

    def _palette(self, _: Situation) -> None:
        from tui.screens.palette import Commands, Palette

        self._desk.stage.push(Palette(providers=[Commands], placeholder="Type a command"))

    def _help(self, situation: Situation) -> None:
        pages: list[Page] = [("keys", help_lines(self._desk.keymap, situation.pane))]
        if self._desk.session.ref.demo:
            pages.insert(0, ("first steps", first_steps(self._desk.keymap.say)))
        self._desk.stage.push(ReadingScreen("Help", pages))

    def show_first_steps(self) -> None:
        from tui.screens.first_steps import FirstStepsCard

        screen = self._desk.screen
        # It says to choose an app: so the cursor is among them.
        self._desk.stage.push(FirstStepsCard(first_steps(self._desk.keymap.say)), lambda _: screen.go(APPS))


def _title(situation: Situation) -> str:
    """What is selected."""
    if situation.project:
        return f"{situation.project}: {len(situation.containers)} containers"
    names = [container.name for container in situation.containers] or list(situation.tags)
    names = names or [(image.tags or (short_id(image.id),))[0] for image in situation.images]
    if situation.pane in (Scope.APPS, Scope.OPERATION):
        names = [one.name for one in situation.apps]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else situation.pane.value.capitalize()
