"""From the bytes of a keyboard to text: no bytes are in error, and no paste lasts for ever."""

from __future__ import annotations

import re
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN, END = "\x1b[200~", "\x1b[201~"
"""Around what is pasted."""

PATIENCE = 3.0
"""Seconds without a byte after which a paste that was not ended is over."""

MOST = 1 << 20
"""Characters of a paste that are taken; the rest is dropped, for it must not act as keys."""

_CTRL_C = re.compile("\x03|\x1b\\[99;5u")


class Keyboard:
    """Decodes what is typed; a paste whose end never comes is ended by silence or by Ctrl+C."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._clock = clock
        self._tail = ""
        self._pasting = False
        self._taken = 0
        self._last = 0.0

    def text(self, typed: bytes) -> str:
        """What is to be acted on now."""
        text = self._decode(typed)
        self._last = self._clock()
        at = 0 if self._pasting else text.rfind(BEGIN)
        if at >= 0 and END not in text[at:] and (key := _CTRL_C.search(text, at)):
            text = f"{text[: key.start()]}{END}{text[key.start() :]}"
        seen = self._tail + text
        began, ended = seen.rfind(BEGIN), seen.rfind(END)
        self._tail = seen[1 - len(END) :]
        if max(began, ended) >= 0:
            self._pasting = began > ended
            self._taken = 0
        elif self._pasting:
            self._taken += len(text)
            if self._taken > MOST:
                return text[text.rindex("\x1b") :] if "\x1b" in text else ""
        return text

    def silence(self) -> str:
        """Nothing was typed just now: the end of a paste that is waited for in vain, "" else."""
        if not self._pasting or self._clock() - self._last < PATIENCE:
            return ""
        self._pasting = False
        return END
