"""What is looked for in lines: a text, or an expression between slashes; "!" before it turns it round."""

from __future__ import annotations

import re
import warnings
from typing import NamedTuple

LONGEST = 500
"""Characters of what is looked for."""

TAKES = "a text, /a regular expression/, or one of them behind ! for the lines without it"

_ESCAPED = re.compile(r"\\.", re.DOTALL)


class LineMatch(NamedTuple):
    """Made by `line_match`.

    text        as it was written
    needle      the text that a line holds, b"" where it is an expression; any case where it has no capital
    expression  the same for an expression, None where it is a text
    hides       whether the lines are wanted that do not match
    """

    text: str
    needle: bytes = b""
    expression: re.Pattern[str] | None = None
    hides: bool = False


def line_match(text: str) -> LineMatch | None:
    """What a text asks for, None where it asks for nothing. Raises ValueError, which says what is wrong.

    >>> line_match("!debug").hides, line_match("/a|b/").needle, line_match("!")
    (True, b'', None)
    """
    hides = text.startswith("!")
    wanted = text[1:] if hides else text
    if not wanted.strip():
        return None
    if len(wanted) > LONGEST:
        raise ValueError(f"what is looked for is longer than {LONGEST} characters")
    if len(wanted) > 2 and wanted[0] == wanted[-1] == "/":
        return LineMatch(text, expression=_compiled(wanted[1:-1]), hides=hides)
    return LineMatch(text, needle=wanted.encode("utf-8", "surrogateescape"), hides=hides)


def as_expression(match: LineMatch) -> re.Pattern[str]:
    """What finds the places of a match in a text."""
    if match.expression is not None:
        return match.expression
    needle = match.needle.decode("utf-8", "surrogateescape")
    return re.compile(re.escape(needle), _flags(needle) | re.ASCII)


def _flags(pattern: str) -> re.RegexFlag:
    """Any case where there is no ASCII capital, as the store's search has it."""
    return re.RegexFlag(0) if any("A" <= char <= "Z" for char in pattern) else re.IGNORECASE


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():  # of what a later Python reads otherwise: they would be on the screen
            warnings.simplefilter("ignore")
            return re.compile(pattern, _flags(_ESCAPED.sub("", pattern)))
    except re.error as error:
        raise ValueError(f"/{pattern}/ is no regular expression: {error}") from None
    except (OverflowError, RecursionError):
        raise ValueError(f"/{pattern}/ is no regular expression that can be used: it is too large") from None
