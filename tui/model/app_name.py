"""What an app can be called: its name becomes that of containers, and a folder's."""

from __future__ import annotations

SHORTEST, LONGEST = 2, 128
"""Characters: an engine takes no container's name of one."""


def is_app_name(name: str) -> bool:
    """Whether an app can have this name; one from outside is looked at before it becomes a path."""
    plain = name.translate({ord(mark): None for mark in "_.-"})
    lower = name.isascii() and name == name.lower() and SHORTEST <= len(name) <= LONGEST
    return lower and name[:1].isalnum() and plain.isalnum()
