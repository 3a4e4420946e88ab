"""How small an image is: what its layers hold, what of that nobody sees, what an attacker would find. Pure.

Layers are looked at in their order, the lowest first: a file that a later layer overwrites or removes is
still sent and kept, and wasted.
"""

from __future__ import annotations

import posixpath
from heapq import heappop, heappush
from typing import NamedTuple

from tui.model.sizes import disk_size

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"
"""How a layer says that a file, or all that was in a folder, is gone (OCI image specification, layer.md)."""

FILES = 500_000
"""The most files of one image that are looked at."""

LONGEST = 300
"""Characters of a path that is named."""

DEEPEST = 200
"""Folders in folders."""

NAMED = 100
"""Files that are named, of each kind."""

PROGRAMS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin")
SHELLS = ("sh", "bash", "ash", "dash", "zsh", "ksh", "busybox", "toybox")
MANAGERS = (
    "apk", "apt", "apt-get", "dpkg", "dnf", "microdnf", "yum", "rpm", "zypper", "pacman",
    "pip", "pip3", "npm", "yarn", "pnpm", "gem", "composer", "cargo",
)  # fmt: skip
SETUID, SETGID = 0o4000, 0o2000


class LayerSize(NamedTuple):
    """A layer. bytes: of its files, unpacked; made_by: the instruction that made it, "" where unknown."""

    digest: str
    bytes: int
    files: int
    made_by: str = ""


class Wasted(NamedTuple):
    """A file that is in an image and that no container sees.

    layer   where it is, and `by` the one that overwrites or removes it: numbers, the lowest layer is 1
    """

    path: str
    bytes: int
    layer: int
    by: int


class ImageSize(NamedTuple):
    """What an image holds.

    bytes      of all files of all layers, unpacked
    wasted     of those that nobody sees; `worst` names the largest
    shells, managers   programs of these kinds that a container has: paths
    setuid     files that give whoever runs them another's rights: paths
    user       that the image runs as, "" for root
    why        why it is not known: a clause; "" where it is
    """

    layers: tuple[LayerSize, ...] = ()
    wasted: int = 0
    worst: tuple[Wasted, ...] = ()
    shells: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    setuid: tuple[str, ...] = ()
    user: str = ""
    why: str = ""

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.layers)

    @property
    def files(self) -> int:
        return sum(one.files for one in self.layers)

    @property
    def is_root(self) -> bool:
        """Whether its processes are root, unless a container says otherwise."""
        return self.user.partition(":")[0] in ("", "0", "root")


class TooManyFiles(ValueError):
    """An image with more files than are looked at."""


class _File(NamedTuple):
    size: int
    layer: int
    mode: int
    is_program: bool


_Folder = dict[str, "_File | _Folder"]  # the root is one too


class Sizing:
    """Takes the entries of an image's layers, in order. `TooManyFiles` ends it."""

    def __init__(self) -> None:
        self._root: _Folder = {}
        self._layers: list[tuple[str, str]] = []
        self._bytes: list[int] = []
        self._files: list[int] = []
        self._wasted = 0
        self._worst: list[tuple[int, str, Wasted]] = []
        self._count = 0

    def layer(self, digest: str, made_by: str = "") -> None:
        """The entries that follow are of a further layer."""
        self._layers.append((digest, made_by))
        self._bytes.append(0)
        self._files.append(0)

    def add(self, path: str, size: int, mode: int, *, is_folder: bool, is_program: bool = True) -> None:
        """An entry of the layer. is_program: whether it can be run: a file, or a link to one."""
        parts = [part for part in posixpath.normpath(path).split("/") if part not in ("", ".", "..")]
        if not parts or len(parts) > DEEPEST:
            return
        *folders, name = parts
        place = self._at(folders)
        if name == OPAQUE:
            self._lose_lower(place, folders)
        elif name.startswith(WHITEOUT):
            self._lose(place.pop(name.removeprefix(WHITEOUT), None), [*folders, name.removeprefix(WHITEOUT)])
        elif is_folder:
            if not isinstance(place.get(name), dict):
                self._lose(place.pop(name, None), parts)
                place[name] = {}
        else:
            self._lose(place.get(name), parts)
            number = len(self._layers)
            place[name] = _File(size, number, mode, is_program)
            self._bytes[-1] += size
            self._files[-1] += 1
            self._count += 1
            if self._count > FILES:
                raise TooManyFiles(f"it has more than {FILES:,} files")

    def size(self, user: str) -> ImageSize:
        """Of all that was taken."""
        named = {path: one for folder in PROGRAMS for path, one in self._programs(folder)}
        setuid = sorted(_setuid(self._root, ""))
        return ImageSize(
            layers=tuple(
                LayerSize(digest, size, files, made_by)
                for (digest, made_by), size, files in zip(self._layers, self._bytes, self._files, strict=True)
            ),
            wasted=self._wasted,
            worst=tuple(one for _, _, one in sorted(self._worst, key=lambda one: (-one[0], one[1]))),
            shells=tuple(path for path in named if posixpath.basename(path) in SHELLS)[:NAMED],
            managers=tuple(path for path in named if posixpath.basename(path) in MANAGERS)[:NAMED],
            setuid=tuple(setuid[:NAMED]),
            user=user,
        )

    def _at(self, folders: list[str]) -> _Folder:
        place = self._root
        for depth, name in enumerate(folders, 1):
            inner = place.get(name)
            if not isinstance(inner, dict):  # a file, or a link to a folder, stood there
                self._lose(inner, folders[:depth])
                inner = {}
                place[name] = inner
            place = inner
        return place

    def _lose(self, gone: _File | _Folder | None, parts: list[str]) -> None:
        """What a later layer takes away. What the same layer has twice is its own affair."""
        if isinstance(gone, dict):
            for name, inner in gone.items():
                self._lose(inner, [*parts, name])
        elif gone is not None and gone.layer < len(self._layers) and gone.size:
            self._wasted += gone.size
            path = "/".join(parts)[:LONGEST]
            heappush(self._worst, (gone.size, path, Wasted(path, gone.size, gone.layer, len(self._layers))))
            if len(self._worst) > NAMED:
                heappop(self._worst)

    def _lose_lower(self, place: _Folder, parts: list[str]) -> None:
        """All that lower layers have in a folder; what this one has stays, wherever the mark stands."""
        for name, inner in [*place.items()]:
            if isinstance(inner, dict):
                self._lose_lower(inner, [*parts, name])
                if not inner:
                    del place[name]
            elif inner.layer < len(self._layers):
                self._lose(place.pop(name), [*parts, name])

    def _programs(self, folder: str) -> list[tuple[str, _File]]:
        place: _File | _Folder | None = self._root
        for name in folder.split("/"):
            place = place.get(name) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            return []
        found = [(f"/{folder}/{name}"[:LONGEST], one) for name, one in sorted(place.items())]
        return [(path, one) for path, one in found if isinstance(one, _File) and one.is_program]


def _setuid(folder: _Folder, before: str) -> list[str]:
    found = []
    for name, one in folder.items():
        path = f"{before}/{name}"[:LONGEST]
        if isinstance(one, dict):
            found += _setuid(one, path)
        elif one.mode & (SETUID | SETGID) and one.mode & 0o111 and one.size:
            found.append(path)
    return found


def size_words(one: ImageSize) -> str:
    """How small an image is, in a sentence."""
    if one.why:
        return f"how small it is, is not known: {one.why}"
    layers = f"{len(one.layers)} layer{'' if len(one.layers) == 1 else 's'}"
    words = [f"{disk_size(one.bytes)} in {layers}"]
    if one.wasted:
        words.append(f"{disk_size(one.wasted)} wasted")
    words.append(_some(one.shells, "shell"))
    words.append(_some(one.managers, "package manager"))
    words.append(_some(one.setuid, "setuid file"))
    words.append("runs as root" if one.is_root else f"runs as {one.user}")
    return ", ".join(words)


def _some(paths: tuple[str, ...], what: str) -> str:
    return f"{len(paths) or 'no'} {what}{'' if len(paths) == 1 else 's'}"
