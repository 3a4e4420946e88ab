"""Output as a file."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def save_output(path: Path, chunks: Iterable[bytes], *, replace: bool = False) -> int:
    """Write an output's chunks to a file, for this account's eyes alone; returns the number of lines.

    It is written beside and then takes its name, so that it is whole or not there. Raises OSError:
    FileExistsError where there is one already that is not to be replaced. Blocks.
    """
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise IsADirectoryError(errno.EISDIR, "it is no file", str(path))
    if not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(path.parent))
    if path.exists() and not replace:  # before it is all written
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    lines = 0
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                lines += chunk.count(b"\n")
        if replace:
            Path(beside).replace(path)
        else:
            os.link(beside, path)  # unlike a rename, it replaces nothing that came meanwhile
    finally:
        Path(beside).unlink(missing_ok=True)
    return lines
