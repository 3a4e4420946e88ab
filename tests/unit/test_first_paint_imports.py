"""Before the first rows stand on the screen only what they need is imported."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "textual",
    "docker",
    "hypothesis",
    "tui.model.app",
    "tui.model.release",
    "tui.app",
    "tui.settings.load",
)
"""What costs milliseconds, and serves nothing of the first picture."""


def test_what_is_slow_is_imported_after_the_first_paint() -> None:
    script = (
        f"import sys, tui.cli.dashboard, tui.first_paint; print([m for m in {LATER} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
