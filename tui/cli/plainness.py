"""Whether everything is to be said in lines: for screen readers, and for terminals that only write on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping

    from tui.presentation.style import Line

VARIABLE = "HOLDFAST_PLAIN"

DUMB = ("dumb", "unknown")
"""What TERM says of terminals whose cursor cannot be moved."""


def is_plain() -> bool:
    """By --plain, by the variable, or by TERM."""
    return bool(os.environ.get(VARIABLE)) or os.environ.get("TERM", "") in DUMB


def be_plain(environ: MutableMapping[str, str] = os.environ) -> None:
    """From now on, for what is started from here too."""
    environ[VARIABLE] = "1"


def chosen() -> bool:
    """Whether somebody has asked for it: then it is so without a terminal, too."""
    return bool(os.environ.get(VARIABLE))


_IN_WORDS = str.maketrans({
    "✓": "ok:", "✗": "failed:", "–": "-", "◌": "-", "●": "*", "○": "-", "◐": "...", "·": ",", "…": "...",
    "•": "*",
    "→": "->", "↶": "undone:", "■": "stopped:",
})  # fmt: skip
"""Signs that a reader calls by their names, as what they say."""


def in_words(text: str) -> str:
    """A line of ours as it is read out."""
    return text.translate(_IN_WORDS).replace(" , ", ", ")


def worded(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, as they are read out where that is wanted."""
    plain = is_plain()
    for line in lines:
        yield [(in_words(text), role) for text, role in line] if plain else line
