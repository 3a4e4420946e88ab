"""Variables in a text as Compose puts them in: $NAME, ${NAME}, ${NAME:-default} and their kin.

https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md; Dockerfiles have other rules,
which are in `tui.model.expansion`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], str | None]

DEEPEST = 20
"""How deep defaults within defaults are followed."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VARIABLE = re.compile(r"\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))")
_OPERATOR = re.compile(r":?[-+?]")


class NotATemplate(ValueError):
    """A "${" with what is no variable behind it."""


class Required(ValueError):
    """A variable that must be set, by `${NAME:?why}` or by whoever asked; `why` may be ""."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(f"{name} is not set" + (f": {why}" if why else ""))
        self.name = name
        self.why = why


def required(name: str) -> NoReturn:
    """For `unset`: a variable that is not set ends it."""
    raise Required(name)


def interpolate(
    text: str, lookup: Lookup, unset: Callable[[str], str] = lambda name: "", depth: int = DEEPEST
) -> str:
    """The text with its variables filled in, and `$$` as a dollar sign. Raises NotATemplate and Required.

    lookup   a variable's value, None where it is not set
    unset    what a variable that is not set, and has no default, stands for

    >>> interpolate("${TAG:-v${N}} $$HOME ${X+set}", {"N": "2"}.get)
    'v2 $HOME '
    """
    if "$" not in text:
        return text
    if depth == 0:
        raise NotATemplate(f"more than {DEEPEST} variables within each other")
    parts = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        if text.startswith("$$", dollar):
            parts.append("$")
            at = dollar + 2
        elif name := _NAME.match(text, dollar + 1):
            value = lookup(name[0])
            parts.append(unset(name[0]) if value is None else value)
            at = name.end()
        elif text.startswith("{", dollar + 1):
            end = _end(text, dollar)
            parts.append(_braced(text[dollar + 2 : end], lookup, unset, depth))
            at = end + 1
        else:
            parts.append("$")
            at = dollar + 1
    return "".join(parts) + text[at:]


def variables_in(text: str) -> list[str]:
    """The variables that a text may ask for, whichever of them are set; each once.

    >>> variables_in("$A${B:-${C}} $$D ${A}")
    ['A', 'B', 'C']
    """
    return [*dict.fromkeys(filter(None, _VARIABLE.findall(text)))]


def is_variable(text: str) -> bool:
    """Whether a text is one variable and nothing else: "${NAME}", "${NAME:-default}" or one of their kin.

    >>> is_variable("${A:-${B}}"), is_variable("${A}${B}"), is_variable("$A"), is_variable("${A\\n}")
    (True, False, False, False)
    """
    name = _NAME.match(text, 2) if text.startswith("${") and text.endswith("}") else None
    try:
        if name is None or _end(text, 0) != len(text) - 1:
            return False
    except NotATemplate:  # its brace is on another line
        return False
    return name.end() == len(text) - 1 or _OPERATOR.match(text, name.end()) is not None


def as_text(value: str) -> str:
    """How a value is written where one that `is_variable` is filled in: with one more dollar sign before it.

    >>> as_text("${A}"), as_text("$${A}"), as_text("$5")
    ('$${A}', '$$${A}', '$5')
    """
    return f"${value}" if value.startswith("$") and is_variable("$" + value.lstrip("$")) else value


def from_text(written: str) -> str:
    """The value that `as_text` wrote so.

    >>> from_text("$${A}"), from_text("$$${A}"), from_text("$$5")
    ('${A}', '$${A}', '$$5')
    """
    return written[1:] if written.startswith("$$") and is_variable("$" + written.lstrip("$")) else written


def _end(text: str, dollar: int) -> int:
    """Where the brace is that closes the variable at a dollar sign."""
    line = text.find("\n", dollar)
    line = len(text) if line < 0 else line
    depth = 0
    at = dollar + 1
    while at < line:
        if text[at] == "{":
            depth += 1
            at += 1  # so that "{}" in a default is no pair, as Compose has it
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    last = text.rfind("}", dollar, line)
    if last < 0:
        raise NotATemplate("a ${ without its }")
    return last


def _braced(inner: str, lookup: Lookup, unset: Callable[[str], str], depth: int) -> str:
    name = _NAME.match(inner)
    if name is None:
        raise NotATemplate("a ${ without a variable's name")
    value = lookup(name[0])
    if name.end() == len(inner):
        return unset(name[0]) if value is None else value
    operator = _OPERATOR.match(inner, name.end())
    if operator is None:
        raise NotATemplate(f"${{{name[0]} is followed by what is neither }} nor a default")
    word = inner[operator.end() :]
    given = value is not None and (value != "" or not operator[0].startswith(":"))
    if operator[0].endswith("+"):
        return interpolate(word, lookup, unset, depth - 1) if given else value or ""
    if given:
        return value or ""
    filled = interpolate(word, lookup, unset, depth - 1)
    if operator[0].endswith("?"):
        raise Required(name[0], filled)
    return filled
