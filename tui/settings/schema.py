"""What can be set, and the values that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class LogSettings(NamedTuple):
    """[log]. tail: lines fetched when a log opens; lines: lines kept in memory."""

    tail: int = 500
    lines: int = 100_000
    wrap: bool = False
    timestamps: bool = False


class ContainerSettings(NamedTuple):
    """[containers]."""

    show_stopped: bool = True
    sort: str = "state"


class Settings(NamedTuple):
    """Everything that can be set, frozen.

    keys    command ID -> its keys, in Textual's names
    notes   sentences for the user about the files that were read
    """

    theme: str = "holdfast-dark"
    engine: str = ""
    keys: Mapping[str, tuple[str, ...]] = {}
    log: LogSettings = LogSettings()
    containers: ContainerSettings = ContainerSettings()
    notes: tuple[str, ...] = ()


class Key(NamedTuple):
    """A key of the configuration: what it allows, in words, and the check that turns a value into ours.

    `check` raises ValueError for a value that is not allowed.
    """

    allowed: str
    check: Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _number(low: int, high: int) -> Key:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Key(f"a whole number from {low} to {high}", check)


def _one_of(*allowed: str) -> Key:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return Key("one of " + ", ".join(f'"{word}"' for word in allowed), check)


def key_names(value: Any) -> tuple[str, ...]:
    """The value of an entry in [keys]: one key, or a list of them. Raises ValueError."""
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) and key for key in keys):
        raise ValueError
    return tuple(keys)


TEXT = Key("a text", _text)
FLAG = Key("true or false", _flag)

TOP: Mapping[str, Key] = {"theme": TEXT, "engine": TEXT}

TABLES: Mapping[str, Mapping[str, Key]] = {
    "log": {"tail": _number(0, 100_000), "lines": _number(1000, 1_000_000), "wrap": FLAG, "timestamps": FLAG},
    "containers": {
        "show_stopped": FLAG,
        "sort": _one_of("state", "name", "age", "image", "project", "cpu", "memory"),
    },
}

KEYS = Key('a key such as "k" or a list of them', key_names)
"""[keys] takes any command ID; whether the command exists is found out where the keys are bound."""

LATER: Mapping[str, str] = {
    "apps": "apps are not known to this version",
    "policy": "policies are not known to this version",
    "engines": "settings of single engines are not known to this version",
}
"""Tables that belong to what is still to come: refused with a reason rather than read and not obeyed."""
