"""The header and the footer: where we are, how the link stands, and what the keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Scope, named
from tui.commands.fleets import FLEET_DEPLOY, FLEET_ROLLBACK
from tui.commands.table import TABLE, belongs
from tui.commands.view import VIEW_HELP
from tui.engine.endpoint import OPEN
from tui.presentation.amounts import age
from tui.presentation.lines import clip
from tui.presentation.text import safe, width
from tui.store.store import Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.presentation.style import Line, Span


UNREAD = " CONFIGURATION NOT READ "
"""What is said as long as the files say something that cannot be taken."""

ROOMY = 70
"""Cells from which on it is said in words."""

OF_ALL = (FLEET_DEPLOY, FLEET_ROLLBACK)

_OPEN = (f" {OPEN} ", " not encrypted ", " PLAIN ")
"""What is said of a line that others can read and write, in ever fewer words."""


def link_words(link: Link, now: float) -> Span:
    """How the link stands, as a glyph and words."""
    match link.state:
        case LinkState.CONNECTING:
            return "○ connecting", "header.stale"
        case LinkState.LOADING:
            return "◐ reading", "header.stale"
        case LinkState.LIVE:
            return "● live", "header.live"
    if link.version is None:
        return "✗ no answer", "header.stale"
    return f"✗ reconnecting, last seen {age(now - link.since)} ago", "header.stale"


def header_line(
    cells: int,
    link: Link,
    now: float,
    *,
    called: str = "",
    colour: str = "",
    demo: bool = False,
    read_only: bool = False,
    is_open: bool = False,
    unread: bool = False,
    busy: str = "",
) -> Line:
    """The first line: the engine's colour and name, marks for demo and read-only, engine, what goes on, link.

    What does not fit is left out whole: first what says least. `called` and `colour` are "" for none. That
    everybody can listen (`is_open`) is always said, in as many words as fit. `unread`: the configuration is
    in error by now, and what holds is what it said before.
    """
    line: Line = [(" Holdfast ", "header strong")]
    if colour:  # as a patch, so that all that is written can be read on whatever it is
        line.append(("  ", f"header on {colour}"))
    if called:
        line.append((f" {named(safe(called))} ", "header strong"))
    if demo:
        line.append((" DEMO ", "header.demo"))
    if read_only:
        line.append((" READ-ONLY ", "header.demo"))
    if unread:
        line.append((UNREAD if cells >= ROOMY else " ! ", "header.demo"))
    words, style = link_words(link, now)
    state = f"{words} "
    room = cells - sum(width(text) for text, _ in line) - width(state)
    if is_open:
        wanted = room - width(safe(busy)) - 3
        line.append((next((text for text in _OPEN if width(text) <= wanted), _OPEN[-1]), "header.demo"))
        room -= width(line[-1][0])
    endpoint = "" if demo else f" {safe(link.endpoint)}"
    if width(endpoint) >= room:
        endpoint = ""
    room -= width(endpoint)
    doing = _whole_words(safe(busy), room - 3)
    doing = f" {doing}  " if doing else ""
    line += [(endpoint, "header muted"), (_engine(link, room - width(doing)), "header muted")]
    tail: Line = [(doing, "header busy"), (state, style)]
    left = max(cells - sum(width(text) for text, _ in tail), 0)
    return clip(line, left, "header") + clip(tail, cells - left, "header")


def _engine(link: Link, cells: int) -> str:
    """What the engine says of itself, as much as fits with a blank behind it."""
    version = link.version
    if version is None:
        return ""
    product = f"{safe(version.product)} {safe(version.version)}"
    name, api = safe(link.host), f"API {safe(version.api)}"
    for parts in ((name, product, api), (name, product), (product,)):
        text = f" {' · '.join(part for part in parts if part)}"
        if width(text) < cells:
            return text
    return ""


def _whole_words(text: str, cells: int) -> str:
    """A text, or as many words of it as fit; that there is more is said. A sign alone is none."""
    if width(text) <= cells:
        return text
    words = text.split(" ")
    while words and width(shown := " ".join([*words, "…"])) > cells:
        words.pop()
    return shown if len(words) > 1 else ""


def footer_commands(keymap: Keymap, situation: Situation) -> list[Command]:
    """The commands in the footer of a pane: what can be done now, first what is done on all engines of an app
    that lives on several."""
    found = [
        command
        for command in TABLE
        if command.footer
        and belongs(command, situation.pane)
        and keymap.has_key(command, situation.pane)
        and (situation.apps or not command.of_app)
        and not command.unavailable(situation)
    ]
    return sorted(found, key=lambda command: (command is not VIEW_HELP, command not in OF_ALL))


def footer_keys(keymap: Keymap, situation: Situation) -> list[tuple[str, str]]:
    """Key and word of each command in the footer.

    Where the rows are not apps, the first that is about one says which.
    """
    keys = []
    about = "" if situation.pane is Scope.APPS else _about(situation)
    for command in footer_commands(keymap, situation):
        hint = keymap.hint(command)
        if about and command.of_app:
            hint, about = f"{about}: {hint}", ""
        word = command.footer_now(situation) if command.footer_now is not None else command.footer
        keys.append((hint, word))
    return keys


def _about(situation: Situation) -> str:
    """What commands on apps would act on."""
    if len(situation.apps) > 1:
        return f"{len(situation.apps)} apps"
    return named(safe(situation.apps[0].name)) if situation.apps else ""


def footer_fits(cells: int, keys: Sequence[tuple[str, str]]) -> int:
    """How many of them the footer shows: whole ones, from the first on."""
    for count, (key, word) in enumerate(keys):
        cells -= width(key) + width(word) + 3
        if cells < 0:
            return count
    return len(keys)


def footer_line(cells: int, keys: Sequence[tuple[str, str]], note: str = "") -> Line:
    """The last line, (key, word) each: only whole ones."""
    line: Line = []
    room = cells - (width(safe(note)) + 2 if note else 0)
    for key, word in keys[: footer_fits(room, keys)]:
        line.append((f" {key}", "key"))
        line.append((f" {word} ", "key.label"))
    if note:
        line.insert(0, (f" {safe(note)} ", "key.label"))
    elif not line and keys:
        line.append((f" {keys[0][0]}", "key"))
    return clip(line, cells, "key.label")


def tabs_line(cells: int, tabs: Sequence[tuple[str, str]], focus: str) -> Line:
    """The line of panes on small screens: (pane, words) each, the focused one standing out."""
    line: Line = []
    for pane, words in tabs:
        line.append((f" {words} ", "title.focus" if pane == focus else "title"))
        line.append((" ", "text"))
    return clip(line, cells, "text")
