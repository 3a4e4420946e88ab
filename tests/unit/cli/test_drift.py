"""`holdfast drift` looks at each engine of an app once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.allowing import allow_file
from tui.cli import drift
from tui.cli.asked import Asked
from tui.model.drift import Drift
from tui.presentation.console import painted

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_engine_under_two_names_is_looked_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    config = tmp_path / "holdfast.toml"
    config.write_text(
        f'[apps.web]\nimage = "web"\nengines = ["{tmp_path}/no.sock", "unix://{tmp_path}/no.sock"]\n'
    )
    allow_file(str(config))
    assert drift.run(Asked(config=str(config)), json=True) == 3
    apps = json.loads(capsys.readouterr().out)["apps"]
    assert [(one["app"], one["engine"]) for one in apps] == [("web", f"unix://{tmp_path}/no.sock")]


def test_each_engine_of_an_app_on_several_is_named_as_it_is_configured() -> None:
    def line(called: str, *, several: bool) -> str:
        one = drift.Looked(
            "both", f"tcp://{called}", Drift("both", (), (), 1.0, "r1 v0.1.0", 1), called=called
        )
        return "".join(painted(line, colours=False) for line in drift._lines(one, several=several))

    assert line("prod", several=True) == "both on prod  r1 v0.1.0  no drift"
    assert line("prod", several=False) == "both  r1 v0.1.0  no drift"
