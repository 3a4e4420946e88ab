"""Settings as rows: what holds, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.notice import origin
from tui.presentation.lines import clip
from tui.presentation.table import Column
from tui.presentation.text import safe
from tui.settings.schema import value_of

if TYPE_CHECKING:
    from tui.presentation.style import Line, Span
    from tui.settings.schema import Setting, Settings

COLUMNS = (
    Column("setting", "SETTING", 18, grow=1, most=34),
    Column("value", "VALUE", 12, grow=1, most=30),
    Column("source", "FROM", 12, grow=3, rank=1, end=True),
)

DETAILS = 3
"""Lines beneath the list that tell of the setting under the cursor."""


class Place(NamedTuple):
    """Where a setting is written by hand. line: 0 where it was not found."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


def value_words(value: object) -> str:
    """A value as people say it."""
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case "" | ():
            return "none"
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def shown_value(setting: Setting, value: object) -> str:
    """The same on a screen: of an address, whose path may be its secret, no more than where it leads."""
    words = value_words(value)
    if setting.id != "notify.webhook" or not value:
        return words
    return origin(words)


def source_words(setting: Setting, settings: Settings, place: Place | None) -> str:
    """Who says it."""
    if place is not None:
        return str(place)
    return "chosen here" if setting.id in settings.chosen else "default"


def cell(column: str, setting: Setting, settings: Settings, place: Place | None) -> Span:
    """One cell; `place` is where somebody has written it, None where nobody has."""
    match column:
        case "setting":
            return setting.title, "strong"
        case "value":
            value = value_of(settings, setting.id)
            return safe(shown_value(setting, value)), "text" if value == setting.default else "accent"
        case "source":
            return safe(source_words(setting, settings, place)), "muted"
    raise KeyError(column)


def detail_lines(setting: Setting | None, settings: Settings, place: Place | None, cells: int) -> list[Line]:
    """What the setting under the cursor is, what it takes, and what a file has to say: DETAILS lines."""
    lines: list[Line] = []
    if setting is not None:
        lines.append([(f" {setting.id}: {setting.about}", "text")])
        default = f"; {safe(value_words(setting.default))} where nobody says anything"
        lines.append([(f" it takes {setting.rule.allowed}{default}", "muted")])
        if place is not None:
            said = f" what is written by hand has the last word; to edit it there (E): {safe(str(place))}"
            lines.append([(said, "warn")])
        elif setting.by_hand:
            lines.append([(" only a file that somebody writes may say it: edit yours (E)", "muted")])
    lines += [[] for _ in range(DETAILS - len(lines))]
    return [clip(line, cells, "text") for line in lines]
