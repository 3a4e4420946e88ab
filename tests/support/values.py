"""Any value of a type, for properties over all types of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

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
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(values, get_args(hint)))
    assert get_origin(hint) is Mapping, hint
    return st.dictionaries(TEXT, values(get_args(hint)[1]), max_size=3)
