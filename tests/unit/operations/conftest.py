"""An app in memory, and a home of its own for what an account keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.memory_app import MemoryApp
from tui.model.app import AppSpec

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryApp:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return MemoryApp(AppSpec("web", "registry:5000/web", "holdfast.toml", drain_seconds=0.0))
