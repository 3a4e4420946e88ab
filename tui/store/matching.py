"""Which lines of a block match; expressions within bounds, because somebody writes them as they type.

Python's `re` tries some expressions for longer than the world has stood, and lets no other thread run
meanwhile. But it looks for signals: a timer of processor time ends it (decision 167). That works in the main
thread, where all matching is done.
"""

from __future__ import annotations

import re
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from tui.model.line_match import LineMatch

SECONDS = 0.1
"""Of processor time that an expression may take for a block of lines: a plain one takes a few thousandths."""

REACH = 4096
"""Characters of a line within which an expression is looked for."""

_HIDDEN = re.compile(rb"(?m)^[^\n]*\r(?=[^\r\n])|\x1b\[[0-9:;]{0,64}m|\r+$")
"""What presentation.ansi does not show of a line: what a carriage return overwrites, and colours."""

_armed = False


class TooSlow(HoldfastError):
    """An expression takes too long."""

    def __init__(self) -> None:
        super().__init__(
            "the expression takes too long: it was given up",
            "one without * or + inside of another * or + is quick",
        )


def _expired(_: int, __: FrameType | None) -> None:
    if _armed:  # else it came too late to end anything
        raise TooSlow


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """Raises TooSlow in what takes more processor time than that."""
    global _armed
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("expressions are matched in the main thread, which alone hears signals")
    if signal.getsignal(signal.SIGVTALRM) is not _expired:
        signal.signal(signal.SIGVTALRM, _expired)  # for good: one that comes late must end nothing else
    _armed = True
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        _armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def shown(texts: bytes) -> bytes:
    """Lines as they are seen: without colours, and what a carriage return overwrites."""
    return _HIDDEN.sub(b"", texts) if b"\x1b" in texts or b"\r" in texts else texts


def matching(match: LineMatch, texts: bytes) -> list[int]:
    """The places of the lines that are wanted among joined lines. Raises TooSlow."""
    if match.expression is not None:
        with within():
            found = by_expression(match.expression)(shown(texts))
    else:
        found = by_needle(match.needle)(shown(texts))
    if not match.hides:
        return found
    hidden = set(found)
    return [place for place in range(texts.count(b"\n") + 1) if place not in hidden]


def by_needle(needle: bytes) -> Callable[[bytes], list[int]]:
    """Finds the lines that hold a needle: in any case where it has no upper-case ASCII letter."""
    any_case = needle == needle.lower()

    def hits(texts: bytes) -> list[int]:
        if any_case:
            texts = texts.lower()
        found, line, seen = [], 0, 0
        at = texts.find(needle) if needle else -1
        while at >= 0:
            line += texts.count(b"\n", seen, at)
            found.append(line)
            seen = texts.find(b"\n", at)
            at = texts.find(needle, seen) if seen >= 0 else -1
        return found

    return hits


def by_expression(expression: re.Pattern[str]) -> Callable[[bytes], list[int]]:
    """Finds the lines within whose first REACH characters an expression matches."""

    def hits(texts: bytes) -> list[int]:
        search, most = expression.search, REACH * 4
        return [
            place
            for place, text in enumerate(texts.split(b"\n"))
            if search(text[:most].decode("utf-8", "replace")[:REACH])
        ]

    return hits
