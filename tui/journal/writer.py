"""Writing the journal of one operation."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING, Self

from tui.errors import HoldfastError
from tui.journal.folder import KEPT, journal_path, listed
from tui.journal.format import encode
from tui.journal.reader import is_alive
from tui.model.operation import Event, Logged, Progressed, Warned

if TYPE_CHECKING:
    from pathlib import Path

LOG_BYTES = 64 * 2**20
"""Output kept of one operation; what comes after it is counted."""


class JournalFailed(HoldfastError):
    """The journal cannot be written, and so nothing is changed either: what is done must be on record."""


class Journal:
    """One operation's file, mode 0600, locked for as long as the operation lives.

    The lock is how others see that it lives: process IDs are used again, locks are not.
    """

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd
        self._logged = 0
        self._unlogged = 0

    @classmethod
    def create(cls, folder: Path, op: str) -> Self:
        """Begin a journal; the oldest beyond KEPT go. Blocks. Raises JournalFailed."""
        path = journal_path(folder, op)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
            fcntl.flock(fd, fcntl.LOCK_EX)
            for old in listed(folder)[KEPT:]:
                if not is_alive(old):
                    with contextlib.suppress(FileNotFoundError):  # another operation was quicker
                        old.unlink()
        except OSError as error:
            raise JournalFailed(
                f"{path}: the journal cannot be written: {error.strerror}",
                "free space there, or set XDG_STATE_HOME to a folder that can be written",
            ) from error
        return cls(path, fd)

    def write(self, event: Event) -> None:
        """Append an event.

        Raises JournalFailed; output and progress that cannot be written are left out instead.
        """
        line = encode(event)
        passing = isinstance(event, Logged | Progressed)
        if isinstance(event, Logged):
            if self._logged + len(line) > LOG_BYTES:
                self._unlogged += event.text.count("\n") + 1
                return
            self._logged += len(line)
        elif self._unlogged and not passing:
            lines, self._unlogged = self._unlogged, 0
            self._append(encode(Warned(event.t, f"{lines:,} lines of output are not kept in the journal")))
        try:
            self._append(line)
        except JournalFailed:
            if not passing:
                raise

    def _append(self, line: bytes) -> None:
        try:
            written = os.write(self._fd, line)
            if written < len(line):  # a full disk takes a part, and refuses the rest
                os.write(self._fd, line[written:])
        except OSError as error:
            raise JournalFailed(
                f"{self.path}: the journal cannot be written: {error.strerror}",
                "free space there, or set XDG_STATE_HOME to a folder that can be written",
            ) from error

    def close(self) -> None:
        os.close(self._fd)
