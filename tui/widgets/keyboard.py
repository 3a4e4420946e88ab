"""From the bytes of a keyboard to whole keys, sequences and pastes: none is in error, none is endless."""

from __future__ import annotations

import re
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ESC = "\x1b"

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""Around what is pasted."""

QUIET = 0.5
"""Seconds without a byte after which a sequence that has no end is over, and one key ends a paste."""

PATIENCE = 3.0
"""Seconds without a byte after which a paste that was not ended is over: what follows would act as keys."""

MOST = 1 << 20
"""Characters of a paste that are taken; the rest is dropped, for it must not act as keys."""

LONGEST = 256
"""Characters of the longest sequence that is looked at; a longer one is dropped."""

LONGEST_STRING = 1 << 16
"""Characters after which a sequence is over that was not ended."""

_STRINGS = "]PX^_"
"""What begins, after ESC, a text that BEL or ESC backslash ends."""

_BREAKING = "\x03\x11\x18\x1a"
"""Ctrl+C, Ctrl+Q, and the two that a terminal itself takes for the end of a sequence."""

_QUIT = re.compile("(?:\x03|\x11|\x1b\\[(?:99|113);5u)\\Z")

_ONE_KEY = re.compile("\x1b?[^\x1b]|\x1b|\x1b[O\\[][0-9;:]*[A-Za-z~]")


class Typed(NamedTuple):
    """One character, one whole sequence, or what was `pasted`."""

    text: str
    pasted: bool = False


class Keyboard:
    """Decodes what is typed, and cuts it; what is waited for in vain is ended by silence or by Ctrl+C."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._clock = clock
        self._last = clock()
        self._begun = ""
        self._length = 0
        self._after_string = False
        self._paste: list[str] | None = None
        self._taken = 0
        self._tail = ""

    def typed(self, typed: bytes) -> Iterator[Typed]:
        """What is to be acted on now."""
        text = self._decode(typed)
        now = self._clock()
        quiet, self._last = now - self._last, now
        if self._begun and quiet >= QUIET:
            yield from self._end_sequence()
        if self._paste is not None and quiet >= QUIET and not (self._tail + text).startswith(END):
            self._paste.append(self._tail)
            self._tail = ""
            if _ONE_KEY.fullmatch(text):
                yield from self._end_paste()
        at = 0
        while at < len(text):
            if self._paste is not None:
                rest, at = text[at:], len(text)
                quits = None if END in self._tail + rest else _QUIT.search(rest)
                after = self._pasted(rest[: quits.start()] if quits else rest)
                if quits:
                    after = quits.group()
                if after is not None:
                    at -= len(after)
                    yield from self._end_paste()
            else:
                yield from self._take(text[at])
                at += 1

    def silence(self) -> Iterator[Typed]:
        """Nothing was typed just now: the end of what is waited for in vain."""
        quiet = self._clock() - self._last
        if self._begun and (self._length <= 2 or quiet >= QUIET):
            yield from self._end_sequence()
        if self._paste is not None and quiet >= PATIENCE:
            yield from self._end_paste()

    # A paste

    def _pasted(self, text: str) -> str | None:
        """Take it; what follows the end of the paste, None where it goes on."""
        assert self._paste is not None
        seen = self._tail + text
        ended = seen.find(END)
        if ended < 0:
            kept = next((n for n in range(len(END) - 1, 0, -1) if seen.endswith(END[:n])), 0)
            ended, self._tail = len(seen) - kept, seen[len(seen) - kept :]
            after = None
        else:
            self._tail, after = "", seen[ended + len(END) :]
        taken = seen[: min(ended, MOST - self._taken)]
        self._taken += len(taken)
        self._paste.append(taken)
        return after

    def _end_paste(self) -> Iterator[Typed]:
        parts, self._paste = self._paste or [], None
        self._tail, self._taken = "", 0
        yield Typed("".join(parts), pasted=True)

    # A sequence

    def _end_sequence(self) -> Iterator[Typed]:
        """It goes no further: Escape, or a key with Alt, or nothing that is known."""
        begun, self._begun = self._begun, ""
        if len(begun) <= 2 and self._length == len(begun):
            yield Typed(begun)

    def _take(self, character: str) -> Iterator[Typed]:
        begun = self._begun
        string = len(begun) > 1 and begun[1] in _STRINGS
        if character == ESC:
            if begun == ESC:
                yield Typed(ESC)
            self._begun, self._length, self._after_string = ESC, 1, string
            return
        if not begun:
            yield Typed(character)
            return
        self._length += 1
        if len(begun) > 1 and (character in _BREAKING or self._length > LONGEST_STRING):
            self._begun = ""
            yield Typed(character)
        elif string:
            if character == "\x07":
                self._begun = ""
        elif begun == ESC and character in f"[O{_STRINGS}":
            self._begun += character
        elif begun == ESC:
            self._begun = ""
            if not (character == "\\" and self._after_string):
                yield Typed(ESC + character)
        else:
            yield from self._take_further(character)

    def _take_further(self, character: str) -> Iterator[Typed]:
        """The next character of a sequence whose first two say that it has more."""
        begun = self._begun
        fixed = 6 if begun.startswith("\x1b[M") else 4 if begun.startswith("\x1b[[") else 3
        if fixed > 3 or begun[1] == "O" or (begun == "\x1b[" and character in "M["):
            ends = len(begun) + 1 == fixed and not (begun == "\x1b[" and character in "M[")
        else:
            ends = "@" <= character <= "~"
            if not ends and not " " <= character <= "?":  # no sequence holds it: a new key
                self._begun = ""
                yield Typed(character)
                return
        self._begun = (begun + character)[: LONGEST + 1]
        if ends:
            whole, self._begun = self._begun, ""
            if whole == BEGIN:
                self._paste = []
            elif self._length <= LONGEST and whole != END:
                yield Typed(whole)
