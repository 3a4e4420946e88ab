"""A login to a registry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Credentials(NamedTuple):
    """A user name with its password, or an identity token. Its text never shows either."""

    username: str = ""
    password: str = ""
    identity_token: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, ***)"


Login = Callable[[str], Awaitable[Credentials | None]]
"""Gives the login to a registry, by its host; None where there is none."""
