"""Named tuples <-> JSON, by the types of their fields.

What a newer version has added is left out when it is read, and named: nothing is lost silently.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints


class Unfit(ValueError):
    """A value that a field cannot have; the text says where and why."""


@lru_cache(maxsize=64)
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind, localns={"Mapping": Mapping})


def _is_record(kind: Any) -> bool:
    """Whether it is a class of named tuples."""
    return isinstance(kind, type) and hasattr(kind, "_fields")


def plain(value: Any, hint: Any) -> Any:
    """A value of a type as JSON has it; the fields of named tuples sorted, mappings in their own order.

    That order can matter: the first of several networks is a container's own.
    """
    if _is_record(hint):
        hints = _hints(hint)
        return {name: plain(getattr(value, name), hints[name]) for name in sorted(hint._fields)}
    if get_origin(hint) is UnionType:
        return None if value is None else plain(value, _chosen(value, hint, ""))
    if get_origin(hint) is tuple:
        return [plain(item, get_args(hint)[0]) for item in value]
    if get_origin(hint) is Mapping:
        return {name: plain(item, get_args(hint)[1]) for name, item in value.items()}
    return float(value) if hint is float else value


def read(value: Any, hint: Any, unknown: list[str], where: str = "") -> Any:
    """The value of a type that `plain` made this of.

    Fields that are missing get their defaults; such as are not known here are left out, and
    their names, "a.b", are added to `unknown`. Raises Unfit.
    """
    if _is_record(hint):
        return _record(value, hint, unknown, where)
    if get_origin(hint) is UnionType:
        return None if value is None else read(value, _chosen(value, hint, where), unknown, where)
    if get_origin(hint) is tuple:
        items = _fit(value, list, where)
        return tuple(read(item, get_args(hint)[0], unknown, f"{where}[{n}]") for n, item in enumerate(items))
    if get_origin(hint) is Mapping:
        table = _fit(value, dict, where)
        return {
            name: read(item, get_args(hint)[1], unknown, f"{where}.{name}") for name, item in table.items()
        }
    return _number(value, where) if hint is float else _fit(value, hint, where)


def _record(value: Any, kind: Any, unknown: list[str], where: str) -> Any:
    table = _fit(value, dict, where)
    hints = _hints(kind)
    before = f"{where}." if where else ""
    unknown += [f"{before}{name}" for name in table if name not in hints]
    missing = [name for name in kind._fields if name not in table and name not in kind._field_defaults]
    if missing:
        raise Unfit(f"{before}{missing[0]} is missing")
    return kind(
        **{name: read(table[name], hints[name], unknown, before + name) for name in hints if name in table}
    )


def _chosen(value: Any, hint: Any, where: str) -> Any:
    """Which type of several a value has."""
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    if value is None and len(kinds) < len(get_args(hint)):
        return NoneType
    for kind in kinds:
        if type(value) is kind or (kind is float and type(value) is int):
            return kind
    if len(kinds) == 1:
        return kinds[0]
    raise Unfit(f"{where or 'it'} is {type(value).__name__}")


def _number(value: Any, where: str) -> float:
    if type(value) in (int, float) and abs(value) <= sys.float_info.max:
        return float(value)
    raise Unfit(f"{where or 'it'} is no number")


def _fit(value: Any, kind: type, where: str) -> Any:
    if type(value) is not kind:
        raise Unfit(f"{where or 'it'} is {type(value).__name__}, not {kind.__name__}")
    return value
