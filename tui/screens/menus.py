"""The X menu of a pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Scope
from tui.commands.table import BY_ID, menu_of
from tui.model.digest import short_id
from tui.screens.dialogs import Choice, MenuDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap


def open_menu(
    app: App[str],
    situation: Situation,
    keymap: Keymap,
    choose: Callable[[Command, Situation], None],
) -> None:
    """Offer what can be done with what is selected; what was chosen is available, and given to `choose`."""
    commands = menu_of(situation.pane)
    choices = [Choice(c.id, c.menu, c.title, keymap.unavailable(c, situation)) for c in commands]

    def chosen(id: str | None) -> None:
        if id:
            choose(BY_ID[id], situation)

    app.push_screen(MenuDialog(_title(situation), choices), chosen)


def _title(situation: Situation) -> str:
    """What is selected."""
    names = [container.name for container in situation.containers] or list(situation.tags)
    names = names or [(image.tags or (short_id(image.id),))[0] for image in situation.images]
    if situation.pane in (Scope.APPS, Scope.OPERATION):
        names = [one.name for one in situation.apps]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else situation.pane.value.capitalize()
