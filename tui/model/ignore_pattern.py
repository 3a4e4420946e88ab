r"""One pattern of an ignore file, read as Docker reads it (https://github.com/moby/patternmatcher).

Docker turns a pattern into a regular expression of Go, so that some patterns mean what nobody expects:
"[^a]" matches "/" too, "*" counts as a wildcard even between brackets, and "\d" is a digit. Whatever Docker
excludes must be excluded here, hence the same two steps: the pattern to Go's expression, that to Python's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT, PREFIX, SUFFIX, EXPRESSION = "exact", "prefix", "suffix", "expression"

_CHARACTER = r"(?:\\.|[^\\\]\-\udc80-\udcff])"
_WELL_FORMED = re.compile(
    rf"(?:\[\^?+(?:{_CHARACTER}(?:-{_CHARACTER})?)+\]|\\.|[^\\\[])*", re.DOTALL
)  # as Go's filepath.Match asks it
_WILD = re.compile(r"[*?\[\]\\^]")
_QUOTED = frozenset(".+()|{}$")
_SETS = frozenset("dDsSwW")
_CONTROLS = frozenset("afnrtv")
_PLACES = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\Z"}
_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "digit": "0-9",
    "cntrl": r"\x00-\x1f\x7f", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Pattern(NamedTuple):
    """A pattern that is well formed.

    text        cleaned, without its "!"
    exception   whether it re-includes: it was written with "!"
    kind        EXACT, PREFIX, SUFFIX or EXPRESSION: how `value` is to be compared with a path
    value       a path, the start of one, its end, or a regular expression that matches all of it (re.ASCII)
    """

    text: str
    exception: bool
    kind: str
    value: str

    @property
    def folder(self) -> str:
        """The folder in which all that it matches lies, as far as it has no wildcard: "" or "a/b/"."""
        wild = _WILD.search(self.text)
        return self.text[: self.text.rfind("/", 0, wild.start()) + 1] if wild else self.text + "/"

    @property
    def is_wild(self) -> bool:
        return _WILD.search(self.text) is not None

    def matcher(self) -> Callable[[str], object]:
        """What says whether it matches a path, by the path alone."""
        value = self.value
        match self.kind:
            case "exact":
                return value.__eq__
            case "prefix":
                return lambda path: path.startswith(value)
            case "suffix":
                return lambda path: path.endswith(value) or f"/{path}" == value
            case _:
                return re.compile(value, re.ASCII).fullmatch


def clean(path: str) -> str:
    """The shortest path that names the same, as Go's filepath.Clean has it; "." for none.

    >>> clean("//a/./b/../c/"), clean("/../a"), clean("../a"), clean("a/..")
    ('/a/c', '/a', '../a', '.')
    """
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part != ".." or not (rooted or parts) or (parts and parts[-1] == ".."):
            parts.append(part)
        elif parts:
            parts.pop()
    return ("/" if rooted else "") + "/".join(parts) or "."


def pattern(text: str) -> Pattern:
    """Read one pattern, without spaces around it. Raises HoldfastError where it is not well formed."""
    cleaned = clean(text)
    exception = cleaned.startswith("!")
    cleaned = cleaned.removeprefix("!")
    try:
        if not cleaned or not _WELL_FORMED.fullmatch(cleaned):
            raise _NotAPattern
        kind, value = _compile(cleaned)
    except _NotAPattern:
        hint = r"write \[, \] or \\ for a bracket or backslash that belongs to a name"
        raise HoldfastError(f'"{text}" is not a pattern that Docker understands', hint) from None
    return Pattern(cleaned, exception, kind, value)


class _NotAPattern(ValueError):
    """The pattern cannot be read."""


def _compile(text: str) -> tuple[str, str]:
    """How to compare, and with what."""
    kind, expression = EXACT, ""
    at = 0
    while at < len(text):
        first, character = at == 0, text[at]
        at += 1
        if character == "*" and text.startswith("*", at):
            at += 2 if text.startswith("*/", at) else 1
            if at < len(text):
                kind, expression = EXPRESSION, expression + "(.*/)?"
            elif kind == EXACT:
                kind = PREFIX
            else:
                kind, expression = EXPRESSION, expression + ".*"
            if first:
                kind = SUFFIX  # as long as only plain characters follow
        elif character == "*":
            kind, expression = EXPRESSION, expression + "[^/]*"
        elif character == "?":
            kind, expression = EXPRESSION, expression + "[^/]"
        elif character == "\\":
            kind, expression = EXPRESSION, expression + "\\" + text[at]
            at += 1
        elif character in "[]":
            kind, expression = EXPRESSION, expression + character
        else:
            expression += f"\\{character}" if character in _QUOTED else character
    match kind:
        case "exact":
            return kind, text
        case "prefix":
            return kind, text[:-2]
        case "suffix":
            return kind, text[2:]
        case _:
            return kind, _python(expression)


def _python(expression: str) -> str:
    """Python's expression for one of Go's, of which only what `_compile` writes can occur."""
    written = ""
    at = 0
    while at < len(expression):
        character = expression[at]
        if character == "[":
            part, at = _bracketed(expression, at + 1)
        elif character == "\\":
            part, at = _escaped(expression[at + 1]), at + 2
        else:
            part, at = {"(": "(?:", "]": r"\]"}.get(character, character), at + 1
            if character not in "()[].*?^":
                part = re.escape(character)
        written += part
    return written


def _escaped(character: str) -> str:
    """What a backslash and this character mean outside brackets."""
    if character in _PLACES:
        return _PLACES[character]
    if character in _SETS:
        return f"\\{character}"
    return re.escape(_plain(character))


def _plain(character: str) -> str:
    """The character that a backslash and this one stand for."""
    if character in _CONTROLS:
        return {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}[character]
    if character.isalnum() or not character.isascii():
        raise _NotAPattern
    return character


def _bracketed(expression: str, at: int) -> tuple[str, int]:
    """Brackets, of which the first stands before `at`: Python's for them, and where they end."""
    written = "["
    if expression.startswith("^", at):
        written, at = "[^", at + 1
    first = True
    while first or not expression.startswith("]", at):
        first = False
        named = expression.find(":]", at + 2) if expression.startswith("[:", at) else -1
        if named >= 0:
            name = expression[at + 2 : named]
            if name not in _CLASSES:
                raise _NotAPattern
            written, at = written + _CLASSES[name], named + 2
        elif expression[at : at + 1] == "\\" and expression[at + 1 : at + 2] in _SETS:
            written, at = written + expression[at : at + 2], at + 2
        else:
            low, at = _member(expression, at)
            written += re.escape(low)
            if expression.startswith("-", at) and expression[at + 1 : at + 2] not in ("", "]"):
                high, at = _member(expression, at + 1)
                if high < low:
                    raise _NotAPattern
                written += f"-{re.escape(high)}"
    return written + "]", at + 1


def _member(expression: str, at: int) -> tuple[str, int]:
    """A character between brackets, and where it ends."""
    if at >= len(expression):
        raise _NotAPattern
    if expression[at] == "\\":
        return _plain(expression[at + 1]), at + 2
    return expression[at], at + 1
