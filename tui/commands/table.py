"""Every command, once."""

from __future__ import annotations

from tui.commands.apps import APPS, OPERATION
from tui.commands.command import Command, Scope
from tui.commands.containers import CONTAINERS
from tui.commands.images import IMAGES, TAGS
from tui.commands.log import LOG
from tui.commands.releases import APP_MENU, RELEASES
from tui.commands.view import APP, HELP, LISTS, PANES

TABLE: tuple[Command, ...] = (
    HELP, *CONTAINERS, *IMAGES, *TAGS, *OPERATION, *LOG, *RELEASES, *APPS, *APP_MENU, *LISTS, *PANES, *APP,
)  # fmt: skip

BY_ID = {command.id: command for command in TABLE}

LIST_SCOPES = (Scope.APPS, Scope.IMAGES, Scope.TAGS, Scope.CONTAINERS)
OUTPUT_SCOPES = (Scope.LOG, Scope.OPERATION)


def belongs(command: Command, pane: Scope) -> bool:
    """Whether a command is of the pane that has the focus."""
    wider = Scope.LISTS if pane in LIST_SCOPES else Scope.OUTPUTS
    return command.scope in (Scope.ANYWHERE, wider, pane)


def applies(command: Command, pane: Scope) -> bool:
    """Whether its keys work there: those of a container in its log too."""
    return belongs(command, pane) or command.also is pane


def menu_with(command: Command) -> Command | None:
    """The command that opens the menu in which a command is, None where it is in none."""
    if not command.menu:
        return None
    pane = Scope.APPS if command.of_app else command.scope
    return BY_ID.get(f"{pane.value.removesuffix('s')}.menu")


def menu_of(pane: Scope) -> tuple[Command, ...]:
    """The commands in the X menu of a pane; in that of the apps also what can be done with one anywhere."""
    menu = next((command for command in TABLE if command.also is pane and command.id.endswith(".menu")), None)
    whose = pane if menu is None else menu.scope

    def offered(command: Command) -> bool:
        return command.scope is whose or (whose is Scope.APPS and command.of_app)

    return tuple(command for command in TABLE if command.menu and offered(command))
