"""Folders of this process among the temporary files, and sweeping those whose process is gone.

A name has the process ID and when that process began, and as long as it lives it holds a lock on it.
The first is known from the moment that there is a folder, the second also where processes are counted
elsewhere, as in a container that shares the place.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from tui.files import read_file

LONGEST = 40
"""Of the path of the place: a socket's path has 107 bytes, and ssh makes longer names beside its own."""

_NAME = re.compile(r"holdfast-(?:[a-z]+-)?(\d{1,10})-(\d{1,20})-[A-Za-z0-9_]{8}")

_held: dict[str, int] = {}


def made(kind: str = "") -> str:
    """A new folder that nobody else may look into. Blocks for a moment; raises OSError."""
    prefix = f"holdfast-{kind}{'-' if kind else ''}{os.getpid()}-{began(os.getpid()) or 0}-"
    folder = tempfile.mkdtemp(prefix=prefix, dir=_place())
    with suppress(OSError):
        _held[folder] = _locked(folder)
    return folder


def remove(folder: str) -> None:
    """Remove one that `made` gave. Blocks for a moment."""
    shutil.rmtree(folder, ignore_errors=True)
    if (held := _held.pop(folder, None)) is not None:
        os.close(held)


def sweep() -> None:
    """Remove what processes left that were killed: folders of ours by name, owner and mode. Blocks."""
    with suppress(OSError):
        for path in Path(_place()).glob("holdfast-*"):
            if (found := _NAME.fullmatch(path.name)) and began(int(found[1])) != int(found[2]):
                with suppress(OSError):
                    _swept(path)


def _swept(path: Path) -> None:
    told = path.lstat()
    if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.geteuid() or stat.S_IMODE(told.st_mode) != 0o700:
        return
    held = _locked(str(path))  # raises where it belongs to one that lives
    try:
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(held)


def _locked(folder: str) -> int:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise
    return held


def began(pid: int) -> int | None:
    """When a process began, in ticks since the machine did (proc(5), field 22); None where there is none."""
    try:
        return int(read_file(f"/proc/{pid}/stat").rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def _place() -> str:
    place = tempfile.gettempdir()
    return place if len(place) <= LONGEST else "/tmp"
