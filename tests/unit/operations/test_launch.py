"""A real operation process does on the engine that was shown what it was asked to do, or says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.operations.process.launch import Launched, NotPlanned
from tui.operations.process.request import Request

CONFIG = """\
[apps.web]
image = "registry:5000/web"
{}
[apps.web.build]
context = "."
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/now.sock")  # as it is by now
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def refused(request: Request) -> NotPlanned:
    launched = await Launched.start(request)
    with pytest.raises(NotPlanned) as raised:
        await launched.plan()
    return raised.value


def shown(home: Path) -> EngineRef:
    """Docker's current context, as it was when the dashboard was opened."""
    return EngineRef(Endpoint(f"unix://{home}/shown.sock", "context shown"))


async def test_it_goes_to_the_engine_that_was_shown_whatever_the_environment_says_by_now(home: Path) -> None:
    Path("holdfast.toml").write_text(CONFIG.format(""))
    said = await refused(Request("op", "build", "web", engine=shown(home)))
    assert said.failure.code == 3
    assert f"there is no Docker socket at {home}/shown.sock" in said.message
    assert "context shown" in said.message + said.hint  # who said it, not who passed it on


async def test_an_app_that_has_another_home_by_now_is_left_alone(home: Path) -> None:
    Path("holdfast.toml").write_text(CONFIG.format('engines = ["unix:///a.sock", "unix:///b.sock"]'))
    said = await refused(Request("op", "build", "web", engine=shown(home)))
    assert said.failure.code == 2
    assert said.message == f"web lives on unix:///a.sock, unix:///b.sock, not on unix://{home}/shown.sock"


async def test_one_of_its_engines_is_shown(home: Path) -> None:
    Path("holdfast.toml").write_text(CONFIG.format(f'engines = ["unix:///a.sock", "{shown(home).url}"]'))
    assert "shown.sock" in (await refused(Request("op", "build", "web", engine=shown(home)))).message


async def test_what_is_no_answer_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    program = home / "python"
    program.write_text("#!/bin/sh\nread request\necho '{\"plan\": 7}'\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    said = await refused(Request("op", "build", "web", shown(home)))
    assert said.message == "what the operation process answered cannot be read"
