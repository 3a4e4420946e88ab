"""What the settings of logs take. Light: this runs before the first paint."""

from __future__ import annotations

from typing import Any

from tui.model.highlight import ROLES, Highlight

COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")

MOST_HIGHLIGHTS = 32
"""Rules: each is looked for in every line on the screen."""

LATER_THAN_ALL = 4e9
"""Seconds since the epoch from which the times of a setting can be told back."""


def colour(value: Any) -> str:
    """A colour of the terminal, or #rrggbb. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError
    if value.removeprefix("bright_") in COLOURS or (
        len(value) == 7 and value[0] == "#" and not value[1:].strip("0123456789abcdefABCDEF")
    ):
        return value
    raise ValueError


def since(value: Any) -> str:
    """A time or a range of them, "" for none. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError
    if value:
        from tui.model.time_range import time_range

        time_range(value, LATER_THAN_ALL)
    return value


def highlights(value: Any) -> tuple[Highlight, ...]:
    """Tables {match, colour}; or, as the screen has them, a text "error bad, /time.?out/ yellow"."""
    from tui.model.line_match import line_match

    if isinstance(value, str):
        parts = [part.strip().rpartition(" ") for part in value.split(",") if part.strip()]
        value = [{"match": match.strip(), "colour": style} for match, _, style in parts]
    if not isinstance(value, list) or len(value) > MOST_HIGHLIGHTS:
        raise ValueError
    found = []
    for rule in value:
        if not isinstance(rule, dict) or rule.keys() != {"match", "colour"}:
            raise ValueError
        match, style = rule["match"], rule["colour"]
        if not isinstance(match, str) or (made := line_match(match)) is None or made.hides:
            raise ValueError
        found.append(Highlight(match, style if style in ROLES else colour(style)))
    return tuple(found)
