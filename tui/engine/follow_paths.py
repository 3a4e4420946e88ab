"""What BuildKit asks for by name, together with what symbolic links among it point to.

Metadata "followpaths" of a FileSync request, resolved as https://github.com/tonistiigi/fsutil does it. It
blocks, and is meant for threads.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tui.model.ignore_pattern import clean, pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("utf-8", "surrogateescape")
"""How names of files are decoded, whatever this machine's locale says. (pathlib knows no bytes.)"""

_WILD = re.compile(r"(?:[^\\*?\[]|\\.)*[*?\[]", re.DOTALL)


def follow(root: bytes, paths: Sequence[str], includes: Sequence[str] = ()) -> list[str]:
    """The patterns of all that is wanted: `includes`, and `paths` with where they lead; [] for everything.

    No link leads out of the folder `root`: ".." stops there, and "/" is that folder.
    """
    resolver = _Resolver(root)
    for path in paths:
        resolver.add(path)
    if "." in resolver.found:
        return list(includes)
    return [] if "." in includes else _outermost([*includes, *sorted(resolver.found)])


def _outermost(paths: list[str]) -> list[str]:
    """Those that do not lie in the one before."""
    kept: list[str] = []
    for path in paths:
        if not kept or not path.startswith(f"{kept[-1]}/"):
            kept.append(path)
    return kept


class _Resolver:
    """found: what is wanted so far; it also keeps links that form a ring from being followed for ever."""

    def __init__(self, root: bytes) -> None:
        self.found: set[str] = set()
        self._root = root

    def add(self, path: str) -> None:
        """Add a path, which may have wildcards, and whatever links on its way point to."""
        here, rest = "", clean(f"/{path}")[1:] or "."
        while rest:
            name, _, rest = rest.partition("/")
            here = f"{here}/{name}" if here else name
            targets = self._targets(here)
            if targets or not rest:
                if here in self.found:
                    return
                self.found.add(here)
            if targets:
                for target in targets:
                    self.add(f"{target}/{rest}")
                return

    def _targets(self, path: str) -> list[str]:
        """Where the links that this path names point to, [] where it names none."""
        folder, _, name = path.rpartition("/")
        names = self._named(folder, name) if _WILD.match(name) else [name]
        targets = []
        for each in names:
            try:
                link = os.readlink(self._place(f"{folder}/{each}")).decode(*NAMES)  # noqa: PTH115
            except OSError:  # no link, or not there at all
                continue
            targets.append(link if link.startswith("/") else f"{folder}/{link}")
        return targets

    def _named(self, folder: str, wildcard: str) -> list[str]:
        matches = pattern(wildcard).matcher()
        try:
            with os.scandir(self._place(folder)) as children:
                names = sorted(child.name.decode(*NAMES) for child in children)
        except OSError:
            return []
        return [name for name in names if matches(name)]

    def _place(self, path: str) -> bytes:
        return self._root + b"/" + path.encode(*NAMES)
