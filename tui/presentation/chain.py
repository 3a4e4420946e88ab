"""The chain of an image, from its commit to its deploy, as lines. Every text of it is made harmless here."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from tui.model.chain import LinkKind, LinkState
from tui.model.digest import short_id
from tui.model.recorded_trust import UNSIGNED
from tui.presentation.amounts import age
from tui.presentation.text import cut, fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tui.model.chain import Link
    from tui.presentation.style import Line

CELLS = 80

_MARKS = {
    LinkState.OK: ("✓", "ok"),
    LinkState.MISSING: ("–", "warn"),
    LinkState.FAILED: ("✗", "bad"),
    LinkState.UNVERIFIED: ("◌", "warn"),
}
_INDENT = 2
_KIND_CELLS = 20
"""Cells of the name of a kind at most: another's may be any text."""
_LEAST = 20
"""Cells for words on a line, however narrow the terminal is."""


def chain_lines(links: Sequence[Link], now: float, cells: int = CELLS) -> Iterator[Line]:
    """Each link with who, when, where, and the command that checks it beneath.

    Words stay within `cells`; a command is broken between its arguments, so that it can be copied.
    """
    names = [fit(safe(link.kind), min(width(safe(link.kind)), _KIND_CELLS)) for link in links]
    longest = max(map(width, names), default=0)
    for link, name in zip(links, names, strict=True):
        mark, role = _mark(link)
        head = _INDENT + 2 + longest + 2
        lines = [*_wrapped(link_words(link, now), max(cells - head, _LEAST))]
        shown = "muted" if link.state is LinkState.UNVERIFIED and not link.required else "text"
        yield [
            (f"{' ' * _INDENT}{mark} ", role),
            (f"{fit(name, longest)}  ", "strong"),
            (lines[0], shown),
        ]
        for line in lines[1:]:
            yield [(f"{' ' * head}{line}", shown)]
        if link.remedy and link.required:
            for line in _wrapped(link.remedy, max(cells - head - 3, _LEAST)):
                yield [(f"{' ' * head}", "muted"), (line, "strong")]
        yield from _command(link.check, _INDENT + 4, cells)


def _mark(link: Link) -> tuple[str, str]:
    mark, role = _MARKS[link.state]
    if link.state in (LinkState.MISSING, LinkState.UNVERIFIED):
        return mark, ("bad" if link.state is LinkState.MISSING else "warn") if link.required else "muted"
    return mark, role


def link_words(link: Link, now: float) -> str:
    """What is known of a link, in one line: "ok, key ci, by alice, 2h ago, registry:5000: 12 passed"."""
    words = []
    if not link.ok:
        words.append(": ".join(filter(None, (_state(link), link.detail))))
    else:
        words.append(_short_commit(link.detail) if link.kind == LinkKind.COMMIT else link.state)
    words.append("nobody signed it" if link.key == UNSIGNED else f"key {link.key}" if link.key else "")
    words.append(f"by {link.by}" if link.by else "")
    words.append(f"{age(now - link.at)} ago" if link.at else "")
    words.append(link.where)
    if link.ok and link.kind != LinkKind.COMMIT:
        words.append(link.detail)
    return safe(", ".join(filter(None, words)))


def _state(link: Link) -> str:
    if link.state is LinkState.UNVERIFIED:
        return "not verified" if link.detail.startswith(("somebody", "cannot")) or link.required else ""
    return link.state


def _short_commit(detail: str) -> str:
    commit, comma, more = detail.partition(",")
    return f"{short_id(commit)}{comma}{more}"


def _wrapped(text: str, cells: int) -> Iterator[str]:
    """Lines of at most so many cells, broken between words where that can be; at least one."""
    line = ""
    for word in safe(text).split(" "):
        if line and width(line) + 1 + width(word) <= cells:
            line = f"{line} {word}"
            continue
        if line:
            yield line
        while width(word) > cells:
            piece = cut(word, cells)
            yield piece
            word = word[len(piece) :]
        line = word
    yield line


def _command(command: str, indent: int, cells: int) -> Iterator[Line]:
    """A command to be copied: it goes on after a backslash."""
    if not command:
        return
    words = [safe(shlex.quote(word)) for word in shlex.split(command)]
    margin, line, first = " " * indent, "", True
    for word in words:
        if line and indent + 2 + width(line) + 1 + width(word) + 2 > cells:
            yield [(f"{margin}{'$ ' if first else '  '}", "muted"), (f"{line} \\", "muted")]
            line, first = "", False
        line = f"{line} {word}" if line else word
    yield [(f"{margin}{'$ ' if first else '  '}", "muted"), (line, "muted")]


def chain_fields(links: Iterable[Link]) -> list[dict[str, Any]]:
    """For JSON."""
    return [link._asdict() for link in links]
