"""What a file that came with a repository names is read only where it led when that was looked at.

Such a file is looked at when the configuration is read (`tui.settings.reach`), and what it names is read
later, after a question: by then it may be a link to a secret. So each path that it names is kept here with
where it may lead, and `tui.files` looks again at what it has opened: no reader can forget to.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Border(NamedTuple):
    """How far a path may lead.

    file        which names it
    within      real folders in which it may end
    places      real paths that were allowed; where there are some, it ends at one of them and nowhere else
    variables   of the environment that it may ask for, as an env_file; None where nobody looks
    """

    file: str
    within: tuple[str, ...]
    places: frozenset[str] = frozenset()
    variables: frozenset[str] | None = None

    def holds(self, real: str) -> bool:
        """Whether a real path lies within."""
        if self.places:
            return real in self.places
        return any(os.path.commonpath((folder, real)) == folder for folder in self.within)


_KEPT: dict[str, dict[str, Border]] = {}
"""The file that names them -> absolute paths -> how far each may lead."""


def keep(file: str, borders: Mapping[str, Border]) -> None:
    """Keep to these from now on; a path that is not among them stays as it was, for what is planned."""
    if borders:
        _KEPT.setdefault(os.path.abspath(file), {}).update(borders)


def _of(path: str | os.PathLike[str]) -> list[Border]:
    if not _KEPT:
        return []
    name = os.path.abspath(os.fsdecode(path))
    return [kept[name] for kept in _KEPT.values() if name in kept]


def check(path: str | os.PathLike[str], opened: os.stat_result | None = None) -> None:
    """Raises OSError where a path, or what has been opened by it, lies beyond its border. Blocks."""
    for border in _of(path):
        real = os.path.realpath(os.fsdecode(path))
        if not border.holds(real):
            why = f"it leads to {real}, which {border.file} is not allowed to ask for (see holdfast allow)"
            raise OSError(errno.EINVAL, why, os.fspath(path))
        if opened is not None and not os.path.samestat(opened, os.lstat(real)):
            raise OSError(errno.EINVAL, "it became another file while it was opened", os.fspath(path))


def beyond(path: str, variables: Iterable[str]) -> tuple[str, str]:
    """The first variable that a file asks for and may not, and the file that names it; else ""."""
    for border in _of(path):
        for name in variables:
            if border.variables is not None and name not in border.variables:
                return name, border.file
    return "", ""
