"""What a typed name means: a place, then what looks, then what changes something. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.commands.resources import VIEW_EVENTS, VIEW_NETWORKS, VIEW_VOLUMES
from tui.commands.table import BY_ID, MENUS
from tui.commands.view import GO_TO, VIEW_ENGINES, VIEW_HELP, VIEW_SETTINGS, VIEW_THEME

if TYPE_CHECKING:
    from tui.commands.command import Command

NAMES = {
    GO_TO["containers"]: ("containers", "pods", "ps"),
    GO_TO["images"]: ("images",),
    GO_TO["tags"]: ("tags",),
    GO_TO["apps"]: ("apps",),
    GO_TO["log"]: ("log", "logs"),
    VIEW_VOLUMES: ("volumes",),
    VIEW_NETWORKS: ("networks",),
    VIEW_EVENTS: ("events",),
    VIEW_ENGINES: ("engines", "contexts", "ctx"),
    VIEW_SETTINGS: ("settings", "configuration"),
    VIEW_THEME: ("themes", "skins"),
    VIEW_HELP: ("help",),
}
"""Places, by the command that goes there: as they are called here, and in k9s."""

PLACE, BEGUN_PLACE, ID = 10, 9, 8
WORDS, CHANGING_WORDS, MENU_WORDS = 7, 6, 5
BEGUN_WORDS, CHANGING_BEGUN, MENU_BEGUN = 4, 3, 2
LOOSE = 1
"""How well a command fits what was typed, the best first; 0 where it does not."""

_BETWEEN = re.compile(r"[^\w]+|_")


def fit(command: Command, typed: str, *, loosely: bool) -> int:
    """How well it fits; `loosely`: its title or ID has the letters in this order, wherever they stand.

    What changes anything, and the menus of it, are never meant by letters alone, and come after what looks and
    fits as well. An ID is written by nobody who does not mean it.
    """
    query = " ".join(typed.casefold().split())
    if not query:
        return 0
    names = NAMES.get(command, ())
    if query in names:
        return PLACE
    if any(name.startswith(query) for name in names):
        return BEGUN_PLACE
    if BY_ID.get(query) is command:
        return ID
    kind = 2 if command in MENUS.values() else 1 if command.changes else 0
    words = _words(f"{command.title} {command.id}")
    wanted = _words(query)
    if wanted and all(word in words for word in wanted):
        return (WORDS, CHANGING_WORDS, MENU_WORDS)[kind]
    if wanted and all(any(word.startswith(begun) for word in words) for begun in wanted):
        return (BEGUN_WORDS, CHANGING_BEGUN, MENU_BEGUN)[kind]
    return LOOSE if loosely and not kind else 0


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text.casefold()) if word]
