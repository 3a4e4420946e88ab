"""The whole way by command line alone: from a folder with a Dockerfile to a digest in a registry."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.busybox import IMAGE
from tests.support.shell import Shell
from tui.journal.folder import operations_folder
from tui.journal.reader import summaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tests.terminal.conftest import OpenTerminal

DOCKERFILE = f"""\
FROM {IMAGE}
RUN echo compiling && echo hello > /www/index.html
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""

SLOW = f"""\
FROM {IMAGE}
RUN echo begun; sleep 30
"""


class Builds(Shell):
    """With an app that is built, tested, tagged and pushed."""

    def write(self, image: str, dockerfile: str = DOCKERFILE) -> None:
        (self.folder / "src").mkdir(exist_ok=True)
        (self.folder / "src/Dockerfile").write_text(dockerfile)
        (self.folder / "holdfast.toml").write_text(
            f'[apps.web]\nimage = "{image}"\n'
            '[apps.web.build]\ncontext = "src"\nnetwork = "none"\n'
            "[apps.web.ready]\nstable = 0.2\n"
            '[apps.web.test]\ncommand = ["grep", "-q", "hello", "/www/index.html"]\n'
        )


@pytest.fixture
def shell(tmp_path: Path, api: EngineCalls) -> Builds:
    return Builds(tmp_path, api.url)


@pytest.fixture
def web(shell: Builds, registry: Registry, request: pytest.FixtureRequest) -> Iterator[str]:
    """The repository of an app of the test's own in the open registry."""
    repository = f"{registry.address}/{re.sub('[^a-z0-9]+', '-', request.node.name.lower()).strip('-')}"
    shell.write(repository)
    return repository


def tags_on(api: EngineCalls) -> set[str]:
    return {tag for image in api.get("/images/json") for tag in image["RepoTags"] or ()}


def test_from_source_to_digest(shell: Builds, web: str, api: EngineCalls, registry: Registry) -> None:
    image = shell.run("build", "--quiet").stdout.strip()
    assert re.fullmatch("sha256:[0-9a-f]{64}", image)

    tested = shell.events("test", "web")
    assert tested[0]["verb"] == "test"
    assert tested[-1]["ok"] is True
    assert tested[-1]["image"] == image
    assert [c for c in api.containers() if c["Image"].startswith(web)] == []

    offered = shell.run("tag", "web", status=2).stderr
    assert "which version?" in offered
    assert re.search(r"\n +v?0\.1\.0", offered)

    assert f"{web}:v1.0.0" in shell.run("tag", "web", "v1.0.0").stdout
    repository = web.partition("/")[2]
    assert registry.tags(repository) == []
    pushed = shell.run("push", "web", "v1.0.0", "-q").stdout.strip()
    assert pushed == registry.digest(repository, "v1.0.0") != ""

    history = shell.run("history", "web", "--operations").stdout.splitlines()
    assert [line.split()[3] for line in history[1:]] == ["push", "tag", "test", "build"]
    assert all(line.endswith("done") for line in history[1:])
    [first] = [line.split()[0] for line in history if " build " in line]
    assert "| compiling" in shell.run("history", "--show", first).stdout


def test_a_version_never_moves(shell: Builds, web: str, api: EngineCalls, registry: Registry) -> None:
    for word in ("one", "two"):
        shell.write(web, DOCKERFILE + f"LABEL word={word}\n")
        shell.run("build")
        shell.run("test")
        if word == "one":
            shell.run("tag", "v1.0.0")
            shell.run("push", "v1.0.0")
    before = registry.digest(web.partition("/")[2], "v1.0.0")

    refused = shell.run("tag", "v1.0.0", status=4).stderr
    assert "never moves" in refused
    assert "choose another version" in refused

    api.untag(f"{web}:v1.0.0")  # only the registry knows it now
    assert "in the registry already" in shell.run("tag", "v1.0.0", status=4).stderr
    assert registry.digest(web.partition("/")[2], "v1.0.0") == before


def test_a_plan_changes_nothing(shell: Builds, web: str, api: EngineCalls, registry: Registry) -> None:
    before = tags_on(api)
    said = shell.run("build", "--plan").stdout
    assert "Build web" in said
    assert "docker build" in said
    plan = json.loads(shell.run("build", "--plan", "--json").stdout)
    assert plan["steps"][0]["id"] == "build"
    assert plan["engine"] == api.url
    assert tags_on(api) == before
    assert not operations_folder(shell.environ).exists()

    shell.run("build")
    shell.run("test")
    built = tags_on(api)
    assert f"{web}:v1.0.0" in shell.run("tag", "web", "v1.0.0", "--plan").stdout
    assert tags_on(api) == built
    shell.run("tag", "web", "v1.0.0")
    assert "v1.0.0" in shell.run("push", "--plan").stdout
    assert registry.tags(web.partition("/")[2]) == []


def test_a_step_that_fails(shell: Builds, web: str) -> None:
    shell.write(web, f"FROM {IMAGE}\nRUN echo about to fail; exit 3\n")
    failed = shell.run("build", status=1)
    assert "| about to fail" in failed.stdout
    assert "failed:" in failed.stderr
    assert "RUN echo about to fail" in failed.stderr
    events = shell.events("build", status=1)
    assert events[-1]["ok"] is False
    assert events[-1]["error"]["code"] == 1  # type: ignore[index]


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (("build", "wep"), 2, "did you mean web?"),
    (("build", "web", "api"), 2, "one word too many"),
    (("tag", "v1+2"), 2, 'not "+"'),
    (("build", "--config", "missing.toml"), 2, "there is no such file"),
    (("build", "--host", "unix:///nowhere.sock"), 3, "/nowhere.sock"),
    (("test", "--image", "missing"), 2, ":missing is not in the registry"),
])  # fmt: skip
def test_what_cannot_begin(
    shell: Builds, web: str, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert said in shell.run(*arguments, status=status).stderr
    [outcome] = shell.events(*arguments, status=status)
    assert outcome["error"]["code"] == status  # type: ignore[index]
    assert summaries(operations_folder(shell.environ)) == []


def test_ctrl_c_while_it_builds(
    shell: Builds, web: str, api: EngineCalls, open_terminal: OpenTerminal
) -> None:
    shell.write(web, SLOW)
    before = tags_on(api)
    command = (sys.executable, "-m", "tui", "build")
    terminal = open_terminal(*command, env=shell.environ, cwd=shell.folder)
    terminal.wait_for(re.compile(r"running +\d+\.\ds +.*RUN echo begun"), 60)
    terminal.wait_for("| begun")
    terminal.send("\x03")
    assert terminal.wait_end(30) == 130
    assert "cancelled after" in terminal.text()
    assert tags_on(api) == before


def test_a_closed_terminal_leaves_the_build_running(
    shell: Builds, web: str, open_terminal: OpenTerminal
) -> None:
    shell.write(web, f"FROM {IMAGE}\nRUN echo begun; sleep 3; echo rested\n")
    command = (sys.executable, "-m", "tui", "build")
    terminal = open_terminal(*command, env=shell.environ, cwd=shell.folder)
    terminal.wait_for("| begun", 60)
    terminal.take_away()
    limit = time.monotonic() + 60
    while not (ended := summaries(operations_folder(shell.environ))[0].ended):
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert ended.ok
    assert "| rested" in shell.run("history", "--show", "last").stdout


def test_a_terminal_is_asked(
    shell: Builds, web: str, registry: Registry, open_terminal: OpenTerminal
) -> None:
    shell.run("build")
    shell.run("test")

    def tag(answer: str) -> int:
        terminal = open_terminal(
            sys.executable, "-m", "tui", "tag", "v2.0.0", env=shell.environ, cwd=shell.folder
        )
        terminal.wait_for("Tag? [y/N]", 60)
        terminal.send(answer)
        return terminal.wait_end(60)

    assert tag("\r") == 130
    assert tag("n\r") == 130
    assert tag("\x03") == 130
    assert [one.started.verb for one in summaries(operations_folder(shell.environ))] == ["test", "build"]
    assert tag("y\r") == 0
    asked = open_terminal(sys.executable, "-m", "tui", "push", "--yes", env=shell.environ, cwd=shell.folder)
    assert asked.wait_end(60) == 0
    assert "web pushed in" in asked.text()
    kept = [tag for tag in registry.tags(web.partition("/")[2]) if not tag.startswith("sha256-")]
    assert kept == ["v2.0.0"]  # the other keeps what is known of it: how it was built


def test_a_registry_that_wants_a_login(shell: Builds, registry_with_login: Registry) -> None:
    address = registry_with_login.address
    shell.write(f"{address}/team/web")
    shell.run("build")
    shell.run("test")
    shell.run("tag", "v1.0.0")
    refused = shell.run("push", status=1).stderr
    assert f"docker login {address}" in refused
    report = shell.run("doctor", status=1).stdout
    assert f"docker login {address}" in report


def test_doctor(shell: Builds, web: str, api: EngineCalls) -> None:
    report = json.loads(shell.run("doctor", "--json").stdout)
    found = {finding["name"]: finding for finding in report["findings"]}
    assert report["ok"] is True
    assert found["endpoint"]["message"] == f"{api.url} (DOCKER_HOST)"
    assert "Docker Engine" in found["engine"]["message"]
    assert found["builder"]["message"] == "BuildKit"
    assert found["app web"]["state"] == "ok"
    assert "answers without a login" in found["registry"]["message"]
    assert found["trivy"]["state"] in ("ok", "note")

    (shell.folder / "src/Dockerfile").unlink()
    lines = shell.run("doctor", "--host", "unix:///nowhere.sock", status=1).stdout.splitlines()
    assert any(re.match(r"problem +engine +.*/nowhere.sock", line) for line in lines)
    assert any(re.match(r"problem +app web +.*src/Dockerfile: there is no such file", line) for line in lines)
    assert lines[-1] == "2 problems, no warnings"


def test_doctor_on_a_broken_configuration(shell: Builds, web: str) -> None:
    (shell.folder / "holdfast.toml").write_text("[apps.web]\nimag = 3\n")
    said = shell.run("doctor", status=1).stdout
    assert re.search(r"problem +configuration +.*holdfast.toml.*imag", said)


def test_init_then_build(shell: Builds) -> None:
    (shell.folder / "Dockerfile").write_text(f"FROM {IMAGE}\nCOPY Dockerfile /\n")
    text = shell.run("init", "--stdout").stdout
    assert "[apps." in text
    assert not (shell.folder / "holdfast.toml").exists()
    said = shell.run("init").stdout
    assert "holdfast build" in said
    assert (shell.folder / "holdfast.toml").read_text() == text
    assert "is not overwritten" in shell.run("init", status=4).stderr
    assert (shell.folder / "holdfast.toml").read_text() == text
    shell.run("build")
