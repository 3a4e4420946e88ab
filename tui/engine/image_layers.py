"""What lies in the layers of an image's archive that is a file: names, sizes and modes, never contents.

The archive comes from an engine that may lie, and layers from anybody: what is read of them is bounded, and
nothing is unpacked.
"""

from __future__ import annotations

import json
import posixpath
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.image_archive import ENTRIES, HEADER_BYTES, HOPS, KEPT_BYTES, NoArchive
from tui.engine.tar_fields import BLOCK, decimal, is_header, number, path, records, text
from tui.model.image_size import Sizing, TooManyFiles
from tui.model.secrets import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from tui.model.image_size import ImageSize

PART = 1 << 16
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

MADE_BY = 120
"""Characters of the instruction that made a layer."""

UNPACKED = 1 << 40
"""The most bytes that a packed layer may become; they are counted and thrown away."""


class _Entry(NamedTuple):
    """A header of a tar. at: where its content begins, in a file."""

    name: str
    kind: bytes
    size: int
    mode: int
    link: str
    at: int


class _Plain:
    """A part of a file, which can be skipped."""

    def __init__(self, file: BinaryIO, at: int, size: int) -> None:
        self._file = file
        self.at = at
        self._end = at + size

    def read(self, count: int) -> bytes:
        self._file.seek(self.at)
        found = self._file.read(max(min(count, self._end - self.at), 0))
        self.at += len(found)
        return found

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self._end + BLOCK:
            raise NoArchive("a layer ends in the middle")


class _Gzip:
    """The same, packed: what is skipped has to be unpacked too."""

    def __init__(self, plain: _Plain) -> None:
        self._plain = plain
        self._inflate = zlib.decompressobj(wbits=31)
        self._ready = b""
        self._left = UNPACKED
        self.at = 0

    def read(self, count: int) -> bytes:
        parts = []
        while count:
            if not self._ready and not self._more():
                break
            taken, self._ready = self._ready[:count], self._ready[count:]
            parts.append(taken)
            count -= len(taken)
        return b"".join(parts)

    def skip(self, count: int) -> None:
        while count > 0:
            if not self._ready and not self._more():
                raise NoArchive("a layer ends in the middle")
            taken = min(len(self._ready), count)
            self._ready = self._ready[taken:]
            count -= taken

    def _more(self) -> bool:
        while not self._ready:
            raw = self._inflate.unconsumed_tail or self._inflate.unused_data or self._plain.read(PART)
            if not raw and not self._inflate.eof:
                raise NoArchive("a packed layer ends in the middle")
            if not raw:
                return False
            if self._inflate.eof:  # a further member: files are packed one by one in some layers
                self._inflate = zlib.decompressobj(wbits=31)
            try:
                self._ready = self._inflate.decompress(raw, 16 * PART)
            except zlib.error:
                raise NoArchive("a packed layer is damaged") from None
        self._left -= len(self._ready)
        if self._left < 0:
            raise NoArchive("a packed layer never ends")
        return True


def image_size(file: BinaryIO, size: int) -> ImageSize:
    """Of the image in an archive of so many bytes. Blocks. Raises NoArchive, TooManyFiles, OSError."""
    found: dict[str, _Entry] = {}
    for entry in _entries(_Plain(file, 0, size)):
        if len(found) > ENTRIES:
            raise NoArchive(f"it has more than {ENTRIES:,} entries")
        found[posixpath.normpath(entry.name)] = entry
    manifest = _json(file, _found(found, "manifest.json"))
    first = manifest[0] if isinstance(manifest, list) and manifest else None
    if not isinstance(first, dict) or not isinstance(first.get("Layers"), list):
        raise NoArchive("its manifest.json names no layers")
    config = _json(file, _found(found, first.get("Config")))
    if not isinstance(config, dict):
        raise NoArchive("its configuration cannot be read")
    digests, made = _digests(config), _made_by(config)
    sizing = Sizing()
    for place, name in enumerate(first["Layers"]):
        layer = _found(found, name)
        if layer is None:
            raise NoArchive(f"layer {place + 1} is missing")
        sizing.layer(digests[place] if place < len(digests) else "", made[place] if place < len(made) else "")
        for entry in _entries(_unpacked(file, layer)):
            sizing.add(
                entry.name,
                entry.size if entry.kind in (b"0", b"\0") else 0,
                entry.mode,
                is_folder=entry.kind == b"5",
                is_program=entry.kind in (b"1", b"2") or bool(entry.mode & 0o111),
            )
    own = config.get("config")
    user = own.get("User") if isinstance(own, dict) else None
    return sizing.size(user[:MADE_BY] if isinstance(user, str) else "")


def try_size(file: BinaryIO, size: int) -> ImageSize:
    """As `image_size`; where it cannot be told, that says why."""
    from tui.model.image_size import ImageSize

    try:
        return image_size(file, size)
    except (NoArchive, TooManyFiles) as error:
        return ImageSize(why=str(error))


def _unpacked(file: BinaryIO, layer: _Entry) -> _Plain | _Gzip:
    """By the first bytes: newer engines give layers as a registry sent them."""
    plain = _Plain(file, layer.at, layer.size)
    start = plain.read(4)
    plain.at = layer.at
    if start == ZSTD:
        raise NoArchive("a layer is packed by zstd, which this Python cannot unpack")
    return _Gzip(plain) if start[:2] == GZIP else plain


def _entries(source: _Plain | _Gzip) -> Iterator[_Entry]:
    """The headers of a tar, one after the other."""
    name, link, size = "", "", None
    while any(header := source.read(BLOCK)):
        if len(header) < BLOCK:
            raise NoArchive("a layer ends in the middle")
        if not is_header(header):
            raise NoArchive("a header in it is damaged")
        kind, length = header[156:157], number(header[124:136])
        if kind in (b"x", b"L", b"K"):
            if length > HEADER_BYTES:
                raise NoArchive("a name in it is too long")
            content = source.read(length)
            source.skip(-length % BLOCK)
            if kind == b"x":
                said = dict(records(content))
                name, link = said.get("path", name), said.get("linkpath", link)
                size = decimal(said["size"]) if "size" in said else size
            elif kind == b"L":
                name = text(content)
            else:
                link = text(content)
            continue
        length = length if size is None else size
        stored = 0 if kind in (b"1", b"2", b"3", b"4", b"5", b"6") else length
        if kind != b"g":
            mode = number(header[100:108]) & 0o7777
            target = link or text(header[157:257])
            yield _Entry(
                name=name or path(header), kind=kind, size=stored, mode=mode, link=target, at=source.at
            )
            name, link, size = "", "", None
        source.skip(stored + -stored % BLOCK)


def _found(entries: Mapping[str, _Entry], name: object) -> _Entry | None:
    """A file by its name, through links."""
    for _ in range(HOPS):
        if not isinstance(name, str):
            return None
        entry = entries.get(posixpath.normpath(name))
        if entry is None or entry.kind not in (b"1", b"2"):
            return entry
        folder = posixpath.dirname(posixpath.normpath(name)) if entry.kind == b"2" else ""
        name = posixpath.join(folder, entry.link)
    return None


def _json(file: BinaryIO, entry: _Entry | None) -> Any:
    if entry is None or entry.size > KEPT_BYTES:
        return None
    try:
        return json.loads(_Plain(file, entry.at, entry.size).read(entry.size))
    except (ValueError, RecursionError):
        return None


def _digests(config: Mapping[str, Any]) -> list[str]:
    rootfs = config.get("rootfs")
    found = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    return [one if isinstance(one, str) else "" for one in found] if isinstance(found, list) else []


def _made_by(config: Mapping[str, Any]) -> list[str]:
    """The instructions that made a layer; such as made none are left out. Without secrets, in one line."""
    history = config.get("history")
    found = []
    for one in history if isinstance(history, list) else []:
        if isinstance(one, dict) and one.get("empty_layer") is not True:
            said = one.get("created_by")
            words = " ".join(said[: 8 * MADE_BY].split()) if isinstance(said, str) else ""
            words = words.removeprefix("/bin/sh -c ").removeprefix("#(nop) ").removesuffix(" # buildkit")
            found.append(mask_text(words)[:MADE_BY])
    return found
