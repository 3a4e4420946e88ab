"""Themes: a style for every role. Pure but for reading the files; nothing of Textual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError
from tui.files import read_file
from tui.presentation.contrast import readable
from tui.presentation.style import ROLES, Style, parse_color, parse_style, plain_words
from tui.settings.paths import shipped_themes, user_themes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PALETTE = (
    "background", "surface", "panel", "foreground", "primary", "secondary", "accent", "warning", "error",
    "success",
)  # fmt: skip
"""Named colours of a theme; a role may use them as "$accent"."""

MONO_ROLES = {
    "muted": "dim", "strong": "bold", "accent": "bold", "header": "reverse", "header.demo": "reverse bold",
    "header.live": "reverse", "header.stale": "reverse bold", "border": "dim", "border.focus": "bold",
    "title": "underline", "title.focus": "reverse bold", "column": "dim underline", "cursor": "reverse",
    "cursor.unfocused": "underline", "mark": "bold", "ok": "", "busy": "", "warn": "bold",
    "bad": "bold reverse",
    "idle": "dim", "key": "bold", "key.label": "", "key.off": "dim", "match": "underline bold",
    "match.current": "reverse bold", "log.stderr": "bold", "log.time": "dim", "log.control": "dim",
    "log.notice": "dim",
}  # fmt: skip
"""Roles without any colour, for NO_COLOR (https://no-color.org)."""


MONO = "mono"


class ThemeError(HoldfastError):
    """A theme file that cannot be used: the file, the key, what is wrong."""


class Theme(NamedTuple):
    """A theme.

    palette   name -> colour, for Textual's own widgets; empty for the theme without colours
    styles    role -> resolved style, every one of ROLES
    """

    name: str
    dark: bool
    description: str
    palette: Mapping[str, str]
    styles: Mapping[str, Style]

    @property
    def colourless(self) -> bool:
        """Whether nothing on the screen has a colour, whoever says so."""
        return self.name == MONO


def parse_theme(content: Mapping[str, Any], source: str) -> Theme:
    """A theme from its TOML. Roles that it leaves out look like `text`. Raises ThemeError."""
    name = content.get("name")
    if not isinstance(name, str) or not name:
        raise ThemeError(f"{source}: name is missing", 'write name = "..."')
    palette = _palette(content.get("palette", {}), source)
    given = content.get("roles", {})
    if not isinstance(given, dict):
        raise ThemeError(f"{source}: roles is a table", "write [roles]")
    for role in given:
        if role not in ROLES:
            raise ThemeError(f"{source}: [roles] {role} is unknown{_nearest(role, ROLES)}")
    styles: dict[str, Style] = {}
    for role in ROLES:
        text = given.get(role, "")
        if not isinstance(text, str):
            raise ThemeError(f"{source}: [roles] {role} = {text!r} is not a text")
        words = [palette.get(word[1:], word) if word.startswith("$") else word for word in text.split()]
        try:
            styles[role] = parse_style(" ".join(words), {})
        except ValueError as error:
            raise ThemeError(
                f'{source}: [roles] {role}: "{error}" is neither a colour nor an attribute',
                'e.g. "bold #88c0d0 on $surface"',
            ) from None
    return Theme(
        name=name,
        dark=bool(content.get("dark", True)),
        description=str(content.get("description", "")),
        palette=palette,
        styles=styles,
    )


def _palette(given: Any, source: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ThemeError(f"{source}: palette is a table", "write [palette]")
    palette = {}
    for name, color in given.items():
        if name not in PALETTE:
            raise ThemeError(f"{source}: [palette] {name} is unknown{_nearest(name, PALETTE)}")
        parsed = parse_color(color) if isinstance(color, str) else None
        if parsed is None:
            raise ThemeError(
                f"{source}: [palette] {name} = {color!r} is no colour", 'e.g. "#88c0d0" or "red"'
            )
        palette[name] = parsed
    return palette


def mono() -> Theme:
    """The theme without colours."""
    styles = {role: parse_style(MONO_ROLES.get(role, ""), {}) for role in ROLES}
    return Theme(name=MONO, dark=True, description="no colours", palette={}, styles=styles)


def resolve(theme: Theme, text: str) -> Style:
    """The style of a style text, laid over the role `text`.

    Colours from outside (a log has its own) can be read: without colours there are none, and on a background
    that the theme gives, the colour of the text gives way.
    """
    style = parse_style(text, theme.styles).over(theme.styles["text"])
    if theme.colourless:
        return style._replace(fg=None, bg=None)
    if style.fg and style.bg and style.bg == theme.styles["text"].bg and not plain_words(text):
        return style._replace(fg=readable(style.fg, style.bg))
    return style


def read_theme(path: str) -> Theme:
    """The theme in a file. Raises ThemeError."""
    import tomllib

    try:
        content = tomllib.loads(read_file(path).decode())
    except OSError as error:
        raise ThemeError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, nested too deeply
        raise ThemeError(f"{path}: not valid TOML: {error}") from error
    return parse_theme(content, path)


def current_theme(name: str, environ: Mapping[str, str] = os.environ) -> Theme:
    """The theme of a name, read from its one file; without colours where it is broken or NO_COLOR is set."""
    if environ.get("NO_COLOR"):
        return mono()
    for candidate in (name, "holdfast-dark"):
        for folder in (user_themes(environ), shipped_themes()):
            path = os.path.join(folder, f"{os.path.basename(candidate)}.toml")
            if os.path.exists(path):
                try:
                    return read_theme(path)
                except ThemeError:
                    continue
    return mono()


def find_themes(folders: Sequence[str]) -> tuple[dict[str, Theme], list[ThemeError]]:
    """The themes in folders, by name, and what is wrong with the others; a later folder wins."""
    found: dict[str, Theme] = {}
    failed: list[ThemeError] = []
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue  # nobody has to have themes of their own
        for name in names:
            if name.endswith(".toml"):
                try:
                    theme = read_theme(os.path.join(folder, name))
                except ThemeError as error:
                    failed.append(error)
                else:
                    found[theme.name] = theme
    return found, failed


def _nearest(word: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"
