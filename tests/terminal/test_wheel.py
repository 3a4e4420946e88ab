"""The wheel, installed alone into an empty environment: what somebody gets who installs Holdfast."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from tests.support.terminal import SIZES
from tui import __version__

if TYPE_CHECKING:
    from tests.terminal.conftest import OpenTerminal

TREE = Path(__file__).parents[2]


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
    """The command, in an environment that holds what the wheel asks for, and nothing else."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    _pip(venv / "bin/python", "install", "--no-index", "--no-deps", wheel)
    [packages] = venv.glob("lib/python3*/site-packages")
    [holdfast] = packages.glob("holdfast-*.dist-info")
    for name in _asked_for(PathDistribution(holdfast)):
        _copy(distribution(name), packages)
    _pip(venv / "bin/python", "check")
    return venv / "bin/holdfast"


def _asked_for(asking: Distribution) -> set[str]:
    """What a distribution requires here, and what those require in turn; all of it is installed."""
    found: set[str] = set()
    left: list[tuple[Distribution, frozenset[str]]] = [(asking, frozenset())]
    while left:
        one, extras = left.pop()
        for requirement in map(Requirement, one.requires or ()):
            wanted = requirement.marker
            if wanted and not any(wanted.evaluate({"extra": extra}) for extra in extras or ("",)):
                continue
            if requirement.name not in found or requirement.extras:
                found.add(requirement.name)
                left.append((distribution(requirement.name), frozenset(requirement.extras)))
    return found


def _copy(package: Distribution, to: Path) -> None:
    """Its files, but not the commands that it brings."""
    for path in package.files or ():
        if ".." not in path.parts and path.suffix != ".pyc":
            target = to / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(path.locate()), target)


def test_themes_are_in_the_wheel(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    themes = sorted(path.name for path in (TREE / "themes").glob("*.toml"))
    assert sorted(Path(name).name for name in inside if name.startswith("tui/themes/")) == themes
    assert len(themes) >= 6


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"tui", f"holdfast-{__version__}.dist-info", f"holdfast-{__version__}.data"}


def test_the_manual_page_is_installed(holdfast: Path) -> None:
    page = holdfast.parents[1] / "share/man/man1/holdfast.1"
    assert page.read_bytes() == (TREE / "docs/man/holdfast.1").read_bytes()


def test_it_says_its_version_and_its_arguments(holdfast: Path) -> None:
    said = subprocess.run([holdfast, "--version"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert said == f"holdfast {__version__}\n"
    said = subprocess.run([holdfast, "--help"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert "--demo" in said
    assert "--read-only" in said


IMPORTED = """
import ast, importlib.metadata, importlib.util, pathlib, re, tui
declared = importlib.metadata.requires("holdfast")
extras = {re.match("[a-z0-9-]+", line)[0] for line in declared if "keyless" in line.partition("extra ==")[2]}
for path in pathlib.Path(tui.__file__).parent.rglob("*.py"):
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            top = name.partition(".")[0]
            if top not in extras and importlib.util.find_spec(top) is None:
                print(path, name)
"""


def test_all_that_is_imported_anywhere_is_there(holdfast: Path) -> None:
    """Also what is imported late, where no other test may come by; but for what an extra installs."""
    command = [holdfast.with_name("python"), "-c", IMPORTED]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    assert said.stdout == ""


@pytest.mark.parametrize("size", SIZES)
def test_the_demo_opens_and_is_left(
    holdfast: Path, open_terminal: OpenTerminal, tmp_path: Path, size: tuple[int, int]
) -> None:
    env = {**os.environ, "HOME": str(tmp_path)}
    terminal = open_terminal(holdfast, "--demo", size=size, env=env, cwd=tmp_path)
    terminal.wait_for(re.compile(r"\bDEMO\b"))
    terminal.wait_for("First steps")
    terminal.press("enter")
    terminal.wait_until_gone("First steps")
    terminal.wait_for(re.compile(r"\w.*\b(running|exited|healthy)\b"))
    terminal.press("4")  # one has begun among the apps, from where q goes back
    terminal.send("q")
    assert terminal.wait_end() == 0
