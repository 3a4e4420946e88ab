"""The ID of an operation, which sorts by time: "20261124-093000-build-web-3f2a9c"."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

_TEXT = re.compile(r"(\d{8}-\d{6})-([a-z]+)-(.+)-([0-9a-f]{6})", re.ASCII)

DIGITS = 6
"""At its end; they tell it from others of the same second, and people type them."""


class OperationId(NamedTuple):
    """One, taken apart.

    second   when it was begun, UTC: "20261124-093000"
    digits   six hexadecimal digits
    """

    second: str
    verb: str
    app: str
    digits: str

    @property
    def text(self) -> str:
        """As journals, labels and people have it."""
        return f"{self.second}-{self.verb}-{self.app}-{self.digits}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The ID of a text; None for a text that is none."""
        found = _TEXT.fullmatch(text)
        return cls(*found.groups()) if found is not None else None


def short_op(text: str) -> str:
    """What people type of an ID: its digits."""
    return text[-DIGITS:]
