"""`holdfast init` on the command line."""

from __future__ import annotations

import subprocess
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


def test_in_a_git_work_tree_the_file_is_committed_before_anything_is_built(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "Dockerfile").write_text("FROM a")
    assert dispatch(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert 0 < said.index("git add holdfast.toml, and commit it") < said.index("holdfast build")


def test_what_has_to_be_allowed_is_said_before_anything_needs_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mounts = "['./data:/data', '/var/run/docker.sock:/var/run/docker.sock']"
    (tmp_path / "compose.yaml").write_text(f"services: {{ web: {{ image: x, volumes: {mounts} }} }}")
    assert dispatch(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert (
        0
        < said.index("holdfast allow: it asks for what lies beyond its folder")
        < said.index("holdfast doctor")
    )


def test_what_comes_next_fits_what_was_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "compose.yaml").write_text("services: { api: { image: x }, web: { image: y } }")
    assert dispatch(["init", str(tmp_path / "shop")]) == 0
    said = capsys.readouterr().out
    assert "is written, with the apps api, web\n" in said
    assert "holdfast allow" not in said
    assert "holdfast deploy api VERSION\n" in said
    assert "Dockerfile, and" not in said
    (tmp_path / "shop" / "holdfast.toml").unlink()
    (tmp_path / "shop" / "compose.yaml").write_text("services: { api: { build: x }, web: { build: y } }")
    (tmp_path / "shop" / "Dockerfile").write_text("FROM a")
    assert dispatch(["init", str(tmp_path / "shop")]) == 0
    said = capsys.readouterr().out
    assert "holdfast build web\n" in said
    assert "where Compose has not made shop_default yet: uncomment create_networks\n" in said
    assert "create_volumes" not in said
    assert "commit" not in said
