"""`holdfast drift` looks at each engine of an app once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tui.cli import drift
from tui.cli.asked import Asked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_engine_under_two_names_is_looked_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "holdfast.toml"
    config.write_text(
        f'[apps.web]\nimage = "web"\nengines = ["{tmp_path}/no.sock", "unix://{tmp_path}/no.sock"]\n'
    )
    assert drift.run(Asked(config=str(config)), json=True) == 3
    apps = json.loads(capsys.readouterr().out)["apps"]
    assert [(one["app"], one["engine"]) for one in apps] == [("web", f"unix://{tmp_path}/no.sock")]
