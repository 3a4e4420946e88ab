"""Standard output that may be slow or go away without holding up what it tells about."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING

from tui.cli.plainness import is_plain
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.errors import HoldfastError

WAITING_BYTES = 16 * 2**20
"""What may wait for a slow reader; whoever writes more leaves out what can be left out."""

NOT_WRITTEN = "standard output cannot be written"
STILL_THERE = "the operation goes on: holdfast history --show last tells all of it"

_answer_lost = False

CHUNK_BYTES = 1 << 16
"""Parts are written together up to about so many bytes."""


class Sink:
    """Writes to file descriptors in a thread of its own, in the order of the calls.

    A reader that is slow, or a terminal that is stopped by Ctrl+S, makes `waiting` grow; to one that has gone
    nothing is written any more, and nobody is told by an exception.
    """

    def __init__(self) -> None:
        self._parts: deque[tuple[int, bytes]] = deque()
        self._waiting = 0
        self._lost: set[int] = set()
        self._more = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Bytes that are not written yet."""
        return self._waiting

    @property
    def full(self) -> bool:
        """Whether so much waits that what can be left out should be."""
        return self._waiting > WAITING_BYTES

    def write(self, content: bytes, fd: int = 1) -> None:
        """Write it some time soon."""
        with self._more:
            self._parts.append((fd, content))
            self._waiting += len(content)
            self._more.notify()

    def close(self) -> None:
        """Return when everything is written or nobody reads it. Blocks for as long as the reader does."""
        with self._more:
            self._closed = True
            self._more.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._more:
                while not self._parts and not self._closed:
                    self._more.wait()
                if not self._parts:
                    return
                fd, content = self._parts.popleft()
                size = len(content)
                more = []
                while self._parts and self._parts[0][0] == fd and size < CHUNK_BYTES:
                    more.append(self._parts.popleft()[1])
                    size += len(more[-1])
            content += b"".join(more)
            if fd not in self._lost:
                try:
                    write_all(fd, content)
                except OSError as error:
                    self._lost.add(fd)
                    if fd == 1 and error.errno != errno.EPIPE:
                        say(f"holdfast: {NOT_WRITTEN}: {error.strerror}\n  {STILL_THERE}")
            with self._more:
                self._waiting -= len(content)


def write_all(fd: int, content: bytes) -> None:
    """Write all of it. Raises OSError."""
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]


def line(text: str) -> bytes:
    """A line as bytes; what cannot be encoded becomes a question mark."""
    return text.encode("utf-8", "replace") + b"\n"


def say(text: str) -> None:
    """A sentence on standard error, made harmless; where that has gone, nobody is told.

    Its lines are our own: of text from outside that may have some, they are made visible by `safe` before.
    """
    with contextlib.suppress(OSError):
        print("\n".join(safe(part) for part in text.split("\n")), file=sys.stderr, flush=True)


def say_error(error: HoldfastError) -> None:
    """An error, what it shows, and its remedy on standard error.

    What follows its first line is indented: a name with a line break in it forges no line of ours.
    """
    parts = [f"holdfast: {error.message}", *(f"  {part}" for part in error.detail)]
    first, *more = "\n".join([*parts, f"  {error.hint}"] if error.hint else parts).split("\n")
    say("\n".join([first, *(line if line.startswith("  ") else f"  {line}" for line in more)]))


def say_errors(errors: Iterable[HoldfastError]) -> None:
    """Several, each as `say_error` does it.

    Of engines that only a pulled file names, which may be any number: the first few, and how many more.
    """
    from tui.engine.errors import NotAllowed
    from tui.settings.reach import MOST_NAMED

    foreign = 0
    for error in errors:
        foreign += isinstance(error, NotAllowed)
        if not isinstance(error, NotAllowed) or foreign <= MOST_NAMED:
            say_error(error)
    if foreign > MOST_NAMED:
        say(f"holdfast: and {foreign - MOST_NAMED} more are not reached, for the same reason")


def answer(text: str) -> None:
    """The result on standard output; a reader that has gone is no error, a full disk is one.

    The command then ends with an exit status that says so: see `is_lost`.
    """
    global _answer_lost
    if sys.stdout is None:  # closed before we were started
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # do not complain at exit either
        if error.errno != errno.EPIPE:  # "holdfast history | head"
            _answer_lost = True
            say(f"holdfast: {NOT_WRITTEN}: {error.strerror}")


def is_lost() -> bool:
    """Whether a result could not be written, though somebody waits for it."""
    return _answer_lost


def answer_json(document: object) -> None:
    """One JSON document on standard output."""
    from tui.model.json_text import json_text

    text = json_text(document, indent=2)
    if not text.isascii():  # half a character, as names of files have, is none in UTF-8: written as JSON can
        text = "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)
    answer(text + "\n")


def terminal_cells(fd: int) -> int:
    """How wide the terminal is, in cells; 0 where it is none, or does not say."""
    try:
        return os.get_terminal_size(fd).columns
    except OSError:
        return 0


def table_cells(fd: int) -> int:
    """The same for a table, which is read out row by row where everything is said in lines."""
    from tui.presentation.console import SENTENCES

    return SENTENCES if is_plain() else terminal_cells(fd)


def colours(fd: int) -> bool:
    """Whether colours are wanted there: a terminal that has them, and no NO_COLOR (https://no-color.org)."""
    return os.isatty(fd) and not os.environ.get("NO_COLOR") and moves(fd)


def moves(fd: int) -> bool:
    """Whether it is a terminal whose cursor can be moved, and may be."""
    return os.isatty(fd) and bool(os.environ.get("TERM")) and not is_plain()
