"""What goes to the terminal when something is copied, and what is known of it."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest

from tui.presentation.clipboard import PIECE, Around, around, clipboard_sequence


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"TERM": "xterm-256color"}, Around.UNKNOWN),
        ({"TERM": "xterm-kitty"}, Around.KNOWN),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Around.KNOWN),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, Around.KNOWN),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux,1,0"}, Around.TMUX),
        ({"TERM": "tmux-256color"}, Around.TMUX),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts"}, Around.SCREEN),
        ({"TERM": "screen-256color"}, Around.UNKNOWN),
        ({}, Around.UNKNOWN),
    ],
)
def test_what_is_around_is_read_from_the_environment(environ: dict[str, str], place: Around) -> None:
    assert around(environ) is place


def content(osc: str) -> str:
    found = re.fullmatch(r"\x1b]52;c;([A-Za-z0-9+/=]*)\x07", osc)
    assert found is not None
    return b64decode(found[1]).decode()


def test_a_terminal_gets_the_text_itself() -> None:
    assert content(clipboard_sequence("wörld\n", Around.UNKNOWN)) == "wörld\n"


def test_tmux_gets_it_bare_and_to_be_passed_on() -> None:
    bare, _, passed = clipboard_sequence("x", Around.TMUX).partition("\x1bPtmux;")
    assert content(bare) == "x"
    assert content(passed.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == "x"


def test_screen_passes_it_on_in_pieces_that_it_takes() -> None:
    sequence = clipboard_sequence("x" * 3000, Around.SCREEN)
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
    assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
    assert max(map(len, pieces)) <= PIECE
    assert content("".join(pieces)) == "x" * 3000
