"""Files that this program did not make are read within bounds; its own are whole or as before."""

from __future__ import annotations

import errno
import os
import stat
from typing import BinaryIO

from tui.borders import check

MOST_BYTES = 1 << 20
"""Bytes of the largest file that is read: what people write by hand is far smaller."""

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY

_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_file(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """What is in a regular file, links followed.

    Anything else could take all memory (/dev/zero) or wait for ever (a FIFO). Blocks. Raises OSError, whose
    `strerror` says what it is instead, or that it is larger than `most` bytes.
    """
    with open_file(path) as file:
        try:
            content = file.read(most + 1)
        except OSError as error:
            error.filename = os.fspath(path)  # a failing disk names none
            raise
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is larger than {_amount(most)}", os.fspath(path))
    return content


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """A regular file, to be read part by part. As `read_file` otherwise."""
    try:
        _check(path, os.stat(path).st_mode)  # before it is opened: that alone does something to some devices
    except ValueError:
        raise OSError(errno.EINVAL, "its name holds a zero byte", os.fspath(path)) from None
    handle = os.open(path, _READ)
    try:
        found = os.fstat(handle)
        _check(path, found.st_mode)
        check(path, found)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def _check(path: str | os.PathLike[str], mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, and no regular file", os.fspath(path))


def _amount(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def write_whole(path: str | os.PathLike[str], contents: bytes, *, lasting: bool = True) -> None:
    """Put contents in a file's place: written beside it, for this account's eyes alone, and renamed.

    Its folder must be there. Blocks. Raises OSError, and then the file is as it was. A crash of the machine
    may leave one empty that is not to be `lasting`.
    """
    import tempfile  # it loads what reading needs not, before the first row

    handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
