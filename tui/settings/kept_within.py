"""How far each path may lead that a file names which may have come with a repository (`tui.borders`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.borders import Border
from tui.settings.reach import BUILD, RUN, SCAN, TRUST, key_files, paths_of, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.settings.reach import Ask


def borders(
    values: Mapping[str, Any],
    file: str,
    wanted: Sequence[Ask],
    theirs: Mapping[str, Any],
    *,
    obeyed: bool,
) -> dict[str, Border]:
    """Each absolute path that a file names -> how far it may lead.

    What a container needs and is withheld has none: verbs that need it are refused before, and the way back
    takes what was recorded. What the user's own files name too is theirs (`theirs`: what those say).
    """
    folder = os.path.realpath(os.path.dirname(os.path.abspath(file)))
    own = {os.path.abspath(path) for _, _, path in _named(theirs, folder)}
    found: dict[str, Border] = {}
    for app, part, path in _named(values, folder):
        asked = [one for one in wanted if one.app == app and one.part == part]
        if os.path.abspath(path) in own or (part == RUN and asked and not obeyed):
            continue
        places = {one.leads or one.what for one in asked if obeyed and one.what == spelled(path)}
        variables = {one.what[1:] for one in asked if obeyed and one.what.startswith("$")}
        found[os.path.abspath(path)] = Border(
            file,
            (folder, *_beside(asked, obeyed=obeyed)),
            frozenset(places),
            frozenset(variables) if part == RUN and not places else None,
        )
    return found


def _beside(asked: Sequence[Ask], *, obeyed: bool) -> Iterator[str]:
    """Folders that were allowed with what lies in them, as .dockerignore: a context, a Dockerfile's."""
    for one in asked:
        real = one.leads or one.what
        if obeyed and one.where.endswith(f"{BUILD}] context"):
            yield real
        elif obeyed and one.where.endswith(f"{BUILD}] dockerfile"):
            yield os.path.dirname(real)


def _named(values: Mapping[str, Any], folder: str) -> Iterator[tuple[str, str, str]]:
    """App, part and path of each."""
    for name, table in values.get("apps", {}).items():
        for part in (BUILD, RUN, SCAN):
            for _, path in paths_of(part, table, folder):
                yield name, part, path
    for _, path in key_files(values.get("trust", {})):
        yield "", TRUST, path
