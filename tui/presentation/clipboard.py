"""Copying to the clipboard of the user's own terminal (OSC 52), through SSH, tmux and screen."""

from __future__ import annotations

from base64 import b64encode
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 65_536
"""Bytes that are sent to a terminal: some drop a text that is longer than 100,000 in base64."""

PIECE = 256
"""Characters that screen passes on at once: it drops strings of more than 768 (screen 4, MAXSTR)."""

_KNOWN_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "alacritty", "contour", "wezterm")
_KNOWN_PROGRAMS = ("WezTerm", "ghostty", "kitty")


class Around(Enum):
    """What is around the dashboard: a terminal that is known to take what is copied, one of which nothing is
    known, or a program that draws in another terminal."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    TMUX = "tmux"
    SCREEN = "screen"


def around(environ: Mapping[str, str]) -> Around:
    """As the environment says. Through ssh it says the terminal's kind alone."""
    term = environ.get("TERM", "")
    if environ.get("TMUX") or term.startswith("tmux"):
        return Around.TMUX
    if environ.get("STY"):
        return Around.SCREEN
    if term.startswith("screen"):  # that of tmux as well as of screen
        return Around.UNKNOWN
    known = term.startswith(_KNOWN_TERMS) or environ.get("TERM_PROGRAM") in _KNOWN_PROGRAMS
    return Around.KNOWN if known or "WT_SESSION" in environ else Around.UNKNOWN


def clipboard_sequence(text: str, place: Around) -> str:
    """The escape sequence that puts a text on the clipboard.

    Inside tmux it is sent twice: bare, for `set-clipboard on`, and wrapped for `allow-passthrough`. Inside
    screen it goes to the terminal around it in pieces.
    """
    content = b64encode(text.encode("utf-8", "replace")).decode("ascii")
    osc = f"\x1b]52;c;{content}\x07"
    if place is Around.TMUX:
        return f"{osc}\x1bPtmux;\x1b{osc}\x1b\\"
    if place is Around.SCREEN:
        pieces = (osc[at : at + PIECE] for at in range(0, len(osc), PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return osc
