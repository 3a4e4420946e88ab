"""What is to be seen at once in a log."""

from __future__ import annotations

from typing import NamedTuple

ROLES = ("ok", "busy", "warn", "bad", "accent", "strong", "muted", "mark")
"""Styles that every theme has, which may stand in the place of a colour."""


class Highlight(NamedTuple):
    """match: a text or /expression/; colour: one of ROLES or a colour's name."""

    match: str
    colour: str

    def __str__(self) -> str:
        return f"{self.match} {self.colour}"


DEFAULT = (
    Highlight(r"/\b(error|fatal|panic|critical|emerg(ency)?)\b/", "bad"),
    Highlight(r"/\bwarn(ing)?\b/", "warn"),
)
"""Levels, as nearly every program writes them."""
