"""Reading the configuration. Light: this runs before the first paint.

Read in this order, later wins: settings.toml (what was chosen on the screen), /etc/holdfast/config.toml,
$XDG_CONFIG_HOME/holdfast/config.toml, ./holdfast.toml, --config FILE. So a hand-written file has the last
word, and `notes` says so where it overrules a choice made on the screen.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.errors import HoldfastError
from tui.settings.paths import LOCAL_CONFIG, SYSTEM_CONFIG, settings_file, user_config
from tui.settings.schema import KEYS, LATER, TABLES, TOP, ContainerSettings, Key, LogSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ConfigError(HoldfastError):
    """What is wrong with the configuration: every problem found, a line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n  ".join(problems), "config.example.toml shows everything that can be set")
        self.problems = tuple(problems)


def load(config: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from all files. `config` is --config's file, which must exist. Raises ConfigError."""
    problems: list[str] = []
    said: list[str] = []
    chosen = _read(settings_file(environ), said)  # the program's own file: a fault in it stops nobody
    written: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for path in (SYSTEM_CONFIG, user_config(environ), LOCAL_CONFIG):
        _merge(written, origin, _checked(_read(path, problems), path, problems), path)
    if config is not None:
        if not os.path.exists(config):
            problems.append(f"{config}: there is no such file (--config)")
        _merge(written, origin, _checked(_read(config, problems), config, problems), config)
    if problems:
        raise ConfigError(problems)
    overruled = tuple(
        f'{origin[key]} sets {key} = "{written[key]}", which overrules "{value}" chosen on the screen'
        for key, value in chosen.items()
        if key in written and key in TOP and written[key] != value
    )
    ours = {key: value for key, value in chosen.items() if key in TOP and isinstance(value, str)}
    return _settings({**ours, **written})._replace(notes=(*said, *overruled))


def _settings(values: Mapping[str, Any]) -> Settings:
    return Settings(
        **{key: values[key] for key in TOP if key in values},
        keys=values.get("keys", {}),
        log=LogSettings(**values.get("log", {})),
        containers=ContainerSettings(**values.get("containers", {})),
    )


def _merge(into: dict[str, Any], origin: dict[str, str], values: Mapping[str, Any], path: str) -> None:
    for key, value in values.items():
        origin[key] = path
        into[key] = {**into.get(key, {}), **value} if isinstance(value, dict) else value


def _read(path: str, problems: list[str]) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        problems.append(f"{path}: cannot be read: {error.strerror}")
        return {}
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: not valid TOML: {error}")
        return {}


def _checked(values: Mapping[str, Any], path: str, problems: list[str]) -> dict[str, Any]:
    """The values that are allowed; what is wrong with the others goes to `problems`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key in TOP:
            _take(found, key, value, TOP[key], f"{path}: {key}", problems)
        elif key in TABLES or key == "keys":
            if not isinstance(value, dict):
                problems.append(f"{path}: {key} is a table: write [{key}] above its keys")
                continue
            if key == "keys":
                value = _flat(value)
            table: dict[str, Any] = {}
            for name, inner in value.items():
                where = f"{path}: [{key}] {name}"
                rule = KEYS if key == "keys" else TABLES[key].get(name)
                if rule is None:
                    problems.append(f"{where} is unknown{_nearest(name, TABLES[key])}")
                else:
                    _take(table, name, inner, rule, where, problems)
            found[key] = table
        elif key in LATER:
            problems.append(f"{path}: [{key}]: {LATER[key]}")
        else:
            problems.append(f"{path}: {key} is unknown{_nearest(key, (*TOP, *TABLES, 'keys'))}")
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
    except ValueError:
        problems.append(f"{where} = {value!r} is not allowed: it takes {rule.allowed}")


def _nearest(word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1)
    return f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"
