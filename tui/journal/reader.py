"""Reading journals: whole, from the end of what was read before, or only how they began and ended."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, NamedTuple

from tui.files import open_file
from tui.journal.folder import listed
from tui.journal.format import JournalMalformed, decode
from tui.model.operation import Ended, Event, Started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 256 * 1024

LINE_BYTES = 4 * 2**20
"""A line that is longer was written by nobody here, and tells nothing."""


class Summary(NamedTuple):
    """An operation without what happened in between. `ended` is None while it runs, or was interrupted."""

    path: Path
    started: Started
    ended: Ended | None
    alive: bool

    @property
    def interrupted(self) -> bool:
        """Whether its process is gone without having said how it ended."""
        return self.ended is None and not self.alive


def is_alive(path: Path) -> bool:
    """Whether the operation that writes this journal still runs; False where there is no file."""
    try:
        with open_file(path) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class Tail:
    """Reads what was appended since the last time. Blocks: use it in a thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0
        self._part = b""

    def read(self, limit: int = 1 << 20) -> list[Event]:
        """The next events, of at most about `limit` bytes; [] at the end. Lines that make no sense are
        left out: a machine that lost its power leaves such. Raises OSError."""
        with open_file(self.path) as file:
            file.seek(self._offset)
            chunk = file.read(limit)
        self._offset += len(chunk)
        *lines, self._part = (self._part + chunk).split(b"\n")
        if len(self._part) > LINE_BYTES:
            self._part = b""
        return list(_events(lines))


def events(path: Path) -> Iterator[Event]:
    """All events of a journal. Raises OSError."""
    with open_file(path) as file:
        while line := file.readline(LINE_BYTES):
            yield from _events([line])


def _events(lines: list[bytes] | Iterator[bytes]) -> Iterator[Event]:
    for line in lines:
        with contextlib.suppress(JournalMalformed):
            event = decode(line)
            if event is not None:
                yield event


def summary(path: Path) -> Summary | None:
    """How an operation began and ended; None where the file does not begin as a journal. Raises OSError."""
    alive = is_alive(path)  # before reading: one that ends in between has its outcome
    with open_file(path) as file:
        head = file.read(HEAD_BYTES)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        tail = file.read(TAIL_BYTES)
    first = next(_events(head.split(b"\n")[:1]), None)
    if not isinstance(first, Started):
        return None
    last = next(_events([tail.rstrip(b"\n").rpartition(b"\n")[2]]), None)
    return Summary(path, first, last if isinstance(last, Ended) else None, alive)


def summaries(folder: Path, limit: int | None = None) -> list[Summary]:
    """The newest operations, newest first. Blocks. Raises OSError."""
    found = []
    for path in listed(folder)[:limit]:
        with contextlib.suppress(OSError):  # gone meanwhile, or no file at all
            one = summary(path)
            if one is not None:
                found.append(one)
    return found
