"""What the plan of a build says."""

from __future__ import annotations

from tui.model.app import BuildSecret, BuildSpec
from tui.operations.verbs.build import equal


def test_the_docker_command_shows_no_secret_argument() -> None:
    spec = BuildSpec(
        "/src",
        "/src/Dockerfile",
        args={"NPM_TOKEN": "hunter2hunter2", "NODE_VERSION": "22"},
        secrets=(BuildSecret("npm", "/home/me/.npmrc"),),
    )

    command = equal(spec, "web")

    assert "hunter2" not in command
    assert "NPM_TOKEN=••••••" in command
    assert "NODE_VERSION=22" in command
    assert "id=npm,src=/home/me/.npmrc" in command
