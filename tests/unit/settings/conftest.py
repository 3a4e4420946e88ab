"""A home of its own for every test, and a way to load a text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tui.settings.load import ConfigError, load

if TYPE_CHECKING:
    from tui.model.app import AppSpec


class LoadApp(Protocol):
    def __call__(self, text: str, name: str = ...) -> AppSpec: ...


class Faults(Protocol):
    def __call__(self, text: str) -> list[str]: ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Its environment; the working folder is `work` in it."""
    (tmp_path / "work").mkdir()
    (tmp_path / "config" / "holdfast").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def load_app(home: dict[str, str]) -> LoadApp:
    """The app of ./holdfast.toml."""

    def read(text: str, name: str = "web") -> AppSpec:
        Path("holdfast.toml").write_text(text)
        return load(None, home).apps[name]

    return read


@pytest.fixture
def faults(home: dict[str, str]) -> Faults:
    """What is wrong with ./holdfast.toml, without the file's name in front."""

    def read(text: str) -> list[str]:
        Path("holdfast.toml").write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(None, home)
        return [problem.split("holdfast.toml: ", 1)[1] for problem in caught.value.problems]

    return read
