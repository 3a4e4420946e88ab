"""What an app can be called: its name becomes that of containers, and a folder's."""

from __future__ import annotations

LONGEST = 128


def is_app_name(name: str) -> bool:
    """Whether an app can have this name; one from outside is looked at before it becomes a path."""
    plain = name.translate({ord(mark): None for mark in "_.-"})
    lower = name.isascii() and name == name.lower() and len(name) <= LONGEST
    return lower and name[:1].isalnum() and plain.isalnum()
