"""JSON from strangers, read so that every reader reads the same: no name twice, no NaN, within bounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.model.codec import Unfit

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_BYTES = 1 << 20
DEEPEST = 32
"""Lists and objects within each other."""


def read_object(body: bytes, most: int = MOST_BYTES, deepest: int = DEEPEST) -> dict[str, Any]:
    """A JSON object. Raises Unfit, whose text says why, and holds nothing of the body."""
    if len(body) > most:
        raise Unfit(f"it has more than {most >> 10} KiB")
    try:
        found = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except Unfit:
        raise
    except (ValueError, RecursionError):  # of what no number, text or object is
        raise Unfit("it is no JSON") from None
    if not isinstance(found, dict):
        raise Unfit("it is no JSON object")
    _check(found, deepest)
    return found


def read_struct(item: Any, names: Collection[str]) -> dict[str, Any]:
    """An object with these names of a specification. Raises Unfit where some reader takes another for one.

    Go's takes "Digest" for "digest", the last of both counts, and of letters it does so beyond ASCII.
    """
    if not isinstance(item, dict):
        raise Unfit("it holds something else where an object belongs")
    spelled = {name.casefold(): name for name in names}
    for name in item:
        if spelled.setdefault(name.casefold(), name) != name:
            raise Unfit("it has a name in another case, which others read differently")
    return item


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Unfit("it has a name twice")
    return made


def _no_constant(name: str) -> None:
    raise Unfit(f"it holds {name}")


def _check(value: Any, deepest: int) -> None:
    """That it is not too deep, and that every text can be written again: a lone surrogate cannot."""
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and not one.isascii():
                try:
                    one.encode()
                except UnicodeEncodeError:
                    raise Unfit("it holds a text that is none") from None
        if depth > deepest and any(isinstance(one, dict | list) for one in level):
            raise Unfit(f"it is more than {deepest} deep")
        level = below
