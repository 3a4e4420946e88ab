"""Which key does what, where: the table's keys, changed by the configuration's [keys]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.commands.command import LIST_SCOPES, OUTPUT_SCOPES, RESOURCE_SCOPES, Command, Scope
from tui.commands.letters import letters
from tui.commands.table import BY_ID, FORMER, TABLE, applies, menu_of, menu_with
from tui.commands.view import GO_TO, HINTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.commands.command import Situation

PANES = (*LIST_SCOPES, *OUTPUT_SCOPES, *RESOURCE_SCOPES)

_SPOKEN = {
    "question_mark": "?", "colon": ":", "slash": "/", "comma": ",", "asterisk": "*", "vertical_line": "|", "greater_than_sign": ">", "ampersand": "&", "at": "@",
    "space": "Space", "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift+Tab",
    "pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End", "up": "↑", "down": "↓",
    "left": "←", "right": "→",
}  # fmt: skip


_NAMED = re.compile(r"<([a-z]+\.[a-z_]+)>")
"""A command in a sentence: "<app.build> builds one"."""

PALETTE = "the palette"
"""How to do what no key does."""


def spoken(key: str) -> str:
    """A key as people write it: "question_mark" is "?", "ctrl+p" is "Ctrl+P"."""
    if key in _SPOKEN:
        return _SPOKEN[key]
    if key.startswith("ctrl+"):
        return "Ctrl+" + spoken(key[5:]).upper()
    return key if len(key) == 1 else key.upper()


class Clash(NamedTuple):
    """One key that would do two things in one place: the second is unreachable."""

    key: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"[keys] {self.first} and {self.second} are both on {spoken(self.key)}: change one of them"


def _meant(first: Command, command: Command, key: str) -> bool:
    """Whether the table itself gives a key of everywhere another meaning in one pane (G in a log)."""
    narrower = command.scope is Scope.ANYWHERE and first.scope is not Scope.ANYWHERE
    return narrower and key in first.keys and key in command.keys


class Keymap:
    """Keys resolved for each pane.

    `problems` says what the overrides got wrong, in sentences; where two commands clash, the one that stands
    first in the table keeps the key.
    """

    def __init__(self, overrides: Mapping[str, Sequence[str]] | None = None) -> None:
        self.take(overrides or {})

    def take(self, given: Mapping[str, Sequence[str]]) -> None:
        """Go on with other overrides."""
        former = {FORMER[id]: keys for id, keys in given.items() if id in FORMER}
        overrides = {**former, **{id: keys for id, keys in given.items() if id not in FORMER}}
        self.problems: list[str] = [
            f"[keys] {id}: there is no such command; the palette lists them"
            for id in overrides
            if id not in BY_ID
        ]
        self._keys = {command.id: tuple(overrides.get(command.id, command.keys)) for command in TABLE}
        self._found: dict[tuple[Scope, str], Command] = {}
        clashes: dict[Clash, None] = {}
        for pane in PANES:
            for command in TABLE:
                if not applies(command, pane):
                    continue
                for key in self._keys[command.id]:
                    first = self._found.setdefault((pane, key), command)
                    if first is not command and not _meant(first, command, key):
                        clashes[Clash(key, first.id, command.id)] = None
        self.problems += [str(clash) for clash in clashes]

    def find(self, pane: Scope, key: str) -> Command | None:
        """The command of a key in a pane."""
        return self._found.get((pane, key))

    def elsewhere(self, key: str) -> tuple[Command, Scope] | None:
        """What a key does in another pane, and in which; None where it does nothing anywhere."""
        for pane in (Scope.CONTAINERS, *PANES):
            if (command := self.find(pane, key)) is not None:
                return command, pane
        return None

    def unbound(self, key: str, character: str) -> str:
        """What to say of a key that does nothing here, "" where nothing is worth saying."""
        if (found := self.elsewhere(key)) is not None:
            there, place = found
            return f"{spoken(key)} is not bound here: in the {place.value} pane it is: {there.title}"
        if character in HINTS:
            return self.say(HINTS[character])
        if character and character.isprintable():
            return f"{character} is not bound here; {self.say('<view.help> shows the keys')}"
        return ""

    def is_everywhere(self, key: str, command: Command) -> bool:
        """Whether a key does a command wherever one is, in dialogs too: what no letter and no editing means."""
        function_key = key[:1] == "f" and key[1:].isdecimal()
        return key in self._keys[command.id] and ("+" in key or function_key)

    def keys_of(self, command: Command) -> tuple[str, ...]:
        """The keys of a command, in Textual's names."""
        return self._keys[command.id]

    def has_key(self, command: Command, pane: Scope) -> bool:
        """Whether its first key does it in a pane."""
        keys = self._keys[command.id]
        return bool(keys) and self.find(pane, keys[0]) is command

    def say(self, sentence: str) -> str:
        """The sentence, with the keys of the commands that it names as `<app.build>`."""
        if "<" not in sentence:
            return sentence
        return _NAMED.sub(lambda found: self._named(found[1]) or found[0], sentence)

    def _named(self, id: str) -> str:
        """How a command is done: by its key, by that of its menu and a letter, or in the palette."""
        command = BY_ID.get(id)
        if command is None:
            return ""
        if key := self._working(command):
            return key
        menu = menu_with(command)
        key = self._working(menu) if menu is not None else ""
        return f"{key} {self.letter(command)}" if key else PALETTE

    def menu(self, pane: Scope) -> dict[str, Command]:
        """What the menu of a pane offers, by letter: that of a key which fingers have for it, else its own."""
        offered = menu_of(pane)
        wanted = {
            one: next((k for k in self._keys[one.id] if len(k) == 1 and k not in one.keys), "")
            for one in offered
        }
        return letters(offered, wanted)

    def letter(self, command: Command) -> str:
        """Its letter in the menu that it is in."""
        menu = menu_with(command)
        found = self.menu(menu.scope if menu is not None else command.scope)
        return next((letter for letter, one in found.items() if one is command), command.menu)

    def _working(self, command: Command) -> str:
        """Its first key that does it everywhere where it applies, else one that does it somewhere."""
        panes = [pane for pane in PANES if applies(command, pane)]
        for enough in (all, any):
            for key in self._keys[command.id]:
                if enough(self.find(pane, key) is command for pane in panes):
                    return spoken(key)
        return ""

    def key_to(self, pane: str) -> str:
        """The key that goes to a pane, "" where none does."""
        return self._working(GO_TO[pane])

    def unavailable(self, command: Command, situation: Situation) -> str:
        """Why a command cannot be done now, or "", with the keys as they are bound."""
        return self.say(command.unavailable(situation))

    def hint(self, command: Command) -> str:
        """Its first key as people write it, "" when it has none."""
        keys = self._keys[command.id]
        return spoken(keys[0]) if keys else ""
