"""One file of the configuration: what it says, and whether that is allowed where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.files import read_file
from tui.settings.schema import KEYS, LATER, TABLES, TOP, Key, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER_TABLES = {
    "keys": "keys", "apps": "apps.NAME", "engines": "engines.NAME", "fleets": "fleets.NAME", "trust": "trust",
}  # fmt: skip
"""Tables that have readers of their own, and how their heads are written."""


def read(path: str, problems: list[str]) -> dict[str, Any]:
    """What a file says, nothing where there is none; what is wrong goes to `problems`."""
    return parsed(path, problems)[0]


def parsed(path: str, problems: list[str], content: bytes | None = None) -> tuple[dict[str, Any], bytes]:
    """What a file says, and the bytes that say it; nothing where there is none. `content`: these, unread."""
    try:
        content = read_file(path) if content is None else content
    except (FileNotFoundError, NotADirectoryError):
        return {}, b""
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}")
        return {}, b""
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8")), content
    except ValueError as error:  # no TOML, no UTF-8, or a number of thousands of digits
        problems.append(f"{path}: not valid TOML: {error}")
    except RecursionError:
        problems.append(f"{path}: not valid TOML: tables or lists are nested too deeply")
    return {}, content


def checked(
    values: Mapping[str, Any],
    path: str,
    home: str,
    problems: list[str],
    broken: list[str],
    *,
    foreign: bool = False,
) -> dict[str, Any]:
    """The values that are allowed; what is wrong with others goes to `problems`, of [trust] to `broken`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in TOP:
            _take(found, key, value, TOP[key], f"{path}: {key}", problems)
        elif key not in TABLES and key not in OTHER_TABLES:
            problems.append(f"{path}: {key} is unknown{nearest(key, (*TOP, *TABLES, *OTHER_TABLES))}")
        elif not isinstance(value, dict):
            said = f"{path}: {key} is a table: write [{OTHER_TABLES.get(key, key)}] above its keys"
            (broken if key == "trust" else problems).append(said)
        elif key == "apps":
            from tui.settings.apps import read_apps
            from tui.settings.reading import SettingsFile

            found[key] = read_apps(value, SettingsFile(path, problems, home))
        elif key == "trust":
            from tui.settings.reading import SettingsFile, SettingsPlace
            from tui.settings.trust_keys import read_trust

            source = SettingsFile(path, broken, home, foreign=foreign)
            found[key] = read_trust(value, SettingsPlace(source, "[trust]"))
        elif key == "engines":
            from tui.settings.engines import read_engines
            from tui.settings.reading import SettingsFile

            found[key] = read_engines(value, SettingsFile(path, problems, home))
        elif key == "fleets":
            from tui.settings.fleets import read_fleets
            from tui.settings.reading import SettingsFile

            found[key] = read_fleets(value, SettingsFile(path, problems, home))
        elif key == "keys":
            flat = _flat(value)
            found[key] = _table(flat, dict.fromkeys(flat, KEYS), path, key, problems)
        else:
            found[key] = _table(value, TABLES[key], path, key, problems)
    return found


def _table(value: Any, rules: Mapping[str, Key], path: str, head: str, problems: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not isinstance(value, dict):
        problems.append(f"{path}: {head} is a table: write [{head}] above its keys")
        return found
    for name, inner in value.items():
        where = f"{path}: [{head}] {name}"
        if name in rules:
            _take(found, name, inner, rules[name], where, problems)
        elif name in LATER:
            problems.append(f"{where} is not taken: {LATER[name]}")
        else:
            problems.append(f"{where} is unknown{nearest(name, rules)}")
    return found


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Tables in tables as one: TOML reads an unquoted `list.sort = "o"` as a table `list`."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = value
    return flat


def _take(into: dict[str, Any], name: str, value: Any, rule: Key, where: str, problems: list[str]) -> None:
    try:
        into[name] = rule.check(value)
    except ValueError as error:
        from tui.settings.reading import shown
        from tui.settings.units import NotAllowed

        why = str(error) if isinstance(error, NotAllowed) else f"it takes {rule.allowed}"
        problems.append(f"{where} = {shown(value)} is not allowed: {why}")
