"""The files of a build as a tar, for the classic builder. It blocks, and is meant for threads."""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
from typing import TYPE_CHECKING

from tui.engine.build_files import BuildFile, open_file, unreadable, walk
from tui.engine.follow_paths import NAMES
from tui.errors import HoldfastError
from tui.files import read_file

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator

    from tui.model.ignore import Ignore

CHUNK = 256 * 1024
"""Bytes that are read at once; a chunk of the tar has at most twice as many."""

_KINDS = {
    stat.S_IFREG: tarfile.REGTYPE, stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE, stat.S_IFCHR: tarfile.CHRTYPE, stat.S_IFBLK: tarfile.BLKTYPE,
}  # fmt: skip
_IGNORE = ".dockerignore"


def tar_stream(folder: str, ignore: Ignore, dockerfile: str) -> tuple[str, Iterator[bytes]]:
    """Pack a build: what the engine is to take for the Dockerfile, and the tar in chunks.

    The Dockerfile and .dockerignore are always sent: the engine reads them, and removes what is ignored.
    A Dockerfile that lies elsewhere is added under a name of its own, and a line in .dockerignore keeps it
    out of the image. All belongs to root. A file that grows meanwhile is cut, one that vanishes is left out.

    Raises HoldfastError where the Dockerfile cannot be read; the chunks raise it where another file cannot be
    read, or shrinks while it is read.
    """
    root, real = os.path.realpath(folder), os.path.realpath(dockerfile)
    name = os.path.relpath(real, root)
    if not name.startswith("../"):
        return name, _chunks(_packed(root, ignore.keeping(_IGNORE, name)))
    content = _read(real)
    name = (
        f".dockerfile.{hashlib.sha256(content).hexdigest()[:20]}"  # the same again: the engine's cache holds
    )
    return name, _chunks(_with_dockerfile(root, ignore.keeping(_IGNORE), name, content))


def _read(path: str) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        hint = "`dockerfile` of the app's build must name a readable file"
        raise HoldfastError(f"Cannot read the Dockerfile {path}: {error.strerror}", hint) from None


def _packed(root: str, ignore: Ignore, *, but: str = "") -> Iterator[bytes]:
    """The members of all files but one."""
    for entry in walk(root, excludes=ignore, classic=True):
        if entry.path == but:
            continue
        if not stat.S_ISREG(entry.mode):
            yield _header(entry, 0)
        elif file := open_file(root, entry.path):
            with file:
                yield from _member(entry, file)


def _with_dockerfile(root: str, ignore: Ignore, name: str, content: bytes) -> Iterator[bytes]:
    """The members of all files, of a Dockerfile, and of a .dockerignore that names it."""
    yield from _packed(root, ignore, but=_IGNORE)
    try:
        lines = read_file(f"{root}/{_IGNORE}")
    except OSError:  # it has been read before, and is gone since
        lines = _IGNORE.encode()
    for path, text in ((_IGNORE, lines + f"\n{name}\n".encode()), (name, content)):
        yield (
            _header(BuildFile(path, stat.S_IFREG | 0o600, len(text), 0), len(text))
            + text
            + _padding(len(text))
        )


def _member(entry: BuildFile, file: io.FileIO) -> Iterator[bytes]:
    """A file with as many bytes as it has at this moment."""
    size = left = os.fstat(file.fileno()).st_size
    yield _header(entry, size)
    while left:
        try:
            part = file.read(min(left, CHUNK))
        except OSError as error:
            raise unreadable(entry.path, error) from None
        if not part:
            hint = "build again once nothing writes to it, or leave it out by a line in .dockerignore"
            raise HoldfastError(f"{entry.path} became shorter while it was read for the build", hint)
        left -= len(part)
        yield part
    yield _padding(size)


def _header(entry: BuildFile, size: int) -> bytes:
    member = tarfile.TarInfo(entry.path)
    member.type = _KINDS[stat.S_IFMT(entry.mode)]
    member.mode = stat.S_IMODE(entry.mode)
    member.mtime = entry.mtime_ns // 1_000_000_000
    member.size = size
    member.linkname = entry.link
    if entry.device:
        member.devmajor, member.devminor = os.major(entry.device), os.minor(entry.device)
    return member.tobuf(tarfile.GNU_FORMAT, *NAMES)  # builders choke on the headers of PAX


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes and the end of the tar, in chunks worth sending."""
    chunk = bytearray()
    for part in parts:
        chunk += part
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk) + bytes(2 * tarfile.BLOCKSIZE)
