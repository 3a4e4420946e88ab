"""The small tar archives that go to and come from an engine. Pure, and not quick: large ones in a thread."""

from __future__ import annotations

import io
import tarfile
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FILE_BYTES = 2**20
"""Bytes of the largest file that is taken out."""


BROKEN = (tarfile.TarError, EOFError, ValueError)
"""What is raised of an archive that is none, or is cut."""

BESIDE = "~"
"""Begins the name that a file has until it is whole, and keeps beside its own. It stands behind all records
in the order of names: of several names of one file, an engine gives the first as a file, others as links."""


class NoTar(ValueError):
    """Bytes that are no tar archive, or one that is cut."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files by their relative paths; one that is there already is replaced."""
    return _pack([(path, contents) for path, contents in files.items()])


def pack_new(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Files of a folder that is made where it is missing, such that none is ever replaced or half there.

    Unpacking has no "only if it is not there". But before each file comes an entry below it, as if it were a
    folder: where the file is there, that cannot be made, and the unpacking ends with an error. Where it is
    not there, the entry makes a folder, and the engine puts the file in its place.

    Nor does an engine take away what it has begun to write when its disk is full. So the contents go into a
    file of another name, and the name that counts is a hard link to it, which comes to be at once or not.
    """
    entries: list[tuple[str, bytes | str | None]] = [(folder, None)]
    for name, contents in files.items():
        beside = f"{folder}/{BESIDE}{name}"
        entries += [(f"{folder}/{name}/new", b""), (beside, contents), (f"{folder}/{name}", beside)]
    return _pack(entries)


def unpack(archive: bytes) -> dict[str, bytes]:
    """The ordinary files of an archive by their paths.

    Raises NoTar, also where one is larger than FILE_BYTES.
    """
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
                    if member.size > FILE_BYTES:
                        raise NoTar(f"{member.name} is larger than {FILE_BYTES:,} bytes")
                    contents = tar.extractfile(member)
                    files[member.name] = contents.read() if contents else b""
    except BROKEN as error:
        raise NoTar(str(error)) from error
    return files


class Contents(NamedTuple):
    """The wanted files of a folder, and those that are there and are not read: name -> why."""

    files: dict[str, bytes]
    unread: dict[str, str]


def contents(archive: bytes, folder: str, wanted: Callable[[str], bool]) -> Contents:
    """What an archive has directly in a folder, by names. Raises NoTar."""
    found = Contents({}, {})
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
            for member in tar:
                name = member.name.removeprefix(f"{folder}/")
                if member.isdir() or not wanted(name):
                    continue
                if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                    found.unread[name] = (
                        "it is a link" if member.issym() or member.islnk() else "it is no file"
                    )
                elif member.size > FILE_BYTES:
                    found.unread[name] = f"it is larger than {FILE_BYTES:,} bytes"
                else:
                    file = tar.extractfile(member)
                    found.files[name] = file.read() if file else b""
    except BROKEN as error:
        raise NoTar(str(error)) from error
    return found


def largest(part: bytes) -> tuple[str, int]:
    """The path and the size of the largest file of an archive that may be cut; ("", 0) where it has none."""
    found = ("", 0)
    with suppress(*BROKEN), tarfile.open(fileobj=io.BytesIO(part), mode="r:") as tar:
        for member in tar:
            if member.size > found[1]:
                found = (member.name, member.size)
    return found


def folders(part: bytes) -> list[str]:
    """The paths of the folders in an archive, or in the beginning of one."""
    found: list[str] = []
    with suppress(*BROKEN), tarfile.open(fileobj=io.BytesIO(part), mode="r:") as tar:
        found.extend(member.name for member in tar if member.isdir())
    return found


def _pack(entries: Iterable[tuple[str, bytes | str | None]]) -> bytes:
    """None for contents makes a folder, a text a hard link to that path.

    GNU format: the engine stumbles over PAX headers.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path, contents in entries:
            member = tarfile.TarInfo(path)
            member.mode = 0o600
            if isinstance(contents, bytes):
                member.size = len(contents)
                tar.addfile(member, io.BytesIO(contents))
                continue
            if contents is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o700
            else:
                member.type, member.linkname = tarfile.LNKTYPE, contents
            tar.addfile(member)
    return packed.getvalue()
