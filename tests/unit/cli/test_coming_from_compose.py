"""The guide for those who come from Compose: its first commands as written, on a simulated engine."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import DOCS, blocks, shell_lines
from tui.cli.arguments import dispatch
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPOSE = """\
services:
  web: { build: ., ports: ["8080:8080"], volumes: ["data:/data"] }
  db: { image: postgres }
volumes: { data: {} }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Compose project called shop, and an engine on which Compose has not run."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "compose.yaml").write_text(COMPOSE)
    (shop / "Dockerfile").write_text("FROM scratch\nCOPY compose.yaml /\nEXPOSE 8080\n")
    monkeypatch.chdir(shop)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("state", "config"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    demo = DemoEngine(containers=0)
    demo.start_process()
    demo.wait_ready()
    monkeypatch.setenv("DOCKER_HOST", demo.endpoint.url)
    yield shop
    demo.stop_process()


def test_what_the_guide_says_is_planned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = blocks(DOCS / "coming-from/compose.md")[0]
    typed = [shlex.split(line, comments=True) for _, line in shell_lines(first)]
    init, plan, ship = [words[1:] for words in typed if words[:1] == ["holdfast"]]
    assert plan == [*ship, "--plan"]

    assert dispatch(init) == 0
    said = capsys.readouterr().out
    assert "with the app web\n" in said
    assert "where Compose has not made shop_default yet: uncomment create_networks\n" in said
    assert "where Compose has not made shop_data yet: uncomment create_volumes\n" in said

    assert dispatch(plan) == 4
    assert "the network shop_default is not on this engine" in capsys.readouterr().err

    own = folder / "holdfast.toml"
    own.write_text(own.read_text().replace("# create_", "create_"))
    assert dispatch(plan) == 0
    assert "Ship web v1.0.0" in capsys.readouterr().out
