"""The image of Holdfast itself, FROM this machine's Python: it runs, and so does its dashboard at 60x20."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command import TREE, environment, run
from tests.terminal.test_wheel import holdfast, wheel

if TYPE_CHECKING:
    from tests.support.private_engine import PrivateEngine
    from tests.terminal.conftest import OpenTerminal

__all__ = ["holdfast", "wheel"]

PYTHON, LAYOUT = "holdfast-test/python:1", "holdfast-test/layout:1"

LEFT_OUT = shutil.ignore_patterns(
    "test", "site-packages", "dist-packages", "__pycache__", "idlelib", "tkinter", "config-*", "lib2to3",
    "ensurepip",
)  # fmt: skip


def libraries(program: Path) -> set[str]:
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    return set(re.findall(r"(/\S+\.so\S*)", said))


def put_python(root: Path) -> None:
    """The Python that runs here, and the libraries that it needs: nothing else is in the image."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (root / "usr/bin").mkdir(parents=True)
    (root / "tmp").mkdir()
    shutil.copytree(Path(os.__file__).parent, root / "usr/lib" / name, ignore=LEFT_OUT, symlinks=True)
    python = root / "usr/bin/python3"
    shutil.copy(os.path.realpath(sys.executable), python)
    needed = libraries(python)
    for extension in (root / "usr/lib" / name / "lib-dynload").glob("*.so"):
        needed |= libraries(extension)
    for library in needed:
        target = root / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(library), target)


def imported(engine: PrivateEngine, root: Path, name: str) -> None:
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(["docker", "--host", engine.host, "import", "-", name], stdin=tar.stdout, check=True)


@pytest.fixture(scope="module")
def image(holdfast: Path, private_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Built by Holdfast itself from packaging/Dockerfile; its first stage is what is installed here."""
    folder = tmp_path_factory.mktemp("image")
    put_python(folder / "python")
    imported(private_engine, folder / "python", PYTHON)
    [packages] = holdfast.parents[1].glob("lib/python3*/site-packages")
    shutil.copytree(packages, folder / "layout/opt/holdfast")
    imported(private_engine, folder / "layout", LAYOUT)
    config = folder / "config.toml"
    config.write_text(f"""\
[policy]
allow_dirty = true
[apps.holdfast]
image = "holdfast-test/holdfast"
[apps.holdfast.build]
context = "{TREE}"
dockerfile = "{TREE}/packaging/Dockerfile"
args = {{ PYTHON_IMAGE = "{PYTHON}", LAYOUT = "{LAYOUT}" }}
""")
    (folder / ".config/holdfast").mkdir(parents=True)
    config.rename(folder / ".config/holdfast/config.toml")
    env = environment(folder, DOCKER_HOST=private_engine.host)
    return run("build", "--quiet", folder=folder, env=env).strip().splitlines()[-1]


def start(engine: PrivateEngine, *words: str) -> list[str]:
    socket = engine.host.removeprefix("unix://")
    mounted = f"{socket}:/var/run/docker.sock"
    return ["docker", "--host", engine.host, "run", "--rm", "--network", "none", "-v", mounted, *words]


def test_a_verb_asks_the_engine_whose_socket_is_mounted(image: str, private_engine: PrivateEngine) -> None:
    done = subprocess.run(
        start(private_engine, image, "engines"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "unix:///var/run/docker.sock" in done.stdout
    assert "answers" in done.stdout


def test_its_dashboard_is_of_use_at_60_by_20(
    image: str, private_engine: PrivateEngine, open_terminal: OpenTerminal
) -> None:
    command = start(private_engine, "-it", "--name", "its-dashboard", image)
    terminal = open_terminal(*command, size=(60, 20), env=dict(os.environ))
    terminal.wait_for(re.compile(r"● live"))
    terminal.wait_for("its-dashboard")
    terminal.press("?")
    terminal.wait_for("Help")
    terminal.press("escape")
    terminal.wait_until_gone("Help")
    terminal.send("q")
    assert terminal.wait_end() == 0
