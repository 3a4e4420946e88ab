"""A deploy to three real engines, killed at any moment: recover leaves one live release on each."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_fleet import NAMES, Edge
from tests.support.private_engine import PrivateEngine
from tests.support.project import Project
from tests.support.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENTS = (0.3, 0.7, 1.1, 1.6, 2.2, 2.9)
"""Seconds after the first step: from the first lease to the last engine."""


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    folder: Path = tmp_path_factory.mktemp("fleet")
    with ExitStack() as stack:
        registry = Registry()
        stack.callback(registry.close)
        project = Project(folder / "project", f"{registry.address}/team/web-{time.time_ns()}")
        engines = {name: stack.enter_context(PrivateEngine()) for name in NAMES}
        made = Edge(engines, folder / "home", project)
        made.release("v1", "hello one")
        made.release("v2", "hello two")
        made.run("deploy", "web", "v1")
        yield made


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_any_moment(edge: Edge, moment: float) -> None:
    version, page = ("v2", "hello two") if "hello one" in edge.serving().values() else ("v1", "hello one")
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "deploy", "web", version, "--json"],
        cwd=edge.project.folder,
        env=edge.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert b'"kind":"start"' in first, first
    time.sleep(moment)
    process.kill()
    process.communicate(timeout=30)
    edge.run("recover", "web")  # where it had come to its end there is nothing to do, which is no failure
    serving = edge.serving()
    assert set(serving.values()) <= {"hello one", "hello two"}, serving
    assert "interrupted" not in edge.run("status")
    edge.run("deploy", "web", version)
    assert set(edge.serving().values()) == {page}
