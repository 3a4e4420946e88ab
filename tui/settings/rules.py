"""Rules of single settings: what each takes, in words, and its check. Light: read before the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Key(NamedTuple):
    """A key of the configuration: what it allows, in words, and the check that turns a value into ours.

    `check` raises ValueError for a value that is not allowed; `choices` are all values, where they are few.
    """

    allowed: str
    check: Callable[[Any], Any]
    choices: tuple[Any, ...] = ()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def texts(value: Any) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(text, str) and text for text in found):
        raise ValueError
    return tuple(found)


def _webhook(value: Any) -> str:
    from urllib.parse import urlsplit

    if value and not (urlsplit(_text(value)).scheme in ("http", "https") and urlsplit(value).hostname):
        raise ValueError
    return _text(value)


def _command(value: Any) -> tuple[str, ...]:
    """Its program is one by name, or by where it is: never relative to where one stands."""
    if not isinstance(value, list):
        raise ValueError
    words = texts(value)
    if words and "/" in words[0] and not words[0].startswith(("/", "~/")):
        raise ValueError
    return words


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

    return Key("one of " + ", ".join(f'"{word}"' for word in allowed), check, allowed)


def some_of(*allowed: str) -> Key:
    """A list of words, or on the screen a text with commas between them."""

    def check(value: Any) -> tuple[str, ...]:
        words = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
        found = texts([word for word in words if word] if isinstance(words, list) else words)
        if set(found) - set(allowed):
            raise ValueError
        return tuple(word for word in allowed if word in found)

    return Key("some of " + ", ".join(f'"{word}"' for word in allowed), check)


def nearest(word: str, known: Iterable[str]) -> str:
    """What to say behind "is unknown"."""
    import difflib

    known = list(known)
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else f": known are {', '.join(known)}"


TEXT = Key("a text", _text)
FLAG = Key("true or false", _flag, (True, False))
TEXTS = Key("a text, or a list of texts", texts)

WEBHOOK = Key("an address that begins with https:// or http://", _webhook)
COMMAND = Key("a list of words, the first a program by its name or its absolute path", _command)
