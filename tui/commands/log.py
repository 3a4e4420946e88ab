"""Commands of the log."""

from __future__ import annotations

from tui.commands.command import Command, Scope

LOG = (
    Command("log.down", "One line down", ("j", "down"), Scope.LOG),
    Command("log.up", "One line up; following pauses", ("k", "up"), Scope.LOG),
    Command("log.page_down", "One page down", ("pagedown", "ctrl+f"), Scope.LOG),
    Command("log.page_up", "One page up", ("pageup", "ctrl+b"), Scope.LOG),
    Command("log.first", "To the oldest line", ("g", "home"), Scope.LOG),
    Command("log.last", "To the newest line, and follow", ("G", "end"), Scope.LOG),
    Command("log.left", "Scroll left", ("left",), Scope.LOG),
    Command("log.right", "Scroll right", ("right",), Scope.LOG),
    Command("log.follow", "Follow, or pause", ("f",), Scope.LOG, footer="follow"),
    Command("log.wrap", "Wrap long lines, or cut them", ("w",), Scope.LOG, footer="wrap"),
    Command("log.timestamps", "Show or hide timestamps", ("t",), Scope.LOG, footer="times"),
    Command("log.search", "Search the log", ("slash",), Scope.LOG, footer="search"),
    Command("log.next", "To the next match", ("n",), Scope.LOG),
    Command("log.previous", "To the match before", ("N",), Scope.LOG),
    Command("log.save", "Save the log to a file", ("greater_than_sign",), Scope.LOG, footer="save"),
)
