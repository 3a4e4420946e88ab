"""The zipapp: one file, started by a Python that has nothing else, without a network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command import TREE
from tests.terminal.test_wheel import holdfast, wheel
from tui import __version__

if TYPE_CHECKING:
    from tests.terminal.conftest import OpenTerminal
    from tui.demo.launch import DemoEngine

__all__ = ["holdfast", "wheel"]

PREAMBLE = Path(TREE) / "packaging/zipapp_preamble.py"


@pytest.fixture(scope="module")
def zipapp(wheel: Path, holdfast: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made as `make zipapp` does, but of what is installed here: nothing is fetched."""
    [packages] = holdfast.parents[1].glob("lib/python3*/site-packages")
    made = tmp_path_factory.mktemp("zipapp") / "holdfast.pyz"
    command = [
        sys.executable, "-m", "shiv", "--quiet", "--console-script", "holdfast", "--site-packages", packages,
        "--output-file", made, "--no-index", "--no-deps", wheel,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Of an account with nothing: no PATH to a holdfast, no PYTHONPATH to the checkout."""
    (tmp_path / ".local/state/holdfast-demo").mkdir(parents=True)
    (tmp_path / ".local/state/holdfast-demo/seen").touch()
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def bare() -> str:
    """The Python below this environment, which knows nothing of it."""
    return os.path.realpath(sys.executable)


def said(zipapp: Path, env: dict[str, str], *words: str, status: int = 0) -> str:
    done = subprocess.run(
        [bare(), "-I", zipapp, *words], cwd=env["HOME"], env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def test_it_says_its_version_and_its_help(zipapp: Path, env: dict[str, str]) -> None:
    assert said(zipapp, env, "--version") == f"holdfast {__version__}\n"
    assert "--read-only" in said(zipapp, env, "--help")
    assert list((Path(env["HOME"]) / ".shiv").iterdir())  # what is compiled has to lie in a file


def test_it_asks_an_engine(zipapp: Path, env: dict[str, str], demo_engine: DemoEngine) -> None:
    (Path(env["HOME"]) / "holdfast.toml").write_text('[apps.web]\nimage = "web"\n')
    env["DOCKER_HOST"] = demo_engine.endpoint.url
    assert re.search(r"^web +none", said(zipapp, env, "status"), re.MULTILINE)


def test_its_dashboard_starts_processes_of_its_own_and_is_soon_there(
    zipapp: Path, env: dict[str, str], open_terminal: OpenTerminal
) -> None:
    said(zipapp, env, "--version")  # unpacked: that is once
    began = time.monotonic()
    terminal = open_terminal(bare(), "-I", zipapp, "--demo", env=env, cwd=Path(env["HOME"]))
    terminal.wait_for(re.compile(r"\bDEMO\b"))
    print(f"first paint of the demo: {time.monotonic() - began:.2f} s")
    terminal.wait_for("storefront")
    terminal.press("1", "B")
    terminal.wait_for("build failed after", 60)  # of the app that the demo has for it


def test_another_python_is_told_which_one_it_wants(tmp_path: Path) -> None:
    other = tmp_path / "preamble.py"
    other.write_text(PREAMBLE.read_text().replace("(3, 11)", "(3, 99)"))
    done = subprocess.run([sys.executable, other], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "for Python 3.99 on" in done.stderr
