"""The archive of an image as an engine gives it (GET /images/{name}/get): read while it comes, never whole.

Every file in it is hashed; only what is JSON and small is kept. Two forms are known: manifest.json with one
configuration and the layers as plain tars (`docker save`), and the OCI image layout, whose blobs are named by
their digests; newer engines give both in one. Pure.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.tar_fields import BLOCK, BadTar, decimal, is_header, number, path, records, text

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRIES = 20_000
"""The most files and folders of an archive."""

KEPT_BYTES = 4 * 2**20
"""The most that one kept file may have."""

ALL_KEPT_BYTES = 32 * 2**20
"""The same for all of them together."""

HEADER_BYTES = 2**20
"""The most that a header of a header may have: a long name, PAX records."""

AFTER_BYTES = 2**20
"""The most that may follow the end of an archive."""

HOPS = 8
"""Links that lead to links."""

BLOBS = "blobs/sha256/"

NoArchive = BadTar
"""Bytes that are no archive of an image; the text says why."""


class Archived(NamedTuple):
    """A file of an archive. content: of small JSON."""

    sha256: str
    content: bytes | None = None


class Compared(NamedTuple):
    """How an image's contents and what it says of them compare.

    differing   what is not as it should be: "layer 2 of 3 is sha256:..., and should be sha256:..."
    layers      how many there are
    packed      whether layers were hashed as they came from a registry, not as they are unpacked on the disk
    """

    differing: tuple[str, ...]
    layers: int
    packed: bool = False


class ImageArchive:
    """Takes the bytes of one archive, cut anywhere. Its methods raise NoArchive."""

    def __init__(self) -> None:
        self.files: dict[str, Archived] = {}
        self.links: dict[str, str] = {}
        self._header = bytearray()
        self._left = self._padding = self._kept = self._entries = self._zeros = self._after = 0
        self._name = self._long_name = ""
        self._long_size: int | None = None
        self._kind = b""
        self._hash = hashlib.sha256()
        self._content: bytearray | None = None
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            if self._zeros == 2:
                self._after += len(view)
                if self._after > AFTER_BYTES:
                    raise NoArchive("it goes on behind its end")
                return
            if self._left:
                taken, view = view[: self._left], view[self._left :]
                self._take(taken)
                self._left -= len(taken)
                if not self._left:
                    self._end_entry()
            elif self._padding:
                skipped = min(self._padding, len(view))
                view = view[skipped:]
                self._padding -= skipped
            else:
                missing = BLOCK - len(self._header)
                self._header += view[:missing]
                view = view[missing:]
                if len(self._header) == BLOCK:
                    header = bytes(self._header)
                    self._header.clear()
                    self._begin_entry(header)

    def close(self) -> None:
        """Nothing more comes: was that all?"""
        if self._zeros == 0 or self._left or self._header:
            raise NoArchive("it ends in the middle")

    def _begin_entry(self, header: bytes) -> None:
        if not any(header):
            self._zeros += 1
            return
        if self._zeros:
            raise NoArchive("it has an empty block in the middle")
        if not is_header(header):
            raise NoArchive("a header in it is damaged")
        self._entries += 1
        if self._entries > ENTRIES:
            raise NoArchive(f"it has more than {ENTRIES:,} entries")
        self._kind = header[156:157]
        size = number(header[124:136])
        if self._kind in (b"x", b"L"):
            if size > HEADER_BYTES:
                raise NoArchive("a name in it is too long")
            self._content = bytearray()
        elif self._kind != b"g":
            name = self._long_name or path(header)
            size = size if self._long_size is None else self._long_size
            self._long_name, self._long_size = "", None
            self._name = posixpath.normpath(name)
            self._begin_file(header)
        if self._kind in (b"1", b"2", b"5"):
            size = 0
        self._left, self._padding = size, -size % BLOCK
        if not size:
            self._end_entry()

    def _begin_file(self, header: bytes) -> None:
        self._content = None
        if self._kind in (b"0", b"\0", b"1", b"2") and (self._name in self.files or self._name in self.links):
            raise NoArchive(f"it has {self._name[:200]} twice")
        if self._kind in (b"1", b"2"):
            target = text(header[157:257])
            folder = posixpath.dirname(self._name) if self._kind == b"2" else ""
            self.links[self._name] = posixpath.normpath(posixpath.join(folder, target))
        self._hash = hashlib.sha256()

    def _take(self, part: memoryview) -> None:
        if self._kind in (b"x", b"L"):
            assert self._content is not None
            self._content += part
        elif self._kind in (b"0", b"\0"):
            if self._content is None and self._left <= KEPT_BYTES and not self._begun:
                self._content = bytearray() if bytes(part[:1]) in (b"{", b"[") else None
            self._begun = True
            self._hash.update(part)
            if self._content is not None:
                self._content += part

    def _end_entry(self) -> None:
        content, self._content = self._content, None
        self._begun = False
        if self._kind == b"L":
            self._long_name = text(bytes(content or b""))
        elif self._kind == b"x":
            said = dict(records(bytes(content or b"")))
            self._long_name = said.get("path", "")
            if "size" in said:
                self._long_size = decimal(said["size"])
        elif self._kind in (b"0", b"\0"):
            if content is not None:
                self._kept += len(content)
                content = content if self._kept <= ALL_KEPT_BYTES else None
            kept = bytes(content) if content is not None else None
            self.files[self._name] = Archived(self._hash.hexdigest(), kept)


def compare(archive: ImageArchive, image: str) -> Compared:
    """Whether what an archive holds is the image of this ID. Raises NoArchive where that cannot be told."""
    id = image.removeprefix("sha256:")
    blobs = {name: file for name, file in archive.files.items() if name.startswith(BLOBS)}
    differing = [
        f"the blob sha256:{name.removeprefix(BLOBS)} has other contents"
        for name, file in sorted(blobs.items())
        if name.removeprefix(BLOBS) != file.sha256
    ]
    if (named := blobs.get(BLOBS + id)) is not None and "rootfs" not in (said := _object(named)):
        if differing and not said:
            return Compared(tuple(differing), 0, packed=True)
        missing, count = _blobs_of(said, blobs)
        return Compared((*differing, *missing), count, packed=True)
    manifests = _json(archive.files.get("manifest.json"))
    if not isinstance(manifests, list) or not manifests or not isinstance(manifests[0], dict):
        if differing:
            return Compared(tuple(differing), 0)
        raise NoArchive("it has no manifest.json")
    config, layers = _found(archive, manifests[0].get("Config")), manifests[0].get("Layers")
    if not isinstance(layers, list):
        raise NoArchive("its manifest.json names no layers")
    if config is None or config.sha256 != id:
        found = "is missing" if config is None else f"is sha256:{config.sha256}"
        return Compared((*differing, f"its configuration {found}"), len(layers))
    rootfs = _object(config).get("rootfs")
    wanted = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(wanted, list):
        raise NoArchive("its configuration names no layers")
    if len(layers) != len(wanted):
        differing.append(f"it has {len(layers)} layers, and its configuration names {len(wanted)}")
    for place, (name, digest) in enumerate(zip(layers, wanted, strict=False), 1):
        layer = _found(archive, name)
        if layer is None:
            differing.append(f"layer {place} of {len(wanted)} is missing, which should be {digest}")
        elif f"sha256:{layer.sha256}" != digest:
            words = f"layer {place} of {len(wanted)} is sha256:{layer.sha256}, and should be {digest}"
            differing.append(words)
    return Compared(tuple(differing), len(wanted))


def _blobs_of(said: Mapping[str, Any], blobs: Mapping[str, Archived]) -> tuple[list[str], int]:
    """What a manifest names and is not there, and how many layers it names.

    An index names platforms, and only some of them need be there.
    """
    if isinstance(children := said.get("manifests"), list):
        here = [blob for child in children if (blob := _blob(child, blobs)) is not None]
        found = [_blobs_of(_object(blob), blobs) for blob in here if "manifests" not in _object(blob)]
        if not found:
            return ["none of the manifests that it names is there"], 0
        return [words for missing, _ in found for words in missing], max(layers for _, layers in found)
    layers = said.get("layers")
    if not isinstance(layers, list):
        raise NoArchive("its manifest names no layers")
    named = [said.get("config"), *layers]
    missing = [
        f"the blob {_digest(one) or 'without a digest'} is missing"
        for one in named
        if _blob(one, blobs) is None
    ]
    return missing, len(layers)


def _blob(descriptor: object, blobs: Mapping[str, Archived]) -> Archived | None:
    return blobs.get(BLOBS + _digest(descriptor).removeprefix("sha256:"))


def _digest(descriptor: object) -> str:
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    return digest if isinstance(digest, str) else ""


def _found(archive: ImageArchive, name: object) -> Archived | None:
    """A file by its name, through links."""
    for _ in range(HOPS):
        if not isinstance(name, str):
            return None
        if (file := archive.files.get(posixpath.normpath(name))) is not None:
            return file
        name = archive.links.get(posixpath.normpath(name))
    return None


def _object(file: Archived) -> dict[str, Any]:
    found = _json(file)
    return found if isinstance(found, dict) else {}


def _json(file: Archived | None) -> Any:
    if file is None or file.content is None:
        return None
    try:
        return json.loads(file.content)
    except (ValueError, RecursionError):
        return None
