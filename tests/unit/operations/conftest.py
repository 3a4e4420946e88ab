"""An app in memory, a simulated engine, and a home of its own for what an account keeps."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_app import MemoryApp
from tests.support.scripted_registry import ScriptedRegistry
from tui.demo.launch import DemoEngine
from tui.engine.client import Engine
from tui.engine.errors import EngineError
from tui.model.app import AppSpec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("state", "config"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def simulated() -> Iterator[DemoEngine]:
    demo = DemoEngine(containers=0)
    demo.start_process()
    demo.wait_ready()
    yield demo
    demo.stop_process()


@pytest.fixture
async def engine(simulated: DemoEngine, home: Path) -> AsyncIterator[Engine]:
    """A simulated engine with nothing on it."""
    async with await Engine.connect(simulated.endpoint) as engine:
        yield engine
        for container in await engine.containers.list():
            await engine.containers.remove(container.id, force=True)
        for volume in await engine.volumes.list():
            await engine.volumes.remove(volume.name)
        for image in await engine.images.list():
            with contextlib.suppress(EngineError):
                await engine.images.remove(image.id, force=True)


@pytest.fixture
async def registry() -> AsyncIterator[ScriptedRegistry]:
    registry = ScriptedRegistry()
    await registry.start()
    yield registry
    await registry.stop()


@pytest.fixture
def web(home: Path) -> MemoryApp:
    return MemoryApp(AppSpec("web", "registry:5000/web", "holdfast.toml", drain_seconds=0.0))
