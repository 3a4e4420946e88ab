"""Releases for tests, and any value of a type for properties."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from tui.ledger.records import encode_outcome, encode_release, outcome_file, prior_of, release_file
from tui.model.release import Outcome, Release

TEXT = st.text(max_size=8)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type: named tuples, tuples, mappings, unions and what JSON knows."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if hasattr(hint, "_fields"):
        hints = get_type_hints(hint, localns={"Mapping": Mapping})
        return st.builds(hint, **{name: values(hints[name]) for name in hint._fields})
    if get_origin(hint) is UnionType:
        return st.one_of([values(kind) for kind in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    assert get_origin(hint) is Mapping, hint
    return st.dictionaries(TEXT, values(get_args(hint)[1]), max_size=3)


def release(number: int = 1, app: str = "web", **fields: Any) -> Release:
    digest = f"sha256:{number:064x}"
    given = {"version": f"v1.{number}.0", "reference": f"reg/web@{digest}", "digest": digest, "image": digest}
    return Release(app, number, **{**given, **fields})


def files(*numbers: int, app: str = "web", unfinished: int = 0) -> dict[str, bytes]:
    """A ledger's files: releases that were good, but for one that is open."""
    made: dict[str, bytes] = {}
    for number in numbers:
        made[release_file(number)] = encode_release(release(number, app), prior_of(number, made))
        if number != unfinished:
            prior = prior_of(number + 1, made)
            made[outcome_file(number)] = encode_outcome(Outcome(number, True, 1000.0 + number), prior)
    return made
