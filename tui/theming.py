"""Themes for Textual and rich."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.filter import LineFilter, Monochrome, NoColor
from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from tui.presentation.ascii import ascii_text
from tui.presentation.theme import PALETTE, Theme, current_theme, find_themes, mono, resolve
from tui.settings.paths import shipped_themes, user_themes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App
    from textual.color import Color as TextualColor

MOST = 4096
"""Styles that are kept."""

CSS = """
CommandPalette { background: transparent; }
SearchIcon { display: none; }
Input > .input--placeholder { color: $foreground-muted; }
Input:nocolor > .input--cursor { text-style: reverse; }
Input:nocolor > .input--selection { text-style: underline; }
Button:nocolor:disabled { text-style: dim; }
Dialog Button:disabled { opacity: 100%; text-opacity: 100%; color: $foreground-muted; background: $panel; }
"""
"""Of Textual's own widgets: none veils what lies beneath, and without colours a cursor is still seen."""


SYSTEMS = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT, "truecolor": ColorSystem.TRUECOLOR}
"""What `colour` calls them."""


class AsciiFilter(LineFilter):
    """Of Textual's own widgets: what they draw, in ASCII."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        return [
            segment if segment.text.isascii() else Segment(ascii_text(segment.text), *segment[1:])
            for segment in segments
        ]


class RichStyles:
    """From style texts to rich's styles, by one theme; each is made once."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[str, RichStyle] = {}

    def __call__(self, text: str) -> RichStyle:
        made = self._made.get(text)
        if made is None:
            if len(self._made) > MOST:  # logs may hold any of 16 million colours
                self._made.clear()
            made = self._made[text] = self._make(text)
        return made

    def _make(self, text: str) -> RichStyle:
        style = resolve(self._theme, text)
        return RichStyle(
            color=Color.parse(style.fg) if style.fg else None,
            bgcolor=Color.parse(style.bg) if style.bg else None,
            bold=style.bold or None,
            dim=style.dim or None,
            italic=style.italic or None,
            underline=style.underline or None,
            strike=style.strike or None,
            reverse=style.reverse or None,
        )


def to_textual(theme: Theme) -> TextualTheme:
    """The theme for Textual's own widgets: inputs, buttons, toasts, the palette."""
    colors = dict(theme.palette)
    if colors and all(color.startswith("#") for color in colors.values()):
        variables = {
            "foreground-muted": theme.styles["muted"].fg,
            "block-cursor-blurred-background": theme.styles["cursor.unfocused"].bg,
        }
        known = {name: color for name, color in variables.items() if color and color.startswith("#")}
        return TextualTheme(name=theme.name, dark=theme.dark, variables=known, **_fields(colors))
    plain = dict.fromkeys(PALETTE, "default")
    named = {key: _ansi(color) for key, color in {**plain, **colors}.items()}
    made = replace(BUILTIN_THEMES["ansi-dark"], name=theme.name, dark=theme.dark, **_fields(named))
    return made if not theme.colourless else replace(made, variables={**made.variables, **COLOURLESS})


COLOURLESS = {"block-cursor-text-style": "reverse", "block-cursor-blurred-text-style": "underline"}
"""Where the cursor is in a list, when it cannot be said by colours."""


def _fields(colors: dict[str, str]) -> dict[str, Any]:
    """The palette as fields of a Textual theme, which bear the same names."""
    return {**colors}


_ANSI_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def _ansi(color: str) -> str:
    """A colour of the terminal's own palette in Textual's words."""
    if color.startswith("color(") and int(color[6:-1]) < 16:
        number = int(color[6:-1])
        return "ansi_" + ("bright_" if number > 7 else "") + _ANSI_NAMES[number % 8]
    return "ansi_default"


class ThemeShelf:
    """The themes at hand and the one in use. Only the one in use is read until others are asked for."""

    def __init__(self, name: str, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self.ascii, self.colour = False, "auto"
        self._own_system: ColorSystem | None = None
        self.configure(name)

    def glyphs(self, text: str) -> str:
        """A text in the glyphs that the terminal is to be given, as wide as it was."""
        return ascii_text(text) if self.ascii else text

    def limit(self, *, ascii: bool, colour: str) -> None:
        """Go without glyphs beyond ASCII, and with so many colours."""
        self.ascii, self.colour = ascii, colour
        if colour == "none":
            self.current = mono()

    def configure(self, name: str) -> None:
        """Use what is configured; files of themes are read again."""
        self._all: dict[str, Theme] | None = None
        self.problems: list[str] = []
        self.current = current_theme(name, self._environ)
        if self.current.name not in (name, "mono"):
            themes = self._themes()
            if not self.problems:
                known = ", ".join(themes)
                self.problems.append(f'there is no theme "{name}": known are {known}')

    def _themes(self) -> dict[str, Theme]:
        if self._all is None:
            self._all, failed = find_themes((shipped_themes(), user_themes(self._environ)))
            self._all["mono"] = mono()
            self.problems += [str(error) for error in failed]
        return self._all

    def listed(self) -> list[tuple[str, str]]:
        """Name and description of every theme."""
        return [(theme.name, theme.description) for theme in self._themes().values()]

    def choose(self, name: str) -> None:
        """Use another theme; an unknown name changes nothing."""
        if self.colour != "none":
            self.current = self._themes().get(name, self.current)

    def apply(self, app: App[Any]) -> None:
        """Hand the theme in use to Textual."""
        theme = to_textual(self.current)
        # Textual decides on this before it knows the theme, and then for shades of grey, which are colours.
        app.no_color = self.current.colourless
        others = [one for one in app._filters if not isinstance(one, (Monochrome, NoColor, AsciiFilter))]
        without = [NoColor()] if app.no_color else []
        app._filters = [*others, *without, *([AsciiFilter()] if self.ascii else [])]
        self._own_system = self._own_system or app.console._color_system
        app.console._color_system = SYSTEMS.get(self.colour, self._own_system)
        app.register_theme(theme)
        app.theme = theme.name
