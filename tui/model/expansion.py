"""Variables in a Dockerfile: $NAME, ${NAME}, ${NAME:-default} and their kin.

Rules: https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPTH = 20
"""How deep defaults within defaults are followed."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]")
_OPERATOR = re.compile(r":?[-+?]")


def expand(text: str, values: Mapping[str, str], escape: str = "\\", depth: int = DEPTH) -> str:
    """The text with its variables filled in; what is not known is "", what is not understood stays as it is.

    >>> expand("node:${TAG:-14}$SUFFIX", {"SUFFIX": "-alpine"})
    'node:14-alpine'
    """
    if "$" not in text or depth == 0:
        return text
    parts = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        if dollar > at and text[dollar - 1] == escape:
            parts.append(text[at : dollar - 1] + "$")
            at = dollar + 1
            continue
        parts.append(text[at:dollar])
        value, at = _value(text, dollar, values, escape, depth)
        parts.append(value)
    parts.append(text[at:])
    return "".join(parts)


def _value(text: str, dollar: int, values: Mapping[str, str], escape: str, depth: int) -> tuple[str, int]:
    """What stands for the variable at a dollar sign, and where the text goes on."""
    braced = text.startswith("{", dollar + 1)
    name = _NAME.match(text, dollar + 1 + braced)
    if name is None:
        return "$", dollar + 1
    known = values.get(name[0], "")
    if not braced:
        return known, name.end()
    if text.startswith("}", name.end()):
        return known, name.end() + 1
    operator = _OPERATOR.match(text, name.end())
    close = _closing(text, name.end())
    if operator is None or close < 0:
        end = close + 1 if close >= 0 else len(text)
        return text[dollar:end], end
    word = expand(text[operator.end() : close], values, escape, depth - 1)
    is_set = known if operator[0].startswith(":") else name[0] in values
    if operator[0].endswith("+"):
        return (word if is_set else ""), close + 1
    if operator[0].endswith("-"):
        return (known if is_set else word), close + 1
    return known, close + 1


def _closing(text: str, at: int) -> int:
    """The position of the brace that closes the one before `at`, -1 where there is none."""
    depth = 1
    for position in range(at, len(text)):
        if text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
        elif text[position] == "{" and text[position - 1] == "$":
            depth += 1
    return -1
