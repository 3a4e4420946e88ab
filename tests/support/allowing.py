"""What `holdfast allow --yes` does, for tests of what files ask for."""

from __future__ import annotations

from tui.settings.allowed import allow
from tui.settings.load import asks_of


def allow_file(path: str = "holdfast.toml") -> None:
    """Let a file ask for all that it does."""
    content, wanted = asks_of(path)
    if wanted:
        allow(path, content, wanted, 1.0)
