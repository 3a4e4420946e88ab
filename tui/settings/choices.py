"""What was chosen on the screen, beneath all that somebody has written. Read before the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.settings.paths import settings_file
from tui.settings.schema import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping


def chosen_of(
    file: Mapping[str, Any],
    written: Mapping[str, Any],
    origin: Mapping[str, str],
    said: list[str],
    environ: Mapping[str, str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """What settings.toml says, by the names of settings; and a note of each that a file overrules, too.

    A key of a newer version is left alone, and a value that cannot be is not obeyed: nobody wrote this file.
    """
    ours: dict[str, Any] = {}
    overruled: dict[str, str] = {}
    for setting in SETTINGS:
        table, _, name = setting.id.rpartition(".")
        place = file.get(table) if table else file
        if setting.by_hand or not isinstance(place, dict) or name not in place:
            continue
        try:
            ours[setting.id] = value = setting.rule.check(place[name])
        except ValueError:
            said.append(
                f"{settings_file(environ)}: {setting.id} is not obeyed: it takes {setting.rule.allowed}"
            )
            continue
        theirs = written.get(table, {}) if table else written
        if name in theirs and theirs[name] != value:
            from tui.settings.reading import shown

            overruled[setting.id] = (
                f"{origin[setting.id]} sets {setting.id} = {shown(theirs[name])}, "
                f"which overrules {shown(value)} chosen on the screen"
            )
    return ours | _keys(file.get("keys")), overruled


def parted(id: str) -> tuple[str, str]:
    """The table and the name of a setting; those of a key are the ID of a command: "keys.container.stop"."""
    if id.startswith("keys."):
        return "keys", id.removeprefix("keys.")
    table, _, name = id.rpartition(".")
    return table, name


def _keys(table: Any) -> dict[str, tuple[str, ...]]:
    """The keys of commands that were chosen."""
    found = {}
    for id, keys in table.items() if isinstance(table, dict) else ():
        if isinstance(keys, list) and all(isinstance(key, str) and key for key in keys):
            found[f"keys.{id}"] = tuple(keys)
    return found


def beneath(ours: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, and over it what is written by hand, as the files have it."""
    values = dict(written)
    for id, value in ours.items():
        table, name = parted(id)
        if table:
            values[table] = {name: value, **values.get(table, {})}
        else:
            values.setdefault(name, value)
    return values
