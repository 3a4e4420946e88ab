"""Files inside containers and volumes, in memory, as tar archives put them there and take them out."""

from __future__ import annotations

import io
import posixpath
import tarfile
from typing import TYPE_CHECKING

from tui.demo.refused import Refused

if TYPE_CHECKING:
    from tui.demo.library import Library
    from tui.demo.objects import Container
    from tui.demo.places import Places

MODIFIED, ADDED = 0, 1
"""Kinds of changes, in the words of the Engine API."""

Tree = dict[str, bytes | None]
"""By absolute path: a file's contents, None for a folder."""


class Files:
    """What images brought and what was put into containers. A volume has its own, which every container
    sees that has it."""

    def __init__(self, places: Places, library: Library) -> None:
        self._places = places
        self._library = library
        self._trees: dict[str, Tree] = {}

    def forget(self, container: str) -> None:
        """The container of an ID is gone."""
        self._trees.pop(container, None)

    def texts(self, container: Container) -> dict[str, str]:
        """The files of a container, without those of its volumes, as a shell in it sees them."""
        tree = self._own(container)
        return {path: held.decode("utf-8", "replace") for path, held in tree.items() if held is not None}

    def _own(self, container: Container) -> Tree:
        tree = self._trees.get(container.id)
        if tree is None:
            tree = self._trees[container.id] = {}
            image = self._library.images.get(container.image_id)
            for path, held in image.files.items() if image is not None else ():
                tree |= dict.fromkeys(_parents(path)) | {path: held}
        return tree

    def contents(self, container: Container, path: str) -> bytes | None:
        """Of a file; None for a folder. Raises Refused 404 where there is nothing."""
        tree, inner = self._tree(container, path)
        if inner not in tree and inner != "/":
            raise _missing(container, path)
        return tree.get(inner)

    def put(self, container: Container, path: str, archive: bytes) -> None:
        """Unpack a tar in a folder, entry by entry. Raises Refused as the engine does."""
        tree, folder = self._tree(container, path)
        if folder != "/" and folder not in tree:
            raise _missing(container, path)
        before = dict(tree)
        try:
            with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
                for member in tar:
                    self._unpack(tree, folder, tar, member)
        except tarfile.TarError as error:
            raise Refused(500, f"Error processing tar file: {error}") from None
        if tree is self._trees.get(container.id):  # else it is a volume's
            _note(container, before, tree)

    def _unpack(self, tree: Tree, folder: str, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        target = posixpath.normpath(posixpath.join(folder, member.name))
        for parent in _parents(target):
            if tree.get(parent) is not None:
                raise Refused(500, f"mkdir {parent}: not a directory")
            tree.setdefault(parent, None)
        if member.isdir():
            if tree.get(target) is not None:
                raise Refused(500, f"mkdir {target}: not a directory")
            tree.setdefault(target, None)
            return
        if member.islnk():
            held = tree.get(posixpath.normpath(posixpath.join(folder, member.linkname)))
        else:
            found = tar.extractfile(member)
            held = found.read() if found is not None else None
        if held is None:
            raise Refused(500, f"link {member.linkname}: no such file or directory")
        for beneath in [name for name in tree if name.startswith(f"{target}/")]:
            del tree[beneath]
        tree[target] = held

    def get(self, container: Container, path: str) -> bytes:
        """The tar of what is at a path. Raises Refused 404 where there is nothing."""
        tree, inner = self._tree(container, path)
        if inner not in tree and inner != "/":
            raise _missing(container, path)
        base = posixpath.basename(path.rstrip("/"))
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name in sorted({inner, *(one for one in tree if one.startswith(f"{inner.rstrip('/')}/"))}):
                held = tree.get(name)
                entry = tarfile.TarInfo(posixpath.join(base, name[len(inner) :].lstrip("/")).rstrip("/"))
                if held is None:
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                    tar.addfile(entry)
                else:
                    entry.size = len(held)
                    tar.addfile(entry, io.BytesIO(held))
        return packed.getvalue()

    def _tree(self, container: Container, path: str) -> tuple[Tree, str]:
        """Whose files are at a path, and what that is called there."""
        path = posixpath.normpath("/" + path.lstrip("/"))
        for mount in container.mounts:
            at = posixpath.normpath(mount["Destination"])
            if mount["Type"] == "volume" and (path == at or path.startswith(f"{at}/")):
                volume = self._places.volume(mount["Name"])  # one of the same name later is another
                return self._trees.setdefault(f"{volume.name} {volume.created}", {}), path[len(at) :] or "/"
        return self._own(container), path


def _parents(path: str) -> list[str]:
    """From the root down, without it and without the path itself."""
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: number + 1]) for number in range(len(parts))]


def _missing(container: Container, path: str) -> Refused:
    return Refused(404, f"Could not find the file {path} in container {container.name}")


def _note(container: Container, before: Tree, tree: Tree) -> None:
    """What is other now than in its image (GET /containers/{id}/changes)."""
    known = {str(one["Path"]) for one in container.changes}
    for path, held in tree.items():
        is_new = path not in before
        if path not in known and (is_new or before[path] != held):
            container.changes.append({"Path": path, "Kind": ADDED if is_new else MODIFIED})
