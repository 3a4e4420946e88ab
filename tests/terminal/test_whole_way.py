"""From an edited source file to a pushed, read-back digest: once by keys alone, once by commands alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tests.support.project import Project
from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

LONG = 60.0


@pytest.fixture
def project(tmp_path: Path, registry: Registry, api: EngineCalls) -> Project:
    return Project(tmp_path / "project", f"{registry.address}/team/web-{time.time_ns()}")


@pytest.fixture
def dashboard(open_holdfast: OpenTerminal, project: Project, api: EngineCalls) -> Terminal:
    terminal = open_holdfast("--host", api.url, cwd=project.folder)
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"1 Apps.*\n.*\n.*web"))
    return terminal


def command(
    project: Project, api: EngineCalls, *words: str, check: bool = True
) -> subprocess.CompletedProcess:
    """Run `holdfast` as CI does: no terminal."""
    env = {**os.environ, "HOME": str(project.folder.parent), "PYTHONPATH": TREE, "DOCKER_HOST": api.url}
    done = subprocess.run(
        [sys.executable, "-m", "tui", *words],
        cwd=project.folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=LONG,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def pushed_digest(project: Project, registry: Registry, tag: str) -> str:
    return registry.digest(project.image.partition("/")[2], tag)


def test_by_keys_alone(dashboard: Terminal, project: Project, registry: Registry, api: EngineCalls) -> None:
    project.write("index.html", f"hello, edited {time.time_ns()}\n")  # nothing of it is in the engine's cache
    project.commit()

    dashboard.press("B")
    dashboard.wait_for("✓ built", LONG)
    dashboard.press("5", "g")  # it may have been done before anybody could look
    dashboard.wait_for("RUN echo compiling")
    dashboard.press("1")

    dashboard.press("T")
    dashboard.wait_for("✓ tested", LONG)

    dashboard.press("G")
    dashboard.wait_for("v0.1.0")
    dashboard.answer("enter", "A version for")
    dashboard.answer("y", "docker tag")
    dashboard.wait_for("✓ tagged", LONG)

    dashboard.press("P")
    dashboard.answer("y", "docker push")
    dashboard.wait_for("sha256:", LONG)

    until(lambda: project.image.partition("/")[2] in str(registry.ask("/v2/_catalog").json), LONG)
    digest = pushed_digest(project, registry, "v0.1.0")
    dashboard.wait_for(digest[:19], LONG)


def test_by_commands_alone(project: Project, registry: Registry, api: EngineCalls) -> None:
    project.write("index.html", "hello, edited\n")
    project.commit()

    command(project, api, "build", "web")
    command(project, api, "test", "web")
    command(project, api, "tag", "web", "v0.1.0")
    done = command(project, api, "push", "web", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["kind"] == "start"
    assert lines[-1]["kind"] == "outcome"
    assert lines[-1]["ok"]
    assert lines[-1]["digest"] == pushed_digest(project, registry, "v0.1.0")
    history = json.loads(command(project, api, "history", "--json").stdout)
    assert history


def building(project: Project, api: EngineCalls) -> subprocess.Popen[str]:
    """`holdfast build` of somebody else, its output to be read."""
    env = {**os.environ, "HOME": str(project.folder.parent), "PYTHONPATH": TREE, "DOCKER_HOST": api.url}
    return subprocess.Popen(
        [sys.executable, "-m", "tui", "build", "web"],
        cwd=project.folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def slow(project: Project, seconds: int) -> None:
    project.write(
        "Dockerfile",
        f"FROM holdfast-test/busybox:1\nRUN echo stamp-{time.time_ns()} && sleep {seconds} && echo awake\n",
    )
    project.commit()


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGKILL])
def test_an_operation_outlives_the_dashboard(
    open_holdfast: OpenTerminal,
    dashboard: Terminal,
    project: Project,
    api: EngineCalls,
    ending: signal.Signals,
) -> None:
    slow(project, 6)
    dashboard.press("B")
    dashboard.wait_for("stamp-", LONG)

    os.kill(dashboard.pid, ending)
    dashboard.wait_end()

    again = open_holdfast("--host", api.url, cwd=project.folder)
    again.wait_for("building", LONG)
    again.press("1", "enter")
    again.wait_for("stamp-", LONG)
    again.wait_for("✓ built", LONG)


def test_an_operation_of_another_terminal_shows_live_and_can_be_cancelled(
    dashboard: Terminal, project: Project, api: EngineCalls
) -> None:
    slow(project, 60)
    other = building(project, api)
    dashboard.wait_for("building", LONG)
    dashboard.press("1", "enter")
    dashboard.wait_for("stamp-", LONG)

    dashboard.press("C")
    dashboard.answer("y", "Stop it")

    assert other.wait(LONG) == 130
    dashboard.wait_for("cancelled", LONG)


def test_one_that_was_killed_is_recognised(
    open_holdfast: OpenTerminal, project: Project, api: EngineCalls
) -> None:
    slow(project, 60)
    other = building(project, api)
    assert other.stdout is not None
    for line in other.stdout:
        if "stamp-" in line:
            break
    other.kill()
    other.wait()

    terminal = open_holdfast("--host", api.url, cwd=project.folder)

    terminal.wait_for("interrupted", LONG)
