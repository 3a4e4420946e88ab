"""Named tuples whose fields are what their class says: what came from outside may be anything.

Imported before the first paint, and used for every row of a list: nothing here is heavy or slow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")

LARGEST = 2**64
"""Whole numbers lie within it, as in the languages of those who send them."""


def typed(record: T) -> T:
    """The same named tuple, once each of its fields has its type. Raises TypeError, which names the field.

    None in the place of an empty text, tuple or mapping is none of these. Numbers must be finite.
    """
    for value, (kinds, inner, name) in zip(record, _fields(type(record)), strict=True):  # type: ignore[arg-type, call-overload]
        kind = type(value)
        if kind not in kinds:
            raise TypeError(f"{name} is {kind.__name__}")
        if inner is not None and value:
            inner(value, name)
    return record


def checked(read: Callable[..., T]) -> Callable[..., T]:
    """A function that reads a named tuple, which is `typed`."""

    @wraps(read)
    def reading(*given: Any) -> T:
        return typed(read(*given))

    return reading


Inner = Callable[[Any, str], None]


@lru_cache(maxsize=128)
def _fields(record: type) -> tuple[tuple[frozenset[type], Inner | None, str], ...]:
    hints = get_type_hints(record, localns={"Mapping": Mapping})
    return tuple((*_of(hints[name]), name) for name in record._fields)  # type: ignore[attr-defined]


def _of(hint: Any) -> tuple[frozenset[type], Inner | None]:
    """Which types a value of this type has, and what looks into one that is not empty."""
    if hint is Any:
        return _Anything(), None
    origin = get_origin(hint)
    if origin is UnionType:
        parts = [_of(part) for part in get_args(hint)]
        inner = next((inside for _, inside in parts if inside is not None), None)
        return frozenset().union(*(kinds for kinds, _ in parts)), inner and _only(inner)
    if origin is tuple:
        return frozenset((tuple,)), _each(get_args(hint))
    if origin is Mapping or origin is dict:
        return frozenset((dict,)), _entries(*get_args(hint))
    if hint is float:
        return frozenset((float, int)), _finite
    if hint is int:
        return frozenset((int,)), _within
    if hasattr(hint, "_fields"):
        return frozenset((hint,)), lambda value, _: (typed(value), None)[1]
    return frozenset((hint,)), None


class _Anything(frozenset[type]):
    """The types of what is not looked at."""

    def __contains__(self, kind: object) -> bool:
        return True


def _only(inner: Inner) -> Inner:
    """For one of several types: the others are not looked into."""

    def look(value: Any, name: str) -> None:
        if type(value) not in (str, bool, NoneType):
            inner(value, name)

    return look


def _finite(value: Any, name: str) -> None:
    if not isfinite(value):
        raise TypeError(f"{name} is no number")


def _within(value: Any, name: str) -> None:
    if not -LARGEST < value < LARGEST:
        raise TypeError(f"{name} is too large")


def _each(hints: tuple[Any, ...]) -> Inner:
    if len(hints) == 2 and hints[1] is Ellipsis:
        kinds, inner = _of(hints[0])

        def look(value: Any, name: str) -> None:
            for item in value:
                if type(item) not in kinds:
                    raise TypeError(f"{name} holds {type(item).__name__}")
                if inner is not None:
                    inner(item, name)

        return look
    each = [_of(hint) for hint in hints]

    def look_at(value: Any, name: str) -> None:
        for item, (kinds, inner) in zip(value, each, strict=True):
            if type(item) not in kinds:
                raise TypeError(f"{name} holds {type(item).__name__}")
            if inner is not None and item:
                inner(item, name)

    return look_at


def _entries(key: Any, hint: Any) -> Inner:
    kinds, inner = _of(hint)

    def look(value: Any, name: str) -> None:
        for one, item in value.items():
            if type(one) is not key or type(item) not in kinds:
                raise TypeError(f"{name} holds {type(item).__name__}")
            if inner is not None and item:
                inner(item, name)

    return look
