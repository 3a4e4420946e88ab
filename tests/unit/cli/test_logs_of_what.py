"""`holdfast logs` of what is no app: it says where the log of a container is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.allowing import allow_file
from tui.cli.arguments import dispatch

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_name_of_a_container_is_told_where_its_log_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "holdfast.toml"
    config.write_text('[apps.web]\nimage = "registry.invalid/web"\n')
    allow_file(config)
    monkeypatch.chdir(tmp_path)
    assert dispatch(["logs", "database"]) == 2
    said = capsys.readouterr().err
    assert 'there is no app "database"' in said
    assert "there are web; a container outside of apps has docker logs" in " ".join(said.split())
