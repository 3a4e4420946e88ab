"""What can be set, and the values that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.model.fleet import Fleet
    from tui.model.policy import EngineSettings


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

    keys      command ID -> its keys, in Textual's names
    notes     sentences for the user about the files that were read
    trust_problems   what is wrong with [trust], a line each: then `policy.trust` is None, and what depends
                 on it is refused, but nothing else
    not_obeyed   of these, what a file that may have come with a repository asks for in vain
    apps      name -> app: those of `own` first, then in the order of the files
    own       the apps of --config's file, else of the folder's own: what is meant where none is named
    engines   name, docker context or endpoint -> how it is reached, and what is special about it
    fleets    name -> the engines that have it in common
    file      the one that was named for this time (--config), "" for none
    trust_files  which file a part of `policy.trust` comes from: "level", "verify_keys.ci", "require.scan"
    policy_files the same of what is in `[policy]`: "require_tests"
    """

    theme: str = "holdfast-dark"
    engine: str = ""
    keys: Mapping[str, tuple[str, ...]] = {}
    log: LogSettings = LogSettings()
    containers: ContainerSettings = ContainerSettings()
    notes: tuple[str, ...] = ()
    apps: Mapping[str, AppSpec] = {}
    policy: Policy = Policy()
    engines: Mapping[str, EngineSettings] = {}
    fleets: Mapping[str, Fleet] = {}
    own: tuple[str, ...] = ()
    file: str = ""
    trust_files: Mapping[str, str] = {}
    policy_files: Mapping[str, str] = {}
    not_obeyed: tuple[str, ...] = ()
    trust_problems: tuple[str, ...] = ()


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


def _texts(value: Any) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise ValueError
    return tuple(texts)


def _colour(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    if value.removeprefix("bright_") in COLOURS or (
        len(value) == 7 and value[0] == "#" and not value[1:].strip("0123456789abcdefABCDEF")
    ):
        return value
    raise ValueError


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def number(low: int, high: int) -> Key:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Key(f"a whole number from {low} to {high}", check)


def one_of(*allowed: str) -> Key:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return Key("one of " + ", ".join(f'"{word}"' for word in allowed), check)


COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def nearest(word: str, known: Iterable[str]) -> str:
    """What to say behind "is unknown"."""
    import difflib

    known = list(known)
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"


TEXT = Key("a text", _text)
FLAG = Key("true or false", _flag)
TEXTS = Key("a text, or a list of texts", _texts)

TOP: Mapping[str, Key] = {"theme": TEXT, "engine": TEXT}

TABLES: Mapping[str, Mapping[str, Key]] = {
    "log": {"tail": number(0, 100_000), "lines": number(1000, 1_000_000), "wrap": FLAG, "timestamps": FLAG},
    "containers": {
        "show_stopped": FLAG,
        "sort": one_of("state", "name", "age", "image", "project", "cpu", "memory"),
    },
    "policy": {"mutable_tags": TEXTS, "require_tests": FLAG, "require_scan": FLAG, "allow_dirty": FLAG},
}

LATER: Mapping[str, str] = {
    "swarm": "Swarm comes in a later version",
}
"""Keys of what is still to come: refused with a reason rather than read and not obeyed."""

COLOUR = Key(f'"#rrggbb", or one of {", ".join(COLOURS)} with or without "bright_" before it', _colour)

KEYS = Key('a key such as "k" or a list of them', _texts)
"""[keys] takes any command ID; whether the command exists is found out where the keys are bound."""
