"""Writes docs/keys.md from the command table."""

from __future__ import annotations

from pathlib import Path

from tui.commands.keymap import Keymap
from tui.presentation.help import keys_page

(Path(__file__).parents[1] / "docs" / "keys.md").write_text(keys_page(Keymap()), encoding="utf-8")
