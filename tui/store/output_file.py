"""Output as a file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_output(path: Path, chunks: Iterable[bytes]) -> int:
    """Write an output's chunks to a file, private to the user; returns the number of lines.

    Written beside and renamed: the file is complete or as it was. Raises OSError.
    """
    lines = 0
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:32]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                lines += chunk.count(b"\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return lines
