"""Commands of the log; most of them serve an operation's output too."""

from __future__ import annotations

from tui.commands.command import Command, Scope

LOG = (
    Command("log.down", "One line down", ("j", "down"), Scope.OUTPUTS),
    Command("log.up", "One line up; following pauses", ("k", "up"), Scope.OUTPUTS),
    Command("log.page_down", "One page down", ("pagedown", "ctrl+f"), Scope.OUTPUTS),
    Command("log.page_up", "One page up", ("pageup", "ctrl+b"), Scope.OUTPUTS),
    Command("log.first", "To the oldest line", ("g", "home"), Scope.OUTPUTS),
    Command("log.last", "To the newest line, and follow", ("G", "end"), Scope.OUTPUTS),
    Command("log.left", "Scroll left", ("left",), Scope.OUTPUTS),
    Command("log.right", "Scroll right", ("right",), Scope.OUTPUTS),
    Command("log.follow", "Follow, or pause", ("f",), Scope.OUTPUTS, footer="follow"),
    Command("log.wrap", "Wrap long lines, or cut them", ("w",), Scope.LOG, footer="wrap"),
    Command("log.timestamps", "Show or hide timestamps", ("t",), Scope.LOG, footer="times"),
    Command("log.search", "Search", ("slash",), Scope.OUTPUTS, footer="search"),
    Command("log.next", "To the next match", ("n",), Scope.OUTPUTS),
    Command("log.previous", "To the match before", ("N",), Scope.OUTPUTS),
    Command("log.save", "Save everything to a file", ("greater_than_sign",), Scope.OUTPUTS, footer="save"),
)
