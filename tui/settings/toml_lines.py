"""Lines of a TOML file that is put together from what was read elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def key(name: str) -> str:
    """A key, in quotes where it needs them."""
    return lines_of({name: 1})[0].removesuffix(" = 1")


def table(head: list[str], values: Mapping[str, Any]) -> list[str]:
    """The table at `head`, with its heading."""
    inner: Mapping[str, Any] = values
    for name in reversed(head):
        inner = {name: inner}
    return lines_of(inner)


def lines_of(values: Mapping[str, Any]) -> list[str]:
    """Lines of TOML. Only texts and quoted keys can have what is not printable, so there it is escaped."""
    import tomli_w

    lines = tomli_w.dumps(values).rstrip("\n").split("\n")
    return ["".join(mark if mark.isprintable() else f"\\U{ord(mark):08X}" for mark in line) for line in lines]


def in_one_line(name: str, texts: Iterable[str]) -> str:
    """A key that takes a list of texts, which a single "#" makes a comment."""
    return f"{key(name)} = [{', '.join(lines_of({'_': text})[0].removeprefix('_ = ') for text in texts)}]"


def comment(text: str) -> str:
    """A text from outside as a comment of one line: TOML allows no control characters in it."""
    return "# " + "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
