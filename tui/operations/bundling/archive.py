"""The archive: a manifest first, then the files; whole, or not there."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__
from tui.errors import HoldfastError
from tui.files import write_whole
from tui.model.bundle import file_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.model.bundle import LeftOut, Part

MANIFEST = "manifest.json"


class NotWritten(HoldfastError):
    """The bundle could not be written, and nothing of it is there."""

    exit_status = 1


class ThereAlready(HoldfastError):
    """A file of that name is there: it is not overwritten."""

    exit_status = 2


def target(app: str, output: str, now: float) -> Path:
    """Where it goes: into a folder that is named, else to that file, else here. Raises ThereAlready."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    path = Path(output or ".")
    if path.is_dir():
        path /= f"holdfast-{file_name(app)}-{moment}.tar.gz"
    if os.path.lexists(path):  # of a link that leads nowhere too
        raise ThereAlready(f"{path} is there already, and is not overwritten", "--output names another")
    return path.absolute()


def write(
    path: Path, app: str, parts: Sequence[Part], left_out: Sequence[LeftOut], masked: int, now: float
) -> int:
    """Write it, beside and renamed; its bytes. Raises NotWritten. Blocks."""
    manifest = {
        "app": app,
        "made_at": now,
        "by": f"holdfast {__version__}",
        "secrets_masked": masked,
        "files": [
            {"name": one.name, "bytes": len(_raw(one.content)), "about": one.about, "left_out": one.cut}
            for one in parts
        ],
        "left_out": [one._asdict() for one in left_out],
    }
    contents = _packed(file_name(path.name.removesuffix(".tar.gz")), manifest, parts, now)
    try:
        write_whole(path, contents)
    except OSError as error:
        raise NotWritten(
            f"{path} cannot be written: {error.strerror}",
            "nothing of it is there; --output names another place",
        ) from error
    return len(contents)


def _packed(folder: str, manifest: object, parts: Sequence[Part], now: float) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        for name, content in _files(manifest, parts):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mode, member.mtime = len(content), 0o600, now
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _files(manifest: object, parts: Sequence[Part]) -> Iterator[tuple[str, bytes]]:
    yield MANIFEST, _raw(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    for one in parts:
        yield one.name, _raw(one.content)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "replace")
