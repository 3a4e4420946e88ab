"""Files that the user has allowed to ask for what lies beyond their folders, each by the hash of its bytes.

One record for each in $XDG_DATA_HOME/holdfast/allowed: where the file is, the SHA-256 of what was read and
shown, and each thing that it asked for then. A file that says otherwise by now is not allowed any more, nor
one that leads elsewhere by now, through a link.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, NamedTuple

from tui.files import read_file, write_whole
from tui.paths import base_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.settings.reach import Ask


class Allowed(NamedTuple):
    """A file that was allowed.

    path     absolute
    sha256   of its bytes
    asks     what it asked for then
    at       when, seconds since the epoch
    """

    path: str
    sha256: str
    asks: tuple[str, ...]
    at: float


def allowed_folder(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_DATA_HOME/holdfast/allowed."""
    return os.path.join(base_folder(environ, "XDG_DATA_HOME", ".local/share"), "holdfast", "allowed")


def _record(path: str, environ: Mapping[str, str]) -> str:
    name = hashlib.sha256(os.fsencode(os.path.abspath(path))).hexdigest()
    return os.path.join(allowed_folder(environ), f"{name}.json")


def find(path: str, environ: Mapping[str, str] = os.environ) -> Allowed | None:
    """What was allowed of a file, None where nothing was. Blocks."""
    found = _read(_record(path, environ))
    return found if found is not None and found.path == os.path.abspath(path) else None


def covers(found: Allowed | None, content: bytes, wanted: Sequence[Ask]) -> bool:
    """Whether a file is as it was allowed, and asks for nothing else."""
    if found is None or found.sha256 != hashlib.sha256(content).hexdigest():
        return False
    return {one.words for one in wanted} <= {*found.asks}


def allow(
    path: str, content: bytes, wanted: Sequence[Ask], at: float, environ: Mapping[str, str] = os.environ
) -> None:
    """Allow what a file asks for, by exactly these bytes of it. Blocks. Raises OSError."""
    os.makedirs(allowed_folder(environ), mode=0o700, exist_ok=True)
    found = Allowed(
        os.path.abspath(path), hashlib.sha256(content).hexdigest(), tuple(one.words for one in wanted), at
    )
    write_whole(_record(path, environ), json.dumps(found._asdict()).encode())


def revoke(path: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Allow it no longer; whether it was. Blocks. Raises OSError."""
    try:
        os.unlink(_record(path, environ))
    except FileNotFoundError:
        return False
    return True


def listed(environ: Mapping[str, str] = os.environ) -> list[Allowed]:
    """All of them by path; what is no record is left out. Blocks. Raises OSError."""
    folder = allowed_folder(environ)
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    found = (_read(os.path.join(folder, name)) for name in names if name.endswith(".json"))
    return sorted(one for one in found if one is not None)


def _read(record: str) -> Allowed | None:
    try:
        said = json.loads(read_file(record))
        return Allowed(
            str(said["path"]), str(said["sha256"]), tuple(map(str, said["asks"])), float(said["at"])
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # none is none: it allows nothing
        return None
