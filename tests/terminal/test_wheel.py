"""The wheel, installed alone into an empty environment: what somebody gets who installs Holdfast."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import SIZES
from tui import __version__

if TYPE_CHECKING:
    from tests.terminal.conftest import OpenTerminal

TREE = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(600)  # a first installation fetches the dependencies


def _pip(python: str | Path, *arguments: str | Path) -> None:
    command = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, TREE)
    [wheel] = folder.glob("holdfast-*.whl")
    return wheel


@pytest.fixture(scope="module")
def holdfast(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment that holds nothing else."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    _pip(venv / "bin/python", "install", wheel)
    return venv / "bin/holdfast"


def test_themes_are_in_the_wheel(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    themes = sorted(path.name for path in (TREE / "themes").glob("*.toml"))
    assert sorted(Path(name).name for name in inside if name.startswith("tui/themes/")) == themes
    assert len(themes) >= 6


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"tui", f"holdfast-{__version__}.dist-info"}


def test_it_says_its_version_and_its_arguments(holdfast: Path) -> None:
    said = subprocess.run([holdfast, "--version"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert said == f"holdfast {__version__}\n"
    said = subprocess.run([holdfast, "--help"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert "--demo" in said
    assert "--read-only" in said


@pytest.mark.parametrize("size", SIZES)
def test_the_demo_opens_and_is_left(
    holdfast: Path, open_terminal: OpenTerminal, tmp_path: Path, size: tuple[int, int]
) -> None:
    env = {**os.environ, "HOME": str(tmp_path)}
    terminal = open_terminal(holdfast, "--demo", size=size, env=env, cwd=tmp_path)
    terminal.wait_for(re.compile(r"\bDEMO\b"))
    terminal.wait_for(re.compile(r"\w.*\b(running|exited|healthy)\b"))
    terminal.send("q")
    assert terminal.wait_end() == 0
