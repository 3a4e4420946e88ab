"""Folders of what the tests start, found again after a crash."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from pathlib import Path

PREFIX = "holdfast-test-"
PLACE = Path("/tmp")  # not $TMPDIR: the path of a unix socket has 107 bytes
SCRIPT = Path(__file__).with_name("engine.sh")


def claim(kind: str) -> tuple[Path, int]:
    """A new folder, and the descriptor that locks it: give it to the processes that use the folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-", dir=PLACE))
    lock = os.open(folder / "new", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / "new").rename(folder / "lock")  # never there unlocked: others look for it
    return folder, lock


def remove(folder: Path) -> None:
    """Remove it, with the bridges and control groups that bear its name."""
    subprocess.run(["sh", SCRIPT, "remove", folder], check=True)


def reap() -> list[Path]:
    """Remove the folders whose processes have all gone; they ended too hard to do so themselves."""
    removed = []
    for lock in PLACE.glob(f"{PREFIX}*/lock"):
        try:
            descriptor = os.open(lock, os.O_RDWR)
        except FileNotFoundError:  # it is going just now
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
        remove(lock.parent)
        removed.append(lock.parent)
    return removed
