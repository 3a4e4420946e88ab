"""Every command, once."""

from __future__ import annotations

from tui.commands.apps import APPS, OPERATION
from tui.commands.command import LIST_SCOPES, RESOURCE_SCOPES, Command, Scope
from tui.commands.containers import CONTAINER_MENU, CONTAINERS
from tui.commands.fleets import FLEETS
from tui.commands.images import IMAGE_MENU, IMAGES, TAG_MENU, TAGS
from tui.commands.log import LOG
from tui.commands.releases import APP_COMMANDS, APP_MENU, RELEASES
from tui.commands.resources import RESOURCES
from tui.commands.view import LISTS, PANES, VIEW, VIEW_HELP

TABLE: tuple[Command, ...] = (
    VIEW_HELP, *CONTAINERS, *IMAGES, *TAGS, *OPERATION, *LOG, *RELEASES, *FLEETS, *APPS, *APP_COMMANDS, *RESOURCES, *LISTS, *PANES, *VIEW,
)  # fmt: skip

BY_ID = {command.id: command for command in TABLE}

FORMER = {
    f"app.{word}": f"view.{word}"
    for word in ("help", "palette", "back", "leave", "quit", "suspend", "theme", "reload", "retry")
}
"""What the program's own commands were called: [keys] of configurations may call them so still."""

MENUS = {menu.scope: menu for menu in (APP_MENU, IMAGE_MENU, TAG_MENU, CONTAINER_MENU)}
"""The command that opens the menu of a pane."""


def belongs(command: Command, pane: Scope) -> bool:
    """Whether a command is of the pane that has the focus."""
    wider = Scope.LISTS if pane in LIST_SCOPES + RESOURCE_SCOPES else Scope.OUTPUTS
    return command.scope in (Scope.ANYWHERE, wider, pane)


def applies(command: Command, pane: Scope) -> bool:
    """Whether its keys work there: those of a container in its log too."""
    return belongs(command, pane) or command.also is pane


def menu_with(command: Command) -> Command | None:
    """The command that opens the menu in which a command is, None where it is in none."""
    if not command.menu:
        return None
    return MENUS.get(Scope.APPS if command.of_app else command.scope)


def menu_of(pane: Scope) -> tuple[Command, ...]:
    """The commands in the X menu of a pane; in that of the apps also what can be done with one anywhere."""
    whose = next((menu.scope for menu in MENUS.values() if menu.also is pane), pane)

    def offered(command: Command) -> bool:
        return command.scope is whose or (whose is Scope.APPS and command.of_app)

    return tuple(command for command in TABLE if command.menu and offered(command))
