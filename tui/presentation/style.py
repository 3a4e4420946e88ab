"""Styles of the screen, as text: "bold #88c0d0 on #101418".

A style text is a list of words: attributes (bold, dim, italic, underline, strike, reverse), colours
("#rrggbb", the 16 names of a terminal such as "red" or "bright_red", "color(0)" to "color(255)",
"default"), the word "on" before a background colour, and roles: names that a theme gives a style to.
Words to the right win. So a log line in a selected row is "log color(9) selected".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Span = tuple[str, str]
"""A piece of a line: text that is safe to show (presentation.text.safe) and its style text."""

Line = list[Span]
"""A line of the screen, left to right; the widths of its texts add up to the width of the line."""

ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")
NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_INDEXED = re.compile(r"color\((\d{1,3})\)")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")

ROLES = (
    "text", "muted", "strong", "accent", "header", "header.demo", "header.live", "header.stale",
    "border", "border.focus", "title", "title.focus", "column", "cursor", "cursor.unfocused", "mark",
    "ok", "busy", "warn", "bad", "idle",
    "key", "key.label", "key.off", "match", "match.current",
    "log", "log.stderr", "log.time", "log.control", "log.notice",
)  # fmt: skip
"""Every role that a theme may set; `text` is beneath all others."""


class Style(NamedTuple):
    """A resolved style; colours are "#rrggbb", "color(n)", "default" or None (unset)."""

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False

    def over(self, other: Style) -> Style:
        """This style laid over another: what it sets wins, attributes add up."""
        return Style(
            self.fg if self.fg is not None else other.fg,
            self.bg if self.bg is not None else other.bg,
            *(mine or theirs for mine, theirs in zip(self[2:], other[2:], strict=True)),
        )


def parse_color(word: str) -> str | None:
    """A colour word in its one spelling, or None when it is none."""
    if word == "default" or _HEX.fullmatch(word):
        return word.lower()
    if (found := _INDEXED.fullmatch(word)) and int(found[1]) < 256:
        return f"color({int(found[1])})"
    bright, name = (8, word[7:]) if word.startswith("bright_") else (0, word)
    return f"color({NAMES.index(name) + bright})" if name in NAMES else None


_ATTRIBUTE = {word: Style(None, None, *(word == name for name in ATTRIBUTES)) for word in ATTRIBUTES}


def parse_style(text: str, roles: Mapping[str, Style]) -> Style:
    """Resolve a style text. Raises ValueError naming the first word that is unknown."""
    style = Style()
    background = False
    for word in text.split():
        if word == "on":
            background = True
            continue
        if word in ATTRIBUTES:
            style = _ATTRIBUTE[word].over(style)
        elif (color := parse_color(word)) is not None:
            style = style._replace(bg=color) if background else style._replace(fg=color)
        elif word in roles:
            style = roles[word].over(style)
        else:
            raise ValueError(word)
        background = False
    return style


def plain_words(text: str) -> bool:
    """Whether a style text names roles and attributes alone, and no colour."""
    return "(" not in text and "#" not in text


def _sgr_color(color: str, layer: int) -> str:
    if color == "default":
        return str(layer + 9)
    if color.startswith("#"):
        return f"{layer + 8};2;{int(color[1:3], 16)};{int(color[3:5], 16)};{int(color[5:7], 16)}"
    number = int(color[6:-1])
    if number < 8:
        return str(layer + number)
    return str(layer + 52 + number) if number < 16 else f"{layer + 8};5;{number}"


def sgr(style: Style) -> str:
    """The escape sequence that selects the style (ECMA-48, SGR), from any state before it."""
    codes = ["0"]
    if style.fg:
        codes.append(_sgr_color(style.fg, 30))
    if style.bg:
        codes.append(_sgr_color(style.bg, 40))
    codes += [code for on, code in zip(style[2:], "123497", strict=True) if on]
    return f"\x1b[{';'.join(codes)}m"
