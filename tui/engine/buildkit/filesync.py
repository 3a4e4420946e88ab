"""Sending the files of a build: only those that the engine has not got from the build before.

Protocol: https://github.com/tonistiigi/fsutil (send.go), as moby/buildkit's session/filesync calls it.
Everything is described, each thing by a STAT, at the end an empty one. For what the engine has otherwise
comes a REQ with its number in the order of the STATs, and goes DATA, at the end an empty one. When the engine
has all, it sends FIN. Both ways can be under way at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import sys
from collections import deque
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from google.protobuf.message import DecodeError

from tui.borders import check
from tui.engine.build_files import BuildFile, open_file, unreadable, walk
from tui.engine.buildkit.grpc import NOT_FOUND, UNKNOWN, CallFailed, framed
from tui.engine.buildkit.proto.session_pb2 import Packet, Stat
from tui.engine.buildkit.threads import in_thread
from tui.model.ignore import Ignore

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tui.engine.buildkit.grpc import Call

DOCKERFILE, FILES = "dockerfile", "context"
"""What the engine calls the two folders that it asks for."""

BATCH_ENTRIES = 512
BATCH_BYTES = 1 << 20
"""How much is read ahead at once, in a thread."""

AHEAD = 4
"""Batches that are read before the engine has taken the first of them."""

PACKET_COST = 64
"""What a packet counts in a batch beside its contents, so that a batch of empty files ends too."""

PART_BYTES = 1 << 16
"""The most that one DATA carries."""

# Go's os.FileMode goes over the wire: kinds and special bits have other places than in st_mode.
_KINDS = {
    stat.S_IFREG: 0,
    stat.S_IFDIR: 1 << 31,
    stat.S_IFLNK: 1 << 27,
    stat.S_IFIFO: 1 << 25,
    stat.S_IFSOCK: 1 << 24,
    stat.S_IFBLK: 1 << 26,
    stat.S_IFCHR: 1 << 26 | 1 << 21,
}
_BITS = ((stat.S_ISUID, 1 << 23), (stat.S_ISGID, 1 << 22), (stat.S_ISVTX, 1 << 20))


class FolderRequest(NamedTuple):
    """What the engine asks for: a folder by its name, and which part of it."""

    folder: str
    includes: Sequence[str] = ()
    excludes: Sequence[str] = ()
    follow_paths: Sequence[str] = ()

    @classmethod
    def of(cls, metadata: Mapping[str, Sequence[str]]) -> FolderRequest:
        """From the headers of the call (moby/buildkit, session/filesync): url-encoded where they say so."""

        def values(name: str) -> Sequence[str]:
            plain = metadata.get(name, ())
            encoded = metadata.get(f"{name}-encoded", ("",))[0] in ("1", "t", "T", "true", "TRUE", "True")
            return [unquote_plus(value, errors="surrogateescape") for value in plain] if encoded else plain

        [folder, *_] = [*values("dir-name"), ""]
        return cls(folder, values("include-patterns"), values("exclude-patterns"), values("followpaths"))


class Sent(NamedTuple):
    """How much has been sent: things described, contents of files, and bytes of those contents."""

    entries: int = 0
    files: int = 0
    bytes: int = 0


def go_mode(mode: int) -> int:
    """Kind and permissions as Go's os.FileMode has them."""
    bits = sum(there for here, there in _BITS if mode & here)
    return _KINDS[stat.S_IFMT(mode)] | bits | (mode & 0o777)


def dockerfile_entries(path: str) -> Iterator[BuildFile]:
    """The Dockerfile and the ignore files beside it, and nothing else of its folder; links are followed."""
    folder, _, name = path.rpartition("/")
    for each in sorted({name, f"{name}.dockerignore", ".dockerignore"}, key=os.fsencode):
        try:
            found = Path(folder, each).stat()
        except OSError:  # the Dockerfile has been looked at before; the others need not be there
            continue
        if stat.S_ISREG(found.st_mode):
            yield BuildFile(each, found.st_mode, found.st_size, found.st_mtime_ns)


def _open_linked(folder: str, path: str) -> io.FileIO | None:
    """A file beside the Dockerfile, or what it is a link to; None for what has vanished."""
    real = Path(folder, path).resolve()
    file = open_file(str(real.parent), real.name)
    if file is not None:
        try:
            check(Path(folder, path), os.fstat(file.fileno()))
        except OSError as error:
            file.close()
            raise unreadable(path, error) from None
    return file


class FileSync:
    """Sends the files of one build.

    sent       how much of each folder ("context", "dockerfile") so far
    vanished   files that were gone when their turn came; they arrive empty, as Docker sends them
    misnamed   some of the paths that are not UTF-8, which Engine 20.10 takes and 28.5 does not
    """

    def __init__(self, folder: str, dockerfile: str) -> None:
        self._folder = folder
        self._dockerfile = dockerfile
        self.sent = {FILES: Sent(), DOCKERFILE: Sent()}
        self.vanished: deque[str] = deque(maxlen=100)
        self.misnamed: deque[str] = deque(maxlen=5)

    async def diff_copy(self, call: Call) -> None:
        """moby.filesync.v1.FileSync/DiffCopy. Raises CallFailed, HoldfastError."""
        asked = FolderRequest.of(call.metadata)
        match asked.folder:
            case "dockerfile":
                folder, opened = str(Path(self._dockerfile).parent), _open_linked
                entries = dockerfile_entries(self._dockerfile)
            case "context":
                folder, opened = self._folder, open_file
                try:
                    await in_thread(check, folder)
                except OSError as error:
                    raise unreadable(folder, error) from None
                entries = self._noticed(
                    walk(
                        folder,
                        excludes=Ignore(asked.excludes),
                        includes=asked.includes,
                        follow_paths=asked.follow_paths,
                    )
                )
            case other:
                raise CallFailed(NOT_FOUND, f"no access to {other!r}")
        reading = _Reading(partial(opened, folder), self.vanished)
        await _Sending(call, folder, entries, reading, partial(self._count, asked.folder)).run()

    def _noticed(self, entries: Iterator[BuildFile]) -> Iterator[BuildFile]:
        """The same, noting what is `misnamed`."""
        for entry in entries:
            for name in (entry.path, entry.link):
                if not name.isascii() and name != name.encode("utf-8", "replace").decode():
                    self.misnamed.append(os.fsencode(entry.path).decode("utf-8", "backslashreplace"))
            yield entry

    def _count(self, folder: str, more: Sent) -> None:
        self.sent[folder] = Sent(*map(sum, zip(self.sent[folder], more, strict=True)))


class _Sending:
    """One call: things are described and contents read in threads, and sent in the order they come."""

    def __init__(
        self,
        call: Call,
        folder: str,
        entries: Iterator[BuildFile],
        reading: _Reading,
        count: Callable[[Sent], None],
    ) -> None:
        self._call = call
        self._folder = folder
        self._reading = reading
        self._count = count
        self._entries = enumerate(entries)
        self._paths: dict[int, str] = {}
        self._wanted = asyncio.Event()
        self._batches: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(each) for each in (self._describe(), self._read(), self._send())]
                await self._listen()
                for each in work:
                    each.cancel()
        except BaseExceptionGroup as group:  # the first is the cause of the others
            raise group.exceptions[0] from None
        finally:
            self._reading.close()
        await self._call.send(framed(Packet(type=Packet.PACKET_FIN).SerializeToString()))

    async def _listen(self) -> None:
        """Take what the engine says, until it has all that it wants."""
        while messages := await self._call.receive():
            for message in messages:
                try:
                    packet = Packet.FromString(message)
                except DecodeError as error:
                    raise CallFailed(UNKNOWN, "a message that cannot be read") from error
                match packet.type:
                    case Packet.PACKET_REQ:
                        path = self._paths.pop(packet.ID, None)
                        if path is None:
                            raise CallFailed(UNKNOWN, f"there is no file {packet.ID} to send")
                        self._reading.want(packet.ID, path)
                    case Packet.PACKET_ERR:
                        raise CallFailed(UNKNOWN, packet.data.decode("utf-8", "replace"))
                    case Packet.PACKET_FIN:
                        return
            self._wanted.set()
        raise CallFailed(UNKNOWN, "the transfer of files was broken off")

    async def _describe(self) -> None:
        while batch := await in_thread(self._descriptions):
            await self._batches.put(batch)
        await self._batches.put(framed(Packet(type=Packet.PACKET_STAT).SerializeToString()))

    def _descriptions(self) -> bytes:
        """STATs of the next things, nothing at the end; blocks."""
        packets = []
        for number, entry in islice(self._entries, BATCH_ENTRIES):
            if stat.S_ISREG(entry.mode):
                self._paths[number] = entry.path
            described = Packet(type=Packet.PACKET_STAT, stat=_stat(self._folder, entry))
            packets.append(framed(described.SerializeToString()))
        self._count(Sent(entries=len(packets)))
        return b"".join(packets)

    async def _read(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            while (batch := await in_thread(self._reading.batch))[0]:
                packets, amount = batch
                self._count(amount)
                await self._batches.put(packets)

    async def _send(self) -> None:
        while True:
            await self._call.send(await self._batches.get())


class _Reading:
    """Reads files one after the other, a batch at a time."""

    def __init__(self, opened: Callable[[str], io.FileIO | None], vanished: deque[str]) -> None:
        self._opened = opened
        self._vanished = vanished
        self._waiting: deque[tuple[int, str]] = deque()
        self._number = 0
        self._path = ""
        self._file: io.FileIO | None = None

    def want(self, number: int, path: str) -> None:
        self._waiting.append((number, path))

    def batch(self) -> tuple[bytes, Sent]:
        """The next DATAs of the wanted files, nothing when there are none; blocks. Raises HoldfastError."""
        packets: list[bytes] = []
        files = size = 0
        while size + len(packets) * PACKET_COST < BATCH_BYTES:
            if self._file is None:
                if not self._waiting:
                    break
                self._number, self._path = self._waiting.popleft()
                self._file = self._opened(self._path)
                if self._file is None:
                    self._vanished.append(self._path)
            part = self._next_part()
            if part:
                packets.append(_content(self._number, part))
                size += len(part)
            if len(part) < PART_BYTES:
                packets.append(_content(self._number, b""))
                files += 1
                self.close()
        return b"".join(packets), Sent(0, files, size)

    def _next_part(self) -> bytes:
        """Shorter than PART_BYTES only at the end of the file."""
        if self._file is None:
            return b""
        try:
            return self._file.read(PART_BYTES)
        except OSError as error:
            raise unreadable(self._path, error) from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _content(number: int, part: bytes) -> bytes:
    return framed(Packet(type=Packet.PACKET_DATA, ID=number, data=part).SerializeToString())


def _stat(folder: str, entry: BuildFile) -> Stat:
    """A thing as BuildKit describes it; everything belongs to root, as Docker's clients have it."""
    return Stat(
        path=os.fsencode(entry.path),
        mode=go_mode(entry.mode),
        size=entry.size,
        modTime=entry.mtime_ns,
        linkname=os.fsencode(entry.link),
        devmajor=os.major(entry.device),
        devminor=os.minor(entry.device),
        xattrs=_xattrs(f"{folder}/{entry.path}"),
    )


def _xattrs(path: str) -> dict[str, bytes]:
    """Extended attributes, among them the capabilities of a program; only Linux's are read."""
    if sys.platform != "linux":
        return {}
    found = {}
    with contextlib.suppress(OSError):  # the file system has none, or the file has vanished
        for name in os.listxattr(path, follow_symlinks=False):
            found[name] = os.getxattr(path, name, follow_symlinks=False)
    return found
