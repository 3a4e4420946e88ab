"""Output as a file."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def save_output(folders: Sequence[Path], stem: str, chunks: Iterable[bytes]) -> tuple[Path, int]:
    """Write an output's chunks to STEM.log, private to the user; returns the path and the number of lines.

    The first folder that can be written to takes it. No file is ever overwritten: beside one of the same
    name it becomes STEM-2.log. What could not be written whole is removed. Raises OSError.
    """
    folder = next((folder for folder in folders if os.access(folder, os.W_OK | os.X_OK)), folders[0])
    path, file = _created(folder, stem)
    lines = 0
    try:
        with file:
            for chunk in chunks:
                file.write(chunk)
                lines += chunk.count(b"\n")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, lines


def _created(folder: Path, stem: str) -> tuple[Path, BinaryIO]:
    """A new file under the first name that is free."""
    for number in count(1):
        path = folder / (f"{stem}.log" if number == 1 else f"{stem}-{number}.log")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        return path, os.fdopen(descriptor, "wb")
    raise AssertionError("numbers do not end")
