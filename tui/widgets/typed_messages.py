"""What was typed, as the messages that Textual's App takes; a sequence that is not known is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual import events, messages
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import FOCUSIN, FOCUSOUT, XTermParser
from textual.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.message import Message

    from tui.widgets.keyboard import Typed

_KEY = re.compile(
    r"\x1b\[([0-9]*)(?::[0-9]*)*(?:;([0-9]*)(?::([0-9]*))?[0-9:]*(?:;([0-9:]*))?)?([u~ABCDEFHPQRS])"
)
"""A key of kitty's protocol: its code (and alternates), modifiers and kind of event, its text, its end.

https://sw.kovidgoyal.net/kitty/keyboard-protocol/
"""

_RELEASED = "3"

_MOUSE = re.compile(r"\x1b\[<[0-9]{1,3};-?[0-9]{1,5};-?[0-9]{1,5}[Mm]")

_SYNCHRONISED = re.compile(r"\x1b\[\?2026;[1-9]\$y")

_MOST_MODIFIERS = 256
"""Kitty's protocol has eight modifiers, and says one more than their bits."""


def _is_character(code: str) -> bool:
    return 0 < len(code) <= 7 and (int(code) < 0xD800 or 0xE000 <= int(code) <= 0x10FFFF)


def plain_key(sequence: str) -> str | None:
    """A key of kitty's protocol without what nobody here asks for, "" where it is not one that is pressed.

    None for what is no such key at all.
    """
    if (match := _KEY.fullmatch(sequence)) is None:
        return None
    code, modifiers, kind, text, end = match.groups(default="")
    if end != "u" and f"{code or 1}{end}" not in FUNCTIONAL_KEYS:
        return None  # an older terminal's key, or an answer: "\x1b[24;80R" says where the cursor is
    if kind == _RELEASED or not _is_character(code or "1"):
        return ""
    if len(modifiers) > 3 or int(modifiers or "0") > _MOST_MODIFIERS:
        return ""
    text = ":".join(part for part in text.split(":") if _is_character(part))
    fields = [code, modifiers, text] if text else [code, modifiers] if modifiers else [code]
    return f"\x1b[{';'.join(fields)}{end}"


class TypedMessages(XTermParser):
    """Textual's knowledge of sequences, asked for one whole sequence at a time.

    Nothing that a terminal says changes how a later sequence is read: neither its size nor its pixels.
    """

    def messages(self, typed: Typed) -> Iterator[Message]:
        """What it stands for: usually one message, none where it says nothing known."""
        text = typed.text
        if typed.pasted:
            yield events.Paste(text.replace("\x00", ""))
        elif text == FOCUSIN:
            yield events.AppFocus()
        elif text == FOCUSOUT:
            yield events.AppBlur()
        elif _MOUSE.fullmatch(text):
            if (mouse := self.parse_mouse_code(text)) is not None:
                yield mouse
        elif _SYNCHRONISED.fullmatch(text):
            yield messages.TerminalSupportsSynchronizedOutput()
        else:
            yield from self._keys(text)

    def _keys(self, text: str) -> Iterator[events.Key]:
        if text == "\x1b":
            yield events.Key("escape", text)
            return
        keys = list(self._sequence_to_key_events(text))
        if not keys and len(text) == 2:
            keys = list(self._sequence_to_key_events(text[1], alt=True))
        for key in keys:
            if key.key != Keys.Ignore:
                yield key

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        plain = plain_key(sequence)
        if not plain:
            return None if plain is None else []
        return super()._parse_extended_key(plain)
