"""Text for terminals and fonts that know ASCII alone: every glyph has a stand-in as wide as it is."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from tui.presentation.text import width

_GLYPHS = {
    "●": "*", "○": "o", "■": "#", "□": "o", "◐": "~", "◌": "o", "◆": "*", "◇": "o", "•": "*", "∙": ".",
    "·": ".", "✗": "x", "✓": "v", "✔": "v", "✘": "x", "×": "x", "↻": "@", "↶": "<", "↷": ">", "⟲": "@",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "↔": "-", "▌": ">", "▐": "<", "▸": ">", "▾": "v", "▴": "^",
    "◂": "<", "▶": ">", "◀": "<", "▼": "v", "▲": "^", "‖": "=", "━": "=", "─": "-", "═": "=", "│": "|",
    "┃": "|", "║": "|", "…": "~", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"',
    "«": "<", "»": ">", "µ": "u", "°": "o", "±": "+", "≤": "<", "≥": ">", "≈": "~", "≠": "#", "ß": "s",
    "æ": "a", "ø": "o", "Ø": "O", "▔": "-", "▁": "_", "▏": "|", "▕": "|", "▂": "_", "▃": ".", "▄": "-",
    "▅": "=", "▆": "=", "▇": "#", "█": "#", "▀": "-", "▍": "|", "▎": "|", "▊": "|", "▋": "|", "▉": "#",
    "░": ".", "▒": ":", "▓": "#", "╱": "/", "╲": "\\", "\u00a0": " ",
}  # fmt: skip
_CORNERS = "┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋┍┑┕┙╒╕╘╛"
_LINES = dict.fromkeys("╌╍┄┅┈┉╴╶╸╺", "-") | dict.fromkeys("╎╏┆┇┊┋╵╷╹╻", "|")
_TABLE = str.maketrans(_GLYPHS | dict.fromkeys(_CORNERS, "+") | _LINES)

UNKNOWN = "?"
"""Where a sign has no stand-in."""


def ascii_text(text: str) -> str:
    """The text in ASCII, as wide as it was.

    >>> ascii_text("● läuft → 100 µs …")
    '* lauft > 100 us ~'
    """
    return text if text.isascii() else _made(text)


@lru_cache(4096)
def _made(text: str) -> str:
    return "".join(one if one.isascii() else _stand_in(one) for one in text.translate(_TABLE))


def _stand_in(sign: str) -> str:
    """Braille has as much ink as it has dots; letters lose their accents."""
    if "\u2800" <= sign <= "\u28ff":
        return " .:+#"[(bin(ord(sign) - 0x2800).count("1") + 1) // 2]
    plain = unicodedata.normalize("NFKD", sign)[:1]
    cells = width(sign)
    return plain if plain.isascii() and plain.isprintable() and cells == 1 else UNKNOWN * cells
