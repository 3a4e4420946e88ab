"""`holdfast init` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.arguments import dispatch
from tui.settings.load import load

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]


def test_the_example_is_printed_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert dispatch(["init", "--example"]) == 0
    printed = capsys.readouterr().out
    assert printed == (ROOT / "config.example.toml").read_text()
    (tmp_path / "config.toml").write_text(printed)
    load(str(tmp_path / "config.toml"), {"HOME": str(tmp_path)})
