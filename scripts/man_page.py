"""Writes docs/man/holdfast.1 from the parser of the command line."""

from __future__ import annotations

from pathlib import Path

from tui.cli.arguments import parser
from tui.cli.man_page import man_page

(Path(__file__).parents[1] / "docs" / "man" / "holdfast.1").write_text(man_page(parser()), encoding="utf-8")
