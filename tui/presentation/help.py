"""The help screen and docs/keys.md, both from the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import LIST_SCOPES, RESOURCE_SCOPES, Command, Scope
from tui.commands.keymap import Keymap, spoken
from tui.commands.table import TABLE, belongs, menu_with
from tui.presentation.text import fit

if TYPE_CHECKING:
    from tui.presentation.style import Line

TITLES = {
    **{scope: scope.value.capitalize() for scope in Scope if scope in LIST_SCOPES},
    Scope.OPERATION: "Operation",
    Scope.LOG: "Log",
    Scope.OUTPUTS: "Log and operation",
    **{scope: scope.value.capitalize() for scope in RESOURCE_SCOPES},
    Scope.LISTS: "Every list",
    Scope.ANYWHERE: "Everywhere",
}

NO_KEY = "(palette)"
"""In the place of keys where a command has none."""


def _keys(keymap: Keymap, command: Command) -> str:
    written = " ".join(spoken(key) for key in keymap.keys_of(command))
    return written or _in_menu(keymap, command) or NO_KEY


def _in_menu(keymap: Keymap, command: Command) -> str:
    """The key of its menu and its letter there, "" where it is in none."""
    menu = menu_with(command)
    return f"{key} {keymap.letter(command)}" if menu is not None and (key := keymap.hint(menu)) else ""


def _all_keys(keymap: Keymap, command: Command) -> str:
    """The same for a page, which has room for both."""
    ways = [_keys(keymap, command), _in_menu(keymap, command)]
    return ", ".join(f"`{way}`" if way != NO_KEY else way for way in dict.fromkeys(ways) if way)


def help_lines(keymap: Keymap, here: Scope) -> list[Line]:
    """What the keys do: first where the focus is, then everywhere, then in the other panes."""
    lines: list[Line] = [
        [("Lower case looks, UPPER CASE changes. Enter never changes anything outside a dialog.", "muted")]
    ]
    scopes = sorted(TITLES, key=lambda scope: not any(belongs(c, here) for c in TABLE if c.scope is scope))
    for scope in scopes:
        commands = [command for command in TABLE if scope in (command.scope, command.also)]
        if not commands:
            continue
        away = not any(belongs(command, here) for command in commands if command.scope is scope)
        lines += [[], [(TITLES[scope] + (" (another pane)" if away else ""), "accent bold")]]
        for command in commands:
            sign = "  changes something" if command.changes else ""
            lines.append(
                [
                    ("  " + fit(_keys(keymap, command), 16), "key"),
                    (command.title, "text"),
                    (sign, "muted"),
                ]
            )
    return lines


def keys_page(keymap: Keymap) -> str:
    """docs/keys.md."""
    parts = [
        "# Keys",
        "",
        "Made from the command table by `make docs`; the help (`?`) and the menus (`X`) show the same.",
    ]
    for scope, title in TITLES.items():
        commands = [command for command in TABLE if scope in (command.scope, command.also)]
        if commands:
            parts += ["", f"## {title}", "", "| key | does | command |", "|---|---|---|"]
            for command in commands:
                keys = _all_keys(keymap, command).replace("|", "\\|")
                parts.append(f"| {keys} | {command.title} | `{command.id}` |")
    return "\n".join(parts) + "\n"
