"""An engine that a repository's file calls by a name of its own, and its user by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.settings.engines import REACHED, url_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def by_the_users_names(values: Mapping[str, Any], theirs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What such a file says, with the user's names for engines that are theirs already.

    Two tables of one host are refused: a file that comes with a clone must not make the user's own unusable.
    Of its table there it counts alone that the engine is protected.

    theirs   the tables of the user's own files
    """
    tables = values.get("engines", {})
    mine = {url_of(name, table): name for name, table in theirs.items() if url_of(name, table)}
    same = {
        name: mine[url_of(name, table or {})]
        for name, table in tables.items()
        if mine.get(url_of(name, table or {}), name) != name
    }
    if not same:
        return dict(values)
    found = dict(values)
    kept = {name: dict(table or {}) for name, table in tables.items() if name not in same}
    for name, called in same.items():
        if name in theirs:  # a name of the user's that leads elsewhere there: to another engine of theirs
            kept[name] = {key: value for key, value in (tables[name] or {}).items() if key not in REACHED}
        elif (tables[name] or {}).get("protected"):
            kept.setdefault(called, {})["protected"] = True
    names = {name: called for name, called in same.items() if name not in theirs}
    found["engines"] = kept
    if "engine" in found:
        found["engine"] = names.get(found["engine"], found["engine"])
    for key in ("apps", "fleets"):
        if key in found:
            found[key] = {name: _renamed(table, names) for name, table in found[key].items()}
    return found


def _renamed(table: Mapping[str, Any] | None, names: Mapping[str, str]) -> Any:
    if not table or not table.get("engines"):
        return table
    called = [names.get(one, one) if isinstance(one, str) else one for one in table["engines"]]
    return {**table, "engines": tuple(dict.fromkeys(called))}
