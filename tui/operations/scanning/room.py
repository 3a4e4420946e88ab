"""A folder for the time of one scan, in which the scanner is at home. What a killed one left is removed."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.scanners.binaries import cache_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PREFIX = "scan-"
LOCK = "lock"


class NoRoom(HoldfastError):
    """There is no place for the image's archive."""


@asynccontextmanager
async def scan_folder() -> AsyncIterator[Path]:
    """A new folder for this account's eyes alone, removed afterwards. Raises NoRoom."""
    try:
        folder, lock = await asyncio.to_thread(_new)
    except OSError as error:
        raise NoRoom(
            f"{error.filename} cannot be made: {error.strerror}", "set XDG_CACHE_HOME to a folder with room"
        ) from error
    try:
        yield folder
    finally:
        await shielded(asyncio.to_thread(_remove, folder, lock))


def _new() -> tuple[Path, int]:
    """And a lock in it, which ends with this process. Blocks. Raises OSError."""
    cache_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_left_over(cache_folder())
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=cache_folder()))
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return folder, lock


def _remove(folder: Path, lock: int) -> None:
    """Blocks."""
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _remove_left_over(parent: Path) -> None:
    """Those that nobody is at home in any more."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue  # it is being made this very moment
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # somebody is
        finally:
            os.close(lock)
