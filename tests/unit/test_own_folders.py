"""Folders of killed processes are removed by the next one, and nobody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui import own_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

MAKING = """
import sys, tempfile, time
from tui import own_folders
tempfile.tempdir = sys.argv[1]
print(own_folders.made(), flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hf-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_has_is_not(place: Path) -> None:
    ours = Path(own_folders.made("demo"))
    with subprocess.Popen([sys.executable, "-c", MAKING, place], stdout=subprocess.PIPE, text=True) as making:
        assert making.stdout is not None
        theirs = Path(making.stdout.readline().strip())
        (theirs / "docker.sock").touch()
        own_folders.sweep()
        assert theirs.exists()
        making.send_signal(signal.SIGKILL)
    own_folders.sweep()
    assert not theirs.exists()
    assert ours.exists()
    own_folders.remove(str(ours))
    assert [*place.iterdir()] == []


def test_what_only_looks_like_it_stays(place: Path) -> None:
    gone = "holdfast-4194305-1-abcdefgh"  # no process has that ID
    keep = place / "keep"
    keep.mkdir()
    (keep / "file").touch()
    (place / gone).symlink_to(keep)
    (place / "holdfast-notes").mkdir(mode=0o700)
    open_to_all = place / "holdfast-4194305-2-abcdefgh"
    open_to_all.mkdir()
    open_to_all.chmod(0o755)
    locked = place / "holdfast-4194305-3-abcdefgh"  # of a process that is counted elsewhere
    locked.mkdir(mode=0o700)
    held = own_folders._locked(str(locked))
    own_folders.sweep()
    assert len([*place.iterdir()]) == 5
    assert (keep / "file").exists()
    os.close(held)
    own_folders.sweep()
    assert not locked.exists()
