"""An emulated terminal: bytes in, a screen of text and cells out; and what it answers to questions."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from tests.support.quick_screen import QuickScreen, QuickStream

if TYPE_CHECKING:
    from pyte.screens import Char

# What pyte would print as text or stumble over; none of it changes what stands on the screen.
_SILENT = re.compile(
    r"\x1b\[[<>=][\d;:]*[@-~]"  # keyboard protocols, secondary attributes
    r"|\x1b\[\??[\d;]*\$[@-~]"  # asking for modes
    r"|\x1b\[\?[\d;]*[a-gi-km-z]"  # private reports; ?h and ?l stay
    r"|\x1b\[[\d;]* [@-~]"  # cursor shape
    r"|\x1b\[[\d;]*t"  # window operations
    r"|\x1b[PX^_].*?\x1b\\"  # device control and application strings
    r"|\x1b\].*?(?:\x07|\x1b\\)",  # titles, colours, clipboard
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:|\[[\d;:<=>? $!]*|[PX^_\]](?:(?!\x1b\\)[^\x07])*)\Z", re.DOTALL)
_LONGEST_SEQUENCE = 4096

_MODE_QUESTION = re.compile(rb"\x1b\[\?(\d+)\$p")
_ATTRIBUTES_QUESTION = re.compile(rb"\x1b\[0?c")


def answers(chunk: bytes, *, synchronised: bool = True) -> bytes:
    """What a terminal would say to the questions in a chunk: programs wait for some of them.

    `synchronised`: it knows synchronised output (mode 2026).
    """
    said = b"\x1b[1;1R" * chunk.count(b"\x1b[6n")
    if _ATTRIBUTES_QUESTION.search(chunk):
        said += b"\x1b[?62;22c"
    for mode in _MODE_QUESTION.findall(chunk):
        said += b"\x1b[?%s;%d$y" % (mode, 2 if mode == b"2026" and synchronised else 0)
    for number, colour in ((b"10", b"ffff"), (b"11", b"0000")):
        if b"\x1b]%s;?" % number in chunk:
            said += b"\x1b]%s;rgb:%s\x1b\\" % (number, b"/".join([colour] * 3))
    return said


class Screen:
    """A screen that has been written to by `feed`; sequences may be cut anywhere between two calls."""

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = QuickScreen(columns, lines)
        self._stream = QuickStream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""
        self._lines = [""] * lines

    def feed(self, chunk: bytes) -> None:
        text = self._unfinished + self._decoder.decode(chunk)
        self._unfinished = ""
        if tail := _UNFINISHED.search(text, max(0, len(text) - _LONGEST_SEQUENCE)):
            self._unfinished = tail.group()
            text = text[: tail.start()]
        self._stream.feed(_SILENT.sub("", text))

    def resize(self, columns: int, lines: int) -> None:
        self._screen.resize(lines, columns)
        self._lines = [""] * lines
        self._screen.dirty.update(range(lines))

    def lines(self) -> list[str]:
        """Every line in full width; lines that have not changed since the last call are not read again."""
        columns = range(self._screen.columns)
        for y in self._screen.dirty:
            if y < len(self._lines):
                row = self._screen.buffer[y]
                self._lines[y] = "".join([cell.data for cell in map(row.__getitem__, columns)])
        self._screen.dirty.clear()
        return list(self._lines)

    def cell(self, line: int, column: int) -> Char:
        """A cell with its colours and attributes, counted from 0."""
        return self._screen.buffer[line][column]

    @property
    def cursor(self) -> tuple[int, int]:
        """Line and column, counted from 0."""
        return self._screen.cursor.y, self._screen.cursor.x
