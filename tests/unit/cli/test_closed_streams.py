"""Started with standard streams that are closed: a sentence, and no traceback."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command import LONG, environment
from tui.cli.doctor_checks import terminal

if TYPE_CHECKING:
    from pathlib import Path


def ended(words: str, home: Path, closed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m tui {words} {closed}'],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


@pytest.mark.parametrize("words", ["", "--plain", "--demo", "--demo --plain", "demo"])
def test_the_dashboard_says_that_its_input_is_closed(words: str, tmp_path: Path) -> None:
    done = ended(words, tmp_path, "<&-")
    assert done.returncode == 2
    assert done.stderr == "holdfast: the dashboard's input is closed\n  start it in a terminal\n"


def test_the_dashboard_does_not_open_without_an_error_output(tmp_path: Path) -> None:
    assert ended("", tmp_path, "2>&-").returncode == 2


def test_doctor_knows_no_terminal_where_input_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert next(finding.message for finding in terminal({})).startswith("none")
