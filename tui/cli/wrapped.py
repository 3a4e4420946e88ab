"""The words of a verb's --help."""

from __future__ import annotations

import argparse


class Wrapped(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of examples, and wraps the rest."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        wrap = argparse.HelpFormatter._fill_text
        parts = text.split("\n\n")
        return "\n\n".join([part if "\n" in part else wrap(self, part, width, indent) for part in parts])
