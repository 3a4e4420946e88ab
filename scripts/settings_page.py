"""Writes docs/configuration.md from the table of settings."""

from __future__ import annotations

from pathlib import Path

from tui.presentation.settings_page import settings_page

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
PAGE.write_text(settings_page(), encoding="utf-8")
