"""The verbs of the command line on an engine that is reached by ssh, from an empty folder to a roll back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w

from tests.support.busybox import IMAGE
from tests.support.ports import free_port
from tests.support.sshd import Sshd
from tests.terminal.conftest import TREE
from tui.engine.client import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls

APP: dict[str, Any] = {
    "image": "web",
    "engine": "far",
    "build": {"context": ".", "network": "none"},
    "run": {"network_mode": "host", "stop_signal": "SIGKILL"},
    "ready": {"timeout": 20, "bake": 0.1},
}


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with Sshd(folder) as sshd:
        yield sshd


class Folder:
    """A project, and a home where its engine is called "far"."""

    def __init__(self, path: Path, sshd: Sshd, engine: str, name: str = "web") -> None:
        self.path = path
        table = {"host": sshd.url(engine), "ssh_options": [*sshd.client()]}
        home = path / ".config" / "holdfast"
        home.mkdir(parents=True)
        policy = {"require_tests": False, "allow_dirty": True}
        (home / "config.toml").write_text(tomli_w.dumps({"engines": {"far": table}, "policy": policy}))
        port = free_port()
        app = {
            **APP,
            "image": name,
            "ready": {**APP["ready"], "http": f"{port}/page"},
        }  # asked by way of the host
        (path / "holdfast.toml").write_text(tomli_w.dumps({"apps": {name: app}}))
        (path / "Dockerfile").write_text(
            f"FROM {IMAGE}\nCOPY page /www/page\n"
            f"CMD echo serving; exec httpd -f -p 127.0.0.1:{port} -h /www\n"
        )
        self.run("allow", "--yes")  # the network of the engine's host

    def run(self, *words: str, status: int = 0) -> str:
        """What a command writes to standard output."""
        env = {**os.environ, "HOME": str(self.path), "PYTHONPATH": TREE}
        done = subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=self.path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + (done.stderr if status else "")


async def test_from_an_empty_folder_to_a_roll_back(tmp_path: Path, sshd: Sshd, api: EngineCalls) -> None:
    folder = Folder(tmp_path, sshd, api.url)
    for version in ("v1.0.0", "v1.1.0"):
        (tmp_path / "page").write_text(f"{version}\n")
        folder.run("build", "web")
        folder.run("tag", "web", version)
        folder.run("deploy", "web", version, "--yes")
    (app,) = json.loads(folder.run("status", "web", "--json"))["apps"]
    assert app["live"]["version"] == "v1.1.0", app
    folder.run("rollback", "web", "--yes")
    assert "v1.0.0" in folder.run("status", "web")
    assert "r3" in folder.run("history", "web")

    async with await Engine.connect(sshd.endpoint(api.url)) as engine:
        async with engine.execs.run("web", ["cat", "/www/page"]) as process:
            said = b"".join([part async for _, part in process])
            assert (said, await process.wait()) == (b"v1.0.0\n", 0)
        assert await engine.containers.tail("web", 5) == ["serving"]
        assert not engine.is_on_this_machine(await engine.info())


def test_a_host_that_forwards_no_ports_says_how_to_probe(tmp_path: Path, api: EngineCalls) -> None:
    place = tmp_path / "sshd"
    place.mkdir()
    with Sshd(place, "AllowTcpForwarding no") as sshd:
        folder = Folder(tmp_path, sshd, api.url, "closed")
        (tmp_path / "page").write_text("page\n")
        folder.run("build", "closed")
        folder.run("tag", "closed", "v1.0.0")
        said = folder.run("deploy", "closed", "v1.0.0", "--yes", status=1)
        assert "does not let ssh forward ports" in " ".join(said.split())
        assert "probe with a command instead" in " ".join(said.split())


def test_what_ssh_would_ask_is_said(tmp_path: Path, sshd: Sshd, api: EngineCalls) -> None:
    folder = Folder(tmp_path, sshd, api.url)
    sshd.know()
    said = folder.run("build", "web", status=3)
    assert "is not known here" in said
    assert "once in a terminal: it asks for what is missing" in " ".join(said.split())
