"""Commands that look and move: they change nothing outside the screen."""

from __future__ import annotations

from tui.commands.command import LIST_PANES, Command, Scope, Situation
from tui.commands.container_actions import none


def _command(situation: Situation) -> str:
    if situation.pane is Scope.LOG:
        return "" if situation.containers else none(situation)
    shown = (
        situation.containers or situation.images or situation.tags or situation.volumes or situation.networks
    )
    if shown or situation.apps or situation.pane is Scope.EVENTS:
        return ""
    return "nothing is selected"


VIEW_HELP = Command("view.help", "Help: the keys where you are", ("question_mark", "f1"), footer="help")
"""First in the footer, so that it is there however small the screen."""

VIEW_PALETTE = Command("view.palette", "Find a command by name", ("colon", "ctrl+p"), footer="palette")
VIEW_BACK = Command("view.back", "Clear marks or the filter, or go back", ("escape",))
VIEW_LEAVE = Command("view.leave", "Clear the filter, go back, or quit", ("q",), footer="quit")
VIEW_QUIT = Command("view.quit", "Quit at once", ("ctrl+c", "ctrl+q"))
VIEW_SUSPEND = Command("view.suspend", "Suspend: back to the shell, fg comes back", ("ctrl+z",))
VIEW_SETTINGS = Command(
    "view.settings", "Settings: what holds, who says so", ("comma",), footer="settings", opens=True
)
VIEW_KEYS = Command("view.keys", "Keys: another one for a command", (), opens=True)
VIEW_THEME = Command("view.theme", "Choose a theme", (), opens=True)
VIEW_ENGINES = Command("view.engines", "Engines: how each is, open one", ("c",), footer="engines", opens=True)
VIEW_RELOAD = Command("view.reload", "Read the configuration again", ("ctrl+r",))
VIEW_RETRY = Command("view.retry", "Try the engine again now", ())

VIEW = (
    VIEW_PALETTE, VIEW_BACK, VIEW_LEAVE, VIEW_QUIT, VIEW_SUSPEND, VIEW_SETTINGS, VIEW_KEYS, VIEW_THEME, VIEW_ENGINES, VIEW_RELOAD, VIEW_RETRY,
)  # fmt: skip

GO_TO = {
    pane.value: Command(f"pane.{pane.value}", f"Go to the {pane.value}", (key,))
    for pane, key in LIST_PANES.items()
}
GO_TO[Scope.LOG.value] = Command("pane.log", "Go to the log or operation", ("5",))
"""The command that goes to a pane, by the pane's name."""

PANE_NEXT = Command("pane.next", "Go to the next pane", ("tab",))
PANE_PREVIOUS = Command("pane.previous", "Go to the pane before", ("shift+tab",))
PANE_ZOOM = Command("pane.zoom", "Give the pane the whole screen, or take it back", ("z",), footer="zoom")

PANES = (*GO_TO.values(), PANE_NEXT, PANE_PREVIOUS, PANE_ZOOM)

LIST_DOWN = Command("list.down", "One row down", ("j", "down"), Scope.LISTS)
LIST_UP = Command("list.up", "One row up", ("k", "up"), Scope.LISTS)
LIST_PAGE_DOWN = Command("list.page_down", "One page down", ("pagedown", "ctrl+f"), Scope.LISTS)
LIST_PAGE_UP = Command("list.page_up", "One page up", ("pageup", "ctrl+b"), Scope.LISTS)
LIST_FIRST = Command("list.first", "To the first row", ("g", "home"), Scope.LISTS)
LIST_LAST = Command("list.last", "To the last row", ("end",), Scope.LISTS)
LIST_FILTER = Command("list.filter", "Filter the list", ("slash",), Scope.LISTS, footer="filter")
LIST_SORT = Command("list.sort", "Sort by the next column", ("o",), Scope.LISTS, footer="sort")
LIST_MARK = Command("list.mark", "Mark the row, or take the mark off", ("space",), Scope.LISTS, footer="mark")
LIST_MARK_ALL = Command("list.mark_all", "Mark all rows, or none", ("asterisk",), Scope.LISTS)
LIST_OPEN = Command("list.open", "Open what the row stands for", ("enter",), Scope.LISTS)
LIST_COLUMNS = Command(
    "list.columns",
    "Choose the columns: which, in what order, how wide",
    ("vertical_line",),
    Scope.LISTS,
    opens=True,
)
LIST_COPY = Command("list.copy", "Copy the ID, digest or reference", ("y",), Scope.LISTS, footer="copy")
LIST_COMMAND = Command(
    "list.command",
    "Copy the docker command that shows the same",
    ("Y",),
    Scope.LISTS,
    why_not=_command,
    also=Scope.LOG,
)

LISTS = (
    LIST_DOWN, LIST_UP, LIST_PAGE_DOWN, LIST_PAGE_UP, LIST_FIRST, LIST_LAST, LIST_FILTER, LIST_SORT,
    LIST_MARK, LIST_MARK_ALL, LIST_OPEN, LIST_COLUMNS, LIST_COPY, LIST_COMMAND,
)  # fmt: skip

HINTS = {
    "s": "s is bound to nothing: <container.menu> in the containers opens start, stop and restart",
    "d": "d is bound to nothing: <container.menu> in the containers opens remove, "
    "<image.menu> in the images, <tag.menu> in the tags",
    "r": "r is bound to nothing: <container.menu> in the containers opens restart; "
    "the lists are live and need no refresh",
}
"""Keys that other tools have taught fingers; here they do no harm and say where the action is."""
