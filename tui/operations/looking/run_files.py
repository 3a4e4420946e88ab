"""The files that a run configuration refers to, as they are now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.files import read_file

if TYPE_CHECKING:
    from tui.model.app import RunSpec


class FileMissing(HoldfastError):
    """A file that the run configuration refers to cannot be read."""

    exit_status = 2


def file_hashes(run: RunSpec) -> dict[str, str]:
    """Each of them, with the SHA-256 of what is in it. Blocks. Raises FileMissing."""
    hashes = {}
    for path in run.env_file:
        try:
            hashes[path] = hashlib.sha256(read_file(path)).hexdigest()
        except OSError as error:
            raise FileMissing(f"env_file {path} cannot be read: {error.strerror}", "put it back") from error
    return hashes
