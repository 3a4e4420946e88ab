"""An incident bundle: what is in it, what is not, and why. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_NAME = 80
"""Characters of a file's name that come from outside."""


class Part(NamedTuple):
    """A file of a bundle.

    name      its path in there; what of it comes from outside is made by `file_name`
    about     what it is, for whoever opens the bundle
    content   without secrets
    cut       what of it was left out, "" where it is all there
    """

    name: str
    about: str
    content: str
    cut: str = ""


class LeftOut(NamedTuple):
    """What is not in a bundle, and why."""

    what: str
    why: str


def file_name(text: str) -> str:
    """A text from outside as the name of one file: it leads nowhere, and is no option of a program.

    >>> file_name("../../etc/passwd"), file_name("web.r12"), file_name("")
    ('_etc_passwd', 'web.r12', '_')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", text[:LONGEST_NAME])
    plain = re.sub(r"\.\.+_?", "", plain).lstrip("-")
    return f"_{plain.lstrip('.')}" if plain.startswith(".") or not plain else plain


def unlike(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, none of which has the name of another."""
    taken: set[str] = set()
    for part in parts:
        name, number = part.name, 1
        while name in taken:
            number += 1
            stem, dot, suffix = part.name.rpartition(".")
            name = f"{stem or suffix}-{number}{dot if stem else ''}{suffix if stem else ''}"
        taken.add(name)
        yield part._replace(name=name)
