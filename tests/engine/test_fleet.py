"""Three real engines as a fleet: a version in waves, a broken one that stops, and the way back."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import command
from tests.support.private_engine import PrivateEngine
from tests.support.project import Project
from tests.support.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("edge-1", "edge-2", "edge-3")

APP = """\
[apps.web]
image = "{image}"
fleet = "edge"

[apps.web.build]
context = "."
network = "none"

[apps.web.run]
stop_grace_period = 0.5

[apps.web.ready]
exec = ["grep", "-q", "hello", "/www/index.html"]
timeout = 5
bake = 0

[apps.web.test]
command = ["true"]
"""

FLEET = """
[policy]
allow_dirty = true
require_tests = false
[fleets.edge]
engines = ["edge-1", "edge-2", "edge-3"]
waves = [1, "100%"]
"""


class Edge:
    """Three engines, and an account that knows them."""

    def __init__(self, engines: dict[str, PrivateEngine], home: Path, project: Project) -> None:
        self.engines = engines
        self.project = project
        config = home / ".config" / "holdfast"
        config.mkdir(parents=True)
        tables = [f'[engines.{name}]\nhost = "{engine.host}"\n' for name, engine in engines.items()]
        (config / "config.toml").write_text(FLEET + "".join(tables))
        project.write("holdfast.toml", APP.format(image=project.image))
        self.environment = command.environment(home)

    def run(self, *words: str, status: int = 0) -> str:
        """What a command says, and that it ends so."""
        return command.run(*words, folder=self.project.folder, env=self.environment, status=status)

    def release(self, version: str, page: str) -> None:
        """Build a version on one engine, and push it."""
        self.project.write("index.html", f"{page}\n")
        for words in (("build", "web"), ("tag", "web", version), ("push", "web", version)):
            self.run(*words, "--context", "edge-1")

    def serving(self) -> dict[str, str]:
        """Engine -> what the page says that is served there."""
        found = {}
        for name, engine in self.engines.items():
            if not any("/web" in one["Names"] for one in engine.api.get("/containers/json")):
                found[name] = ""
                continue
            found[name] = subprocess.run(
                ["docker", "-H", engine.host, "exec", "web", "cat", "/www/index.html"],
                check=True, capture_output=True, text=True,
            ).stdout.strip()  # fmt: skip
        return found

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.run("status", "--json"))
        return said


@pytest.fixture
def edge(private_engine: PrivateEngine, tmp_path: Path) -> Iterator[Edge]:
    with ExitStack() as stack:
        registry = Registry()
        stack.callback(registry.close)
        project = Project(tmp_path / "project", f"{registry.address}/team/web-{time.time_ns()}")
        others = [stack.enter_context(PrivateEngine()) for _ in NAMES[1:]]
        engines = dict(zip(NAMES, [private_engine, *others], strict=True))
        yield Edge(engines, tmp_path / "home", project)
        private_engine.api.sweep()
        for volume in private_engine.api.get("/volumes")["Volumes"] or ():
            private_engine.api.ask("DELETE", f"/volumes/{volume['Name']}")


def everywhere(page: str) -> dict[str, str]:
    return dict.fromkeys(NAMES, page)


def test_a_fleet_takes_a_version_stops_at_a_broken_one_and_goes_back(edge: Edge) -> None:
    edge.release("v1", "hello one")
    said = edge.run("deploy", "web", "v1")
    assert edge.serving() == everywhere("hello one"), said
    edge.release("v2", "hello two")
    plan = json.loads(edge.run("deploy", "web", "v2", "--plan", "--json"))
    assert [step["id"] for step in plan["steps"]] == [*NAMES]
    said = edge.run("deploy", "web", "v2")
    assert edge.serving() == everywhere("hello two"), said
    assert said.count("r1 v1 -> r2 v2") == 3

    edge.release("v3", "broken")
    said = edge.run("deploy", "web", "v3", status=1)
    assert edge.serving() == everywhere("hello two"), said
    assert "v3 of web is on 0 of 3 engines" in said
    assert "edge-2 behind" in said
    assert "edge-1: these bytes have failed before, as r3 v3: " in edge.run("deploy", "web", "v3", "--plan")

    said = edge.run("rollback", "web")
    assert edge.serving() == everywhere("hello one"), said


def test_one_engine_that_is_away_is_left_behind_and_finished_later(edge: Edge) -> None:
    edge.release("v1", "hello one")
    edge.engines["edge-3"].stop()
    said = edge.run("deploy", "web", "v1", status=3)
    assert "edge-3 does not answer" in said
    assert 'on_unreachable = "skip" in [fleets.edge]' in said
    config = edge.project.folder / "holdfast.toml"
    config.write_text(config.read_text().replace('fleet = "edge"', 'fleet = "skipping"'))
    with config.open("a") as file:
        file.write('[fleets.skipping]\nengines = ["edge-1", "edge-2", "edge-3"]\non_unreachable = "skip"\n')
    said = edge.run("deploy", "web", "v1", status=6)
    assert "v1 of web is on 2 of 3 engines: edge-3 behind" in said
    edge.engines["edge-3"].start()
    said = edge.run("deploy", "web", "--only", "behind")
    assert edge.serving() == everywhere("hello one"), said
    assert said.count("live already") >= 2
    assert "live already on all 3 engines" in edge.run("deploy", "web", "v1")


def test_without_a_registry_an_image_goes_from_engine_to_engine(edge: Edge) -> None:
    config = edge.project.folder / "holdfast.toml"
    local = config.read_text().replace(edge.project.image, "web-of-here")
    config.write_text(
        local.replace('fleet = "edge"', 'fleet = "direct"')
        + '[fleets.direct]\nengines = ["edge-1", "edge-2", "edge-3"]\ntransport = "direct"\n'
    )
    edge.project.write("index.html", "hello one\n")
    for words in (("build", "web"), ("tag", "web", "v1")):
        edge.run(*words, "--context", "edge-1")
    said = edge.run("deploy", "web", "v1", "--plan")
    assert said.count("image from edge-1") == 2
    assert "local only" not in said, "it goes from engine to engine"
    said = edge.run("deploy", "web", "v1")
    assert edge.serving() == everywhere("hello one"), said
    ids = {engine.api.get("/images/web-of-here:v1/json")["Id"] for engine in edge.engines.values()}
    assert len(ids) == 1, "the same bytes everywhere"
    edge.project.write("index.html", "hello two\n")
    for words in (("build", "web"), ("tag", "web", "v2")):
        edge.run(*words, "--context", "edge-2")
    edge.run("deploy", "web", "v2")
    assert edge.serving() == everywhere("hello two")
    edge.run("rollback", "web")
    assert edge.serving() == everywhere("hello one")
    # a version that is other bytes on one engine is refused before anything is changed
    engine = edge.engines["edge-3"]
    for tag, of in (("v3", "web-of-here:v1"), ("v4", "web-of-here:v2")):
        engine.api.ask("POST", f"/images/{of}/tag?repo=web-of-here&tag={tag}")
    edge.engines["edge-1"].api.ask("POST", "/images/web-of-here:v2/tag?repo=web-of-here&tag=v3")
    said = edge.run("deploy", "web", "v3", status=4)
    assert "v3 names other bytes on edge-3" in said
    assert edge.serving() == everywhere("hello one")


def test_one_that_falls_over_again_and_again_is_caught_by_the_watch_of_its_wave(edge: Edge) -> None:
    edge.release("v1", "hello one")
    edge.run("deploy", "web", "v1")
    edge.release("v2", "hello two")
    config = edge.project.folder / "holdfast.toml"
    crashing = 'restart = "unless-stopped"\ncommand = ["sh", "-c", "sleep 2; exit 3"]\n'
    config.write_text(
        config.read_text()
        .replace('fleet = "edge"', 'fleet = "watched"')
        .replace("[apps.web.run]\n", f"[apps.web.run]\n{crashing}")
        + '[fleets.watched]\nengines = ["edge-1", "edge-2", "edge-3"]\nwaves = [1, "100%"]\nbake = "5s"\n'
    )
    said = edge.run("deploy", "web", "v2", status=1)
    assert "while it was watched" in said
    assert edge.serving() == everywhere("hello one"), said
