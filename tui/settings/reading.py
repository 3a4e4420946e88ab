"""Readers: from a value in a file to ours, with every fault said where it stands.

A reader takes a value and its `SettingsPlace`. For what is not allowed it tells the place and returns None,
so that the reading goes on and every fault is found; nobody uses the result once there is a problem.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.settings.schema import nearest
from tui.settings.units import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.settings.schema import Key

    Reader = Callable[[Any, "SettingsPlace"], Any]

PEM = "-----BEGIN"
"""What a key begins with that somebody has pasted: it is shown nowhere."""

LONGEST_PLAIN = 255
"""Characters of a key of letters, digits, - and _ that an error shows."""

LONG = 60
"""Characters of a value that an error shows."""


class SettingsFile:
    """A file that is read. `folder` is where its relative paths begin; `problems` are a line each.

    foreign   whether it may have come with a repository, and names no program to run on this machine
    """

    __slots__ = ("file", "folder", "foreign", "home", "problems")

    def __init__(self, file: str, problems: list[str], home: str, *, foreign: bool = False) -> None:
        self.file = file
        self.folder = os.path.dirname(os.path.abspath(file))
        self.problems = problems
        self.home = home
        self.foreign = foreign

    def path(self, text: str) -> str:
        """A path, absolute: from the file's folder on, or from the home folder for `~`."""
        if text == "~" or text.startswith("~/"):
            text = self.home + text[1:]
        return os.path.normpath(os.path.join(self.folder, text))


class SettingsPlace:
    """A place in a file: the table `[apps.web.run]`, and in it `[apps.web.run] ports[1]`."""

    __slots__ = ("before_key", "source", "where")

    def __init__(self, source: SettingsFile, where: str, before_key: str = " ") -> None:
        self.source = source
        self.where = where
        self.before_key = before_key

    def key(self, name: str) -> SettingsPlace:
        """A key of the table that stands here."""
        return SettingsPlace(self.source, f"{self.where}{self.before_key}{bare(name)}", ".")

    def item(self, index: int) -> SettingsPlace:
        """An item of the list that stands here."""
        return SettingsPlace(self.source, f"{self.where}[{index}]", ".")

    def say(self, fault: str) -> None:
        """Something is wrong here; `fault` goes on where the place ends."""
        self.source.problems.append(f"{self.source.file}: {self.where}{fault}")

    def refuse(self, value: Any, why: str) -> None:
        """The value is not allowed."""
        self.say(f" = {shown(value)} is not allowed: {why}")


def bare(name: str) -> str:
    """A key as TOML writes it."""
    plain = name.replace("-", "").replace("_", "")
    if plain.isalnum() and plain.isascii() and len(name) <= LONGEST_PLAIN:
        return name
    if PEM in name:
        return '"..."'
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in name[:LONG])
    return f'"{text}{"…" if len(name) > LONG else ""}"'


def shown(value: Any) -> str:
    """A value in an error; of tables only that they are one, because they may hold secrets."""
    if isinstance(value, str):
        if PEM in value:
            return "a key, which is not shown and does not stand in the configuration,"
        return repr(value if len(value) <= LONG else value[:LONG] + "…")
    if isinstance(value, dict | list):
        return kind(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**LONG:
        return "a number of many digits"
    return str(value)


def kind(value: Any) -> str:
    """What a value is, where the value itself must not be shown."""
    for known, word in ((dict, "a table"), (list, "a list"), (str, "a text"), (bool, "true or false")):
        if isinstance(value, known):
            return word
    return "a number" if isinstance(value, int | float) else "a date or time"


def one(allowed: str, parse: Callable[[Any], Any]) -> Reader:
    """A single value; `parse` raises ValueError, or Wrong where it knows why."""

    def read(value: Any, spot: SettingsPlace) -> Any:
        try:
            return parse(value)
        except NotAllowed as why:
            spot.refuse(value, str(why))
        except ValueError:
            spot.refuse(value, f"it takes {allowed}")
        return None

    return read


def by(key: Key) -> Reader:
    """A single value by a rule of the schema."""
    return one(key.allowed, key.check)


def many(item: Reader, *, single: bool = True) -> Reader:
    """A list, or, where `single`, one item alone. A tuple."""

    def read(value: Any, spot: SettingsPlace) -> Any:
        if isinstance(value, list):
            return tuple(item(inner, spot.item(index)) for index, inner in enumerate(value))
        if single and not isinstance(value, dict):
            return (item(value, spot),)
        spot.refuse(value, "it takes a list")
        return None

    return read


def untaken_keys(table: str) -> Mapping[str, str]:
    """Keys of Compose that are not taken, with their reasons. Read when one is met."""
    from tui.settings import compose

    return compose.UNTAKEN.get(table, {})


def record(readers: Mapping[str, Reader], untaken: str = "") -> Reader:
    """A table with known keys. A dict.

    untaken   where `tui.settings.compose` has the keys that Compose knows here and an app does not take
    """

    def read(value: Any, spot: SettingsPlace) -> Any:
        if not isinstance(value, dict):
            spot.refuse(value, "it takes a table")
            return None
        found = {}
        for name, inner in value.items():
            reader = readers.get(name)
            if reader is not None:
                found[name] = reader(inner, spot.key(name))
            else:
                reason = untaken_keys(untaken).get(name)
                spot.key(name).say(
                    f" is not taken: {reason}" if reason else f" is unknown{nearest(name, readers)}"
                )
        return found

    return read


def file_path(value: Any, spot: SettingsPlace) -> Any:
    """A path, made absolute."""
    if not isinstance(value, str) or not value or "\0" in value:
        spot.refuse(value, "it takes a path")
        return None
    return spot.source.path(value)


def scalar(value: Any) -> str:
    """A text; numbers and true or false are written as text. Raises ValueError."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return value


def pairs(what: str, *, empty: bool = False, reserved: str = "") -> Reader:
    """Names with values: a table, or a list of "NAME=VALUE". A dict.

    what       e.g. "a variable", for the errors, which never show a value: it may be a secret
    empty      whether the list may have a "NAME" alone, which becomes None
    reserved   what a name cannot begin with
    """

    def add(found: dict[str, str | None], name: str, value: str | None, spot: SettingsPlace) -> None:
        if not name or "=" in name or "\0" in name:
            spot.say(f" is not allowed: the name of {what} is not empty and has no =")
        elif reserved and name.startswith(reserved):
            spot.say(f" is not allowed: names that begin with {reserved} are Holdfast's own")
        else:
            found[name] = value

    def read(value: Any, spot: SettingsPlace) -> Any:
        found: dict[str, str | None] = {}
        if isinstance(value, dict):
            for name, inner in value.items():
                try:
                    add(found, name, scalar(inner), spot.key(name))
                except ValueError:
                    spot.key(name).say(f" = {kind(inner)} is not allowed: {what} takes a text or a number")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                place = spot.item(index)
                if not isinstance(inner, str) or "\0" in inner:
                    place.say(f' = {kind(inner)} is not allowed: it takes a text "NAME=VALUE"')
                    continue
                name, sign, text = inner.partition("=")
                if sign or empty:
                    add(found, name, text if sign else None, place)
                else:
                    place.say(f' = {shown(inner)} is not allowed: it takes a text "NAME=VALUE"')
        else:
            spot.say(f' = {kind(value)} is not allowed: it takes a table, or a list of "NAME=VALUE"')
            return None
        return found

    return read
