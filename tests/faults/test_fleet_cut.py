"""A deploy to three real engines by ssh, of which one is cut off or frozen at each phase, and comes back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.engine.test_fleet import FLEET, NAMES, Edge
from tests.support.private_engine import PrivateEngine
from tests.support.project import Project
from tests.support.registry import Registry
from tests.support.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT = 50.0
"""Seconds within which a deploy has ended, whatever becomes of an engine."""

FROZEN = 2.0

CASES = {
    "cut while it takes the lease": ("edge-2", "edge-2/lease", "cut"),
    "cut while it pulls": ("edge-3", "edge-3/pull", "cut"),
    "cut as the first wave is switched": ("edge-1", "edge-1/stop", "cut"),
    "cut while the first wave is watched": ("edge-1", "edge-1 done", "cut"),
    "cut in the second wave": ("edge-2", "edge-2/start", "cut"),
    "ssh frozen in the second wave": ("edge-3", "edge-3/create", "freeze ssh"),
    "engine frozen as it is switched": ("edge-2", "edge-2/stop", "freeze engine"),
}
"""Which engine, at which step of which, and what."""


class Cloud(NamedTuple):
    """Three engines, and what stands between them and us."""

    edge: Edge
    sshds: dict[str, Sshd]

    def harm(self, name: str, how: str) -> None:
        if how == "cut":
            self.sshds[name].cut()
            return
        with self.sshds[name].frozen() if how == "freeze ssh" else self.edge.engines[name].frozen():
            time.sleep(FROZEN)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder: Path = tmp_path_factory.mktemp("cloud")
    with ExitStack() as stack:
        registry = Registry()
        stack.callback(registry.close)
        project = Project(folder / "project", f"{registry.address}/team/web-{time.time_ns()}")
        engines = {name: stack.enter_context(PrivateEngine()) for name in NAMES}
        edge = Edge(engines, folder / "home", project)
        edge.release("v1", "hello one")
        edge.release("v2", "hello two")
        edge.run("deploy", "web", "v1")
        sshds, tables = {}, []
        for name, engine in engines.items():
            (folder / name).mkdir()
            sshds[name] = stack.enter_context(Sshd(folder / name))
            options = ", ".join(f'"{one}"' for one in sshds[name].client())
            host = sshds[name].url(engine.host)
            tables.append(f'[engines.{name}]\nhost = "{host}"\nssh_options = [{options}]\n')
        config = folder / "home" / ".config" / "holdfast" / "config.toml"
        config.write_text(FLEET + "bake = 1\n" + "".join(tables))
        yield Cloud(edge, sshds)


def deploy(cloud: Cloud, version: str, case: tuple[str, str, str]) -> dict[str, Any]:
    """The outcome of a deploy during which one engine is harmed once a step has begun."""
    name, step, how = case
    edge, harming = cloud.edge, threading.Thread(target=cloud.harm, args=(name, how))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "deploy", "web", version, "--json"],
        cwd=edge.project.folder,
        env=edge.environment,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    ending = threading.Timer(LIMIT, process.kill)
    ending.start()
    said: dict[str, Any] = {}
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            words = f"{said.get('step')} {said.get('state')}"
            begun = said["kind"] == "step" and (
                words == step or (words.startswith(step) and said["state"] == "running")
            )
            if begun and harming.ident is None:
                harming.start()
    ending.cancel()
    assert harming.ident is not None, f"{step} was never begun: {said}"
    harming.join()
    assert said.get("kind") == "outcome", f"it had not ended after {LIMIT} s: {said}"
    return said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_engine_ends_as_it_is_said_and_what_is_left_is_finished(
    cloud: Cloud, case: tuple[str, str, str]
) -> None:
    edge = cloud.edge
    before = {*edge.serving().values()}
    version, page = ("v2", "hello two") if before == {"hello one"} else ("v1", "hello one")
    if case[1].endswith("/pull"):
        version, page = "v3", "hello three"
        edge.release(version, page)
    outcome = deploy(cloud, version, case)
    ended = {one["engine"]: one for one in outcome["engines"]}
    serving = edge.serving()
    for name, one in ended.items():
        has_it = one["state"] in ("done", "live already")
        assert one["state"] == "needs attention" or (serving[name] == page) is has_it, (name, one, serving)
    if not outcome["ok"]:
        assert outcome["error"]["code"] in (1, 3, 6), outcome
        edge.run("recover", "web")
        edge.run("deploy", "web", version)
    assert {*edge.serving().values()} == {page}, outcome
