"""Writing a file so that it is never half there: whole or as before, whatever happens meanwhile."""

from __future__ import annotations

import os
import tempfile


def write_whole(path: str | os.PathLike[str], contents: bytes) -> None:
    """Put contents in a file's place: written beside it, for this account's eyes alone, and renamed.

    Its folder must be there. Blocks. Raises OSError, and then the file is as it was.
    """
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
