"""The walk of the README, its commands as they are written there, on a real engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.ports import free_port
from tests.terminal.test_whole_way import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.terminal.conftest import OpenTerminal

TREE = Path(__file__).parents[2]
README = (TREE / "README.md").read_text()

MINE = """\
[apps.hello]
create_networks = ["hello-front"]

[apps.hello.run]
networks = ["hello-front"]

[apps.hello.ready]
bake = 1
"""
"""What the user's own file says beside it: the tests' engine has no default bridge, and nobody waits here."""


def blocks(heading: str, kind: str = "sh") -> list[str]:
    """The code blocks of a section of the README."""
    section = re.split(r"^## ", README.split(f"\n## {heading}")[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{kind}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture
def environ(tmp_path: Path, api: EngineCalls) -> Iterator[dict[str, str]]:
    home = tmp_path / "home"
    (home / ".config/holdfast").mkdir(parents=True)
    (home / ".config/holdfast/config.toml").write_text(MINE)
    command = tmp_path / "bin/holdfast"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
    command.chmod(0o755)
    (tmp_path / "new").mkdir()
    yield {
        **os.environ, "HOME": str(home), "TMPDIR": str(tmp_path / "new"),
        "DOCKER_HOST": api.url, "PYTHONPATH": str(TREE),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
    }  # fmt: skip
    for container in api.containers():
        api.remove(container["Id"])
    for network in api.get("/networks"):
        if network["Name"] == "hello-front":
            api.ask("DELETE", f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


def test_from_an_empty_folder_to_a_release_and_back(
    tmp_path: Path, environ: dict[str, str], api: EngineCalls
) -> None:
    clone = tmp_path / "clone"  # as where `pip install .` was typed
    subprocess.run(["git", "init", "-q", clone], check=True)
    walk = blocks("Five minutes")
    assert len(walk) == 5
    port = str(free_port())  # 8080 may be somebody's on this machine
    parts = [part.replace("8080", port).replace("curl ", "curl -fsS ") for part in walk]
    script = "\n".join(f"{part}\necho '== {number}'" for number, part in enumerate(parts))

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=clone, env=environ, capture_output=True, text=True,
        timeout=110, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    _, init, first, second, back, _ = re.split(r"^== \d$", done.stdout, flags=re.MULTILINE)
    assert f"tcp = {port}" in init
    assert "\nHello, this is the first one\n" in first
    assert re.search(r"^hello +r1 +v1\.0\.0 ", first, re.MULTILINE)
    assert "\nHello, this is the second one\n" in second
    assert "\nHello, this is the first one\n" in back
    releases = [line.split() for line in back.splitlines() if line.startswith("hello  r")]
    assert [(one[1], one[2], one[-1]) for one in releases] == [
        ("r3", "v1.0.0", "live"), ("r2", "v1.1.0", "kept"), ("r1", "v1.0.0", "kept"),
    ]  # fmt: skip
    assert {one["Names"][0] for one in api.containers()} >= {"/hello", "/hello.r1", "/hello.r2"}


def test_the_same_by_keys_alone(
    tmp_path: Path, environ: dict[str, str], api: EngineCalls, open_terminal: OpenTerminal
) -> None:
    began = time.monotonic()
    port = free_port()
    folder, init, *_ = (part.replace("8080", str(port)) for part in blocks("Five minutes"))
    subprocess.run(["bash", "-eu", "-c", folder + init], cwd=tmp_path, env=environ, check=True, timeout=60)
    [hello] = (tmp_path / "new").glob("*/hello")
    dashboard = open_terminal(tmp_path / "bin/holdfast", env=environ, cwd=hello)
    dashboard.wait_for("● live")
    dashboard.wait_for("not deployed")

    def page() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return str(answer.read().decode())

    def bring_out(version: str) -> None:
        for key, done in (("B", "✓ built"), ("T", "✓ tested")):
            dashboard.press(key)
            dashboard.wait_for(done, LONG)
        dashboard.press("G")
        dashboard.wait_for(f"{version}  ", LONG)
        dashboard.answer("enter", "A version for")
        dashboard.answer("y", "$ docker tag")
        dashboard.wait_for("✓ tagged", LONG)
        dashboard.press("D")
        dashboard.wait_for(re.compile(rf"{version} .*tested"), LONG)
        dashboard.answer("enter", "Deploy which version")
        dashboard.answer("y", "way back")
        dashboard.wait_for("✓ deployed", LONG)

    bring_out("v0.1.0")
    assert "first one" in page()
    (hello / "index.html").write_text("Hello, this is the second one\n")
    bring_out("v0.1.1")
    assert "second one" in page()
    dashboard.press("R")
    dashboard.answer("enter", "Roll hello back to which release?")
    dashboard.answer("y", "way back")
    dashboard.wait_for("✓ rolled back", LONG)

    assert "first one" in page()
    assert time.monotonic() - began < 300


def test_the_configuration_that_it_leads_to_is_one(tmp_path: Path) -> None:
    [text] = re.findall(
        r"^```toml\n(.*?)^```$", (TREE / "docs/apps.md").read_text(), re.MULTILINE | re.DOTALL
    )
    (tmp_path / ".env").write_text("")
    (tmp_path / "holdfast.toml").write_text(text)
    command = [sys.executable, "-m", "tui", "doctor"]
    environ = {**os.environ, "PYTHONPATH": str(TREE), "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert not re.search(r"problem +configuration", done.stdout), done.stdout
    assert "app web" in done.stdout
