"""Copying to the clipboard of the user's own terminal, through SSH and tmux."""

from __future__ import annotations

from base64 import b64encode


def clipboard_sequence(text: str, *, in_tmux: bool) -> str:
    """The escape sequence that puts a text on the clipboard (OSC 52).

    Inside tmux it is sent twice: bare, for `set-clipboard on`, and wrapped in tmux's passthrough for the
    terminal around it.
    """
    osc = f"\x1b]52;c;{b64encode(text.encode('utf-8', 'replace')).decode('ascii')}\x07"
    return f"{osc}\x1bPtmux;\x1b{osc}\x1b\\" if in_tmux else osc
