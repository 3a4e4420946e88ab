"""What inspect says, arranged for reading. Secrets are masked before they get here."""

from __future__ import annotations

from typing import NamedTuple


class Fact(NamedTuple):
    """One line of a section: a name and its value, both text from outside."""

    name: str
    value: str


class Section(NamedTuple):
    """A titled group of facts ("State", "Networks", "Environment", ...); empty ones are left out."""

    title: str
    facts: tuple[Fact, ...]


class Layer(NamedTuple):
    """One entry of an image's history, the newest first.

    id        "sha256:...", or "" where the engine says <missing>
    created   seconds since the epoch
    size      bytes that it adds
    command   the instruction that made it, as text from outside
    comment   e.g. "buildkit.dockerfile.v0"
    """

    id: str
    created: float
    size: int
    command: str
    comment: str
    tags: tuple[str, ...]


class Details(NamedTuple):
    """An object as inspect shows it: a title, sections, image layers, and the raw JSON, masked, as text."""

    title: str
    sections: tuple[Section, ...]
    layers: tuple[Layer, ...]
    raw: str
