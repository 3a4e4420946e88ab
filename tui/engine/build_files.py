"""The files of a build: finding and reading them, as Docker's clients do.

All of it blocks, and is meant for threads. Paths are relative to the folder of the build, with "/" between
names; what is not UTF-8 in them is kept as surrogates (PEP 383).
"""

from __future__ import annotations

import errno
import io
import os
import stat
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.follow_paths import NAMES, follow
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.ignore import NOTHING, Ignore, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVERYTHING = Ignore()

_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_GONE = (FileNotFoundError, NotADirectoryError)


class BuildFile(NamedTuple):
    """A file, folder or other thing of a build.

    mode      as stat has it (st_mode): kind and permissions
    size      bytes, 0 for a folder
    mtime_ns  nanoseconds since the epoch
    link      where a symbolic link points to
    device    the number of a device file (st_rdev), else 0
    """

    path: str
    mode: int
    size: int
    mtime_ns: int
    link: str = ""
    device: int = 0


class _Folder:
    """A folder that is being walked; `entry` until it has been told."""

    __slots__ = ("children", "entry", "ignored", "prefix", "wanted")

    def __init__(self, prefix: str, place: bytes) -> None:
        with os.scandir(place) as children:
            self.children = iter(sorted(children, key=attrgetter("name")))
        self.prefix = prefix
        self.entry: BuildFile | None = None
        self.ignored = self.wanted = NOTHING


def walk(
    folder: str,
    *,
    excludes: Ignore = EVERYTHING,
    includes: Sequence[str] = (),
    follow_paths: Sequence[str] = (),
    classic: bool = False,
) -> Iterator[BuildFile]:
    """What belongs to a build, in the order of FileSync (https://github.com/tonistiigi/fsutil).

    That is by the bytes of paths with "/" the lowest: a folder, what lies in it, then what comes after it. A
    folder that is left out is told nevertheless, as soon as something in it is not. Symbolic links are not
    followed, a socket is an empty file, and what vanishes meanwhile does not count.

    includes      patterns; where there are any, only what they match
    follow_paths  likewise, and what they point to where they are symbolic links
    classic       decide as the client of the classic builder, which tells neither folders that are left out
                  nor sockets

    Raises HoldfastError for what cannot be read, and for a pattern that Docker would refuse.
    """
    root = os.fsencode(folder)
    wanted = Patterns(follow(root, follow_paths, includes))
    try:
        above = [_Folder("", root)]
    except OSError as error:
        hint = "the folder that is sent to the engine must exist and be readable"
        raise HoldfastError(
            f"Cannot read the folder of the build, {folder}: {error.strerror}", hint
        ) from None
    while above:
        here = above[-1]
        child = next(here.children, None)
        if child is None:
            above.pop()
            continue
        path = here.prefix + child.name.decode(*NAMES)
        ignored = excludes.match(path, here.ignored)
        asked = wanted.match(path, here.wanted) if wanted else NOTHING
        left_out = ignored.yes or (bool(wanted) and not asked.yes)
        is_folder = child.is_dir(follow_symlinks=False)
        if left_out and not (
            is_folder
            and (not ignored.yes or excludes.needs_walk(path, classic=classic))
            and (not wanted or asked.yes or wanted.may_match_below(path, exception=False))
        ):
            continue
        try:
            entry = _entry(child, path, classic)
            inner = _Folder(f"{path}/", child.path) if is_folder else None
        except _GONE:
            continue
        except PermissionError as error:
            if left_out:
                continue
            raise unreadable(path, error) from None
        if entry is None:
            continue
        if not left_out:
            yield from _untold(above)
            yield entry
        if inner:
            inner.ignored, inner.wanted = ignored, asked
            inner.entry = entry if left_out and not classic else None
            above.append(inner)


def _untold(above: list[_Folder]) -> Iterator[BuildFile]:
    for folder in above:
        if folder.entry:
            yield folder.entry
            folder.entry = None


def _entry(child: os.DirEntry[bytes], path: str, classic: bool) -> BuildFile | None:
    """None for what is not sent."""
    status = child.stat(follow_symlinks=False)
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return BuildFile(path, mode, status.st_size, status.st_mtime_ns)
    if stat.S_ISDIR(mode):
        return BuildFile(path, mode, 0, status.st_mtime_ns)
    if stat.S_ISSOCK(mode):
        return None if classic else BuildFile(path, stat.S_IFREG | stat.S_IMODE(mode), 0, status.st_mtime_ns)
    link = os.readlink(child.path).decode(*NAMES) if stat.S_ISLNK(mode) else ""  # noqa: PTH115
    device = status.st_rdev if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else 0
    return BuildFile(
        path=path, mode=mode, size=status.st_size, mtime_ns=status.st_mtime_ns, link=link, device=device
    )


def open_file(folder: str, path: str) -> io.FileIO | None:
    """Open a file of a build. None where it has vanished or is a socket: Docker sends it empty then.

    Raises HoldfastError, naming it, where it cannot be read.
    """
    try:
        file = io.FileIO(os.open(os.fsencode(folder) + b"/" + path.encode(*NAMES), _READ))
    except _GONE:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # now a symbolic link, or a socket
            return None
        raise unreadable(path, error) from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        return None
    return file


def unreadable(path: str, error: OSError) -> HoldfastError:
    """That a file of the build cannot be read."""
    hint = "make it readable, or leave it out of the build by a line in .dockerignore"
    return HoldfastError(f"Cannot read {path} for the build: {error.strerror}", hint)


def ignore_file(dockerfile: str, folder: str, *, classic: bool = False) -> tuple[str, Ignore]:
    """The ignore file of a build, "" where there is none, and what it says.

    BuildKit takes the one of this Dockerfile ("NAME.dockerignore" beside it) before the folder's own; the
    classic builder knows only that. Raises HoldfastError where it cannot be read or has a wrong line.
    """
    shared = f"{folder}/.dockerignore"
    for path in [shared] if classic else [f"{dockerfile}.dockerignore", shared]:
        try:
            return path, Ignore.parse(read_file(path), path)
        except _GONE:
            continue
        except OSError as error:
            raise HoldfastError(f"Cannot read {path}: {error.strerror}", "make it a readable file") from None
    return "", EVERYTHING
