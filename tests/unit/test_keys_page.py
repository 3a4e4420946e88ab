"""docs/keys.md follows from the command table."""

from __future__ import annotations

from pathlib import Path

from tui.commands.keymap import Keymap
from tui.presentation.help import keys_page

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


def test_the_page_of_keys_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == keys_page(Keymap()), "write it again: make docs"
