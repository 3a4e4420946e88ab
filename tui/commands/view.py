"""Commands that look and move: they change nothing outside the screen."""

from __future__ import annotations

from tui.commands.command import Command, Scope, Situation
from tui.commands.containers import none


def _copy(situation: Situation) -> str:
    return none(situation) if situation.pane is Scope.LOG and not situation.containers else ""


HELP = Command("app.help", "Help: the keys where you are", ("question_mark", "f1"), footer="help")
"""First in the footer, so that it is there however small the screen."""

APP = (
    Command("app.palette", "Find a command by name", ("colon", "ctrl+p"), footer="palette"),
    Command("app.back", "Clear marks or the filter, or go back", ("escape",)),
    Command("app.leave", "Clear the filter, go back, or quit", ("q",), footer="quit"),
    Command("app.quit", "Quit at once", ("ctrl+c", "ctrl+q")),
    Command("app.suspend", "Suspend: back to the shell, fg comes back", ("ctrl+z",)),
    Command("app.theme", "Choose a theme", ("comma",), footer="themes"),
    Command("app.reload", "Read the configuration again", ("ctrl+r",)),
    Command("app.retry", "Try the engine again now", ()),
)

PANES = (
    Command("pane.apps", "Go to the apps", ("1",)),
    Command("pane.images", "Go to the images", ("2",)),
    Command("pane.tags", "Go to the tags", ("3",)),
    Command("pane.containers", "Go to the containers", ("4",)),
    Command("pane.log", "Go to the log or operation", ("5",)),
    Command("pane.next", "Go to the next pane", ("tab",)),
    Command("pane.previous", "Go to the pane before", ("shift+tab",)),
    Command("pane.zoom", "Give the pane the whole screen, or take it back", ("z",), footer="zoom"),
)

LISTS = (
    Command("list.down", "One row down", ("j", "down"), Scope.LISTS),
    Command("list.up", "One row up", ("k", "up"), Scope.LISTS),
    Command("list.page_down", "One page down", ("pagedown", "ctrl+f"), Scope.LISTS),
    Command("list.page_up", "One page up", ("pageup", "ctrl+b"), Scope.LISTS),
    Command("list.first", "To the first row", ("g", "home"), Scope.LISTS),
    Command("list.last", "To the last row", ("end",), Scope.LISTS),
    Command("list.filter", "Filter the list", ("slash",), Scope.LISTS, footer="filter"),
    Command("list.sort", "Sort by the next column", ("o",), Scope.LISTS, footer="sort"),
    Command("list.mark", "Mark the row, or take the mark off", ("space",), Scope.LISTS, footer="mark"),
    Command("list.mark_all", "Mark all rows, or none", ("asterisk",), Scope.LISTS),
    Command("list.open", "Open what the row stands for", ("enter",), Scope.LISTS),
    Command(
        "list.copy", "Copy the ID, digest or reference", ("y",), Scope.LISTS,
        why_not=_copy, footer="copy", also=Scope.LOG,
    ),
)  # fmt: skip

HINTS = {
    "s": "s is bound to nothing: <container.menu> in the containers opens start, stop and restart",
    "d": "d is bound to nothing: <container.menu> in the containers opens remove, "
    "<image.menu> in the images, <tag.menu> in the tags",
    "r": "r is bound to nothing: <container.menu> in the containers opens restart; "
    "the lists are live and need no refresh",
}
"""Keys that other tools have taught fingers; here they do no harm and say where the action is."""
