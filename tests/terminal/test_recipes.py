"""A recipe, its commands as they are written, on a real engine: a job that builds, a host that deploys."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.command import LONG, environment
from tests.support.documents import DOCS, blocks
from tests.support.ports import free_port
from tests.support.project import Project
from tests.support.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls

FILES = DOCS / "recipes/files"

SELFTEST = """
COPY --chmod=755 selftest /app/selftest
COPY healthz .
"""

JOB = """\
[apps.web.build]
network = "none"
"""
"""What the tests' engine wants besides, which has neither an internet nor a default network."""

HOST = """
[apps.web.ready]
bake = 0
"""


class Account:
    """Somebody with a home of their own, who types."""

    def __init__(self, home: Path, folder: Path, engine: str, **more: str) -> None:
        self.config = home / ".config/holdfast/config.toml"
        self.config.parent.mkdir(parents=True)
        command = home / "bin/holdfast"
        command.parent.mkdir()
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m tui "$@"\n')
        command.chmod(0o755)
        self.env = environment(home, DOCKER_HOST=engine, **more)
        self.env["PATH"] = f"{command.parent}:{self.env['PATH']}"
        self.folder = folder

    def types(self, line: str, status: int = 0) -> str:
        """What a line of a shell says, and that it ends so."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", line], cwd=self.folder, env=self.env,
            capture_output=True, text=True, timeout=LONG, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == status, f"{line}: {done.returncode}\n{said}"
        return said


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    yield made
    made.close()


@pytest.fixture
def engine(api: EngineCalls) -> Iterator[str]:
    yield api.url
    api.sweep()
    for network in api.get("/networks"):
        if network["Name"] == "front":
            api.ask("DELETE", f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


def typed(page: str, word: str) -> str:
    """The block of a page in which a word stands first."""
    return next(one.text for one in blocks(DOCS / page) if one.text.startswith(word))


def steps() -> list[str]:
    """What the job runs of holdfast, but for what it runs when it has failed."""
    job = yaml.safe_load((FILES / "github-actions.yml").read_text())["jobs"]["image"]
    return [
        step["run"]
        for step in job["steps"]
        if step.get("run", "").startswith("holdfast") and step.get("if") != "failure()"
    ]


def test_a_job_builds_and_signs_and_a_host_deploys(tmp_path: Path, registry: Registry, engine: str) -> None:
    image = f"{registry.address}/team/web-{time.time_ns()}"
    project = Project(tmp_path / "project", image)
    project.write("healthz", "well\n")
    project.write("selftest", "#!/bin/sh\nexec grep -q hello /www/index.html\n")
    dockerfile = (project.folder / "Dockerfile").read_text()
    project.write("Dockerfile", dockerfile.replace("\nCMD", f"{SELFTEST}CMD"))
    project.write("holdfast.toml", (FILES / "ci.toml").read_text().replace("ghcr.io/team/web", image))
    project.commit()

    home = tmp_path / "ci"
    ci = Account(home, home, engine, GITHUB_REF_NAME="v1.4.0")
    ci.config.write_text(JOB)
    ci.types(typed("recipes/github-actions.md", "holdfast trust init"))
    ci.folder, ci.env["RELEASE_KEY"] = project.folder, (home / "release.key").read_text()
    assert len(steps()) == 5
    for step in steps():
        ci.types(step)

    etc, port = tmp_path / "etc", free_port()
    etc.mkdir()
    (etc / "ci.pub").write_text((home / "release.pub").read_text())
    (etc / "web.env").write_text("GREETING=hello\n")
    host = Account(tmp_path / "op", etc, engine)
    text = (FILES / "host.toml").read_text()
    for said, here in (("ghcr.io/team/web", image), ("/etc/holdfast", str(etc)), ("80:8080", f"{port}:8080")):
        text = text.replace(said, here)
    text = text.replace("[apps.web]\n", '[apps.web]\ncreate_networks = ["front"]\n')
    text = text.replace("[apps.web.run]\n", '[apps.web.run]\nnetworks = ["front"]\nstop_grace_period = 0.5\n')
    host.config.write_text(text.replace("[apps.web.ready]\n", HOST.lstrip()))
    host.types(typed("recipes/github-actions.md", "holdfast deploy"))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        assert answer.read() == b"hello world\n"

    unit = (FILES / "holdfast-drift.service").read_text()
    [drift] = re.findall(r"^ExecStart=/usr/local/bin/(holdfast .*)$", unit, re.MULTILINE)
    assert "no drift" in host.types(drift)
    host.config.write_text(host.config.read_text().replace("/web.env", "/other.env"))
    (etc / "other.env").write_text("GREETING=bye\n")
    assert "env_file" in host.types(drift, status=1)
