"""What an app can be called: its name becomes that of containers, and a folder's."""

from __future__ import annotations

SHORTEST, LONGEST = 2, 128
"""Characters: an engine takes no container's name of one."""


def is_app_name(name: str) -> bool:
    """Whether an app can have this name; one from outside is looked at before it becomes a path."""
    plain = name.translate({ord(mark): None for mark in "_.-"})
    lower = name.isascii() and name == name.lower() and SHORTEST <= len(name) <= LONGEST
    return lower and name[:1].isalnum() and plain.isalnum()


LEDGER_CONTAINER = "holdfast-ledger"
"""The container through which the ledger is read and written, on every engine."""


def taken_by(name: str) -> str:
    """Whose container is called so while it is no app's, in words; "" where an app can have the name.

    >>> taken_by("web.r3"), taken_by("web.lease"), taken_by("web.r3a"), taken_by("r3")
    ('an earlier release of web', 'the lease of web', '', '')
    """
    if name == LEDGER_CONTAINER:
        return "the container of the ledger"
    app, _, last = name.rpartition(".")
    if not app:
        return ""
    if last == "lease":
        return f"the lease of {app}"
    if last[:1] == "r" and last[1:].isdecimal():
        return f"an earlier release of {app}"
    return f"what a test of {app} runs" if last.startswith("test-") else ""


def free_name(name: str) -> str:
    """A name like it that an app can have."""
    return f"{name}-app" if name == LEDGER_CONTAINER else name.replace(".", "-")
