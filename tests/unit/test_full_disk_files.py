"""What the program keeps of its own is whole or as before where the disk has no room for it."""

from __future__ import annotations

import errno
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tui.evidence.files import add_facts, read_evidence
from tui.files import write_whole
from tui.ledger.mirror import Identity, Mirror
from tui.settings.save import save_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KiB, on which everything under test may write what it likes until it is `filled`."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def fill(disk: Path) -> None:
    with pytest.raises(OSError, match="No space left"), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def seen(disk: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(disk.rglob("*")) if path.is_file()}


def _environ(disk: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(disk), "XDG_STATE_HOME": str(disk), "HOME": str(disk)}


def _mirror(disk: Path) -> Mirror:
    return Mirror(Identity("id", "host", "/"), _environ(disk))


WRITERS: dict[str, Callable[[Path, str], object]] = {
    "settings.toml": lambda disk, value: save_choice("theme", value * 8000, _environ(disk)),
    "evidence": lambda disk, value: add_facts("web", "sha256:ab", _environ(disk), commit=value * 8000),
    "copy of the ledger": lambda disk, value: _mirror(disk).write("web", {"r1.json": value.encode() * 8000}),
    "a file": lambda disk, value: write_whole(disk / "a", value.encode() * 8000),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_is_told_and_leaves_what_was_there(disk: Path, name: str) -> None:
    WRITERS[name](disk, "a")
    fill(disk)
    before = seen(disk)
    with pytest.raises(OSError, match="No space left on device") as caught:
        WRITERS[name](disk, "b")
    assert caught.value.errno == errno.ENOSPC
    assert seen(disk) == before
    if name == "evidence":
        assert read_evidence("web", "sha256:ab", _environ(disk)).commit == "a" * 8000
