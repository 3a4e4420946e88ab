"""Commands of the log; most of them serve an operation's output too."""

from __future__ import annotations

from tui.commands.command import Command, Scope, Situation
from tui.commands.container_actions import none


def _hidden(situation: Situation) -> str:
    """Why nothing is done to a log that an operation stands in the place of."""
    return "an operation stands in the place of the log; <container.log> shows one" if situation.shown else ""


def _none_open(situation: Situation) -> str:
    return _hidden(situation) or ("" if situation.containers else none(situation))


LOG_DOWN = Command("log.down", "One line down", ("j", "down"), Scope.OUTPUTS)
LOG_UP = Command("log.up", "One line up; following pauses", ("k", "up"), Scope.OUTPUTS)
LOG_PAGE_DOWN = Command("log.page_down", "One page down", ("pagedown", "ctrl+f"), Scope.OUTPUTS)
LOG_PAGE_UP = Command("log.page_up", "One page up", ("pageup", "ctrl+b"), Scope.OUTPUTS)
LOG_FIRST = Command("log.first", "To the oldest line", ("g", "home"), Scope.OUTPUTS)
LOG_LAST = Command("log.last", "To the newest line, and follow", ("G", "end"), Scope.OUTPUTS)
LOG_LEFT = Command("log.left", "Scroll left", ("left",), Scope.OUTPUTS)
LOG_RIGHT = Command("log.right", "Scroll right", ("right",), Scope.OUTPUTS)
LOG_FOLLOW = Command("log.follow", "Follow, or pause", ("f",), Scope.OUTPUTS, footer="follow")
LOG_WRAP = Command(
    "log.wrap", "Wrap long lines, or cut them", ("w",), Scope.LOG, why_not=_hidden, footer="wrap"
)
LOG_TIMESTAMPS = Command(
    "log.timestamps", "Show or hide timestamps", ("t",), Scope.LOG, why_not=_hidden, footer="times"
)
LOG_SEARCH = Command("log.search", "Search", ("slash",), Scope.OUTPUTS, footer="search")
LOG_NEXT = Command("log.next", "To the next match", ("n",), Scope.OUTPUTS)
LOG_PREVIOUS = Command("log.previous", "To the match before", ("N",), Scope.OUTPUTS)
LOG_SAVE = Command(
    "log.save",
    "Save what is shown to a file",
    ("greater_than_sign",),
    Scope.OUTPUTS,
    footer="save",
    opens=True,
)
LOG_FILTER = Command(
    "log.filter",
    "Show the lines alone that match, !text those that do not",
    ("ampersand",),
    Scope.LOG,
    why_not=_hidden,
)
LOG_RANGE = Command(
    "log.range", "Show a time: since, or since..until", ("at",), Scope.LOG, why_not=_none_open
)
LOG_FIELDS = Command(
    "log.fields", "Show JSON lines as fields, or as they came", ("m",), Scope.LOG, why_not=_hidden
)
LOG_COPY = Command(
    "log.copy",
    "Copy the line that was searched, else those on the screen",
    ("y",),
    Scope.LOG,
    why_not=_hidden,
    footer="copy",
)

LOG = (
    LOG_DOWN, LOG_UP, LOG_PAGE_DOWN, LOG_PAGE_UP, LOG_FIRST, LOG_LAST, LOG_LEFT, LOG_RIGHT, LOG_FOLLOW,
    LOG_WRAP, LOG_TIMESTAMPS, LOG_FIELDS, LOG_SEARCH, LOG_NEXT, LOG_PREVIOUS, LOG_FILTER, LOG_RANGE, LOG_SAVE,
    LOG_COPY,
)  # fmt: skip
