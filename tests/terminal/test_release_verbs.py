"""Releases by command line: deploy, roll back and what goes with them, each exit status, on a real engine."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.busybox import IMAGE
from tests.support.ports import free_port
from tests.support.project import Project
from tests.support.shell import TREE, Shell
from tui.journal.folder import operations_folder
from tui.journal.reader import summaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

NOWHERE = "unix:///nowhere.sock"

DOCKERFILE = f"""\
FROM {IMAGE}
COPY index.html /www/
STOPSIGNAL SIGKILL
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""


class Web(Shell):
    """A web server with a registry; releases differ by what their page says."""

    def __init__(self, folder: Path, engine: str, image: str, api: EngineCalls) -> None:
        super().__init__(folder, engine)
        self.api = api
        self.image = image
        self.port = free_port()
        self.folder = folder / "project"
        self.project = Project(self.folder, image)
        self.project.write("Dockerfile", DOCKERFILE)
        self.configure(
            ("[apps.web]\n", '[apps.web]\ncreate_networks = ["front"]\n'),
            ("timeout = 20\n", "timeout = 20\nbake = 0.2\n"),
            ("[apps.web.test]", f'[apps.web.run]\nports = ["127.0.0.1:{self.port}:8080"]\n'
             'networks = ["front"]\n\n[apps.web.test]'),
        )  # fmt: skip

    def configure(self, *changes: tuple[str, str]) -> None:
        text = (self.folder / "holdfast.toml").read_text()
        for old, new in changes:
            assert old in text, text
            text = text.replace(old, new)
        self.project.write("holdfast.toml", text)
        self.project.commit()

    def push(self, version: str) -> None:
        """A further version in the registry, its test passed."""
        self.project.write("index.html", f"hello, this is {version}\n")
        self.project.commit()
        for words in (("build",), ("test",), ("tag", version), ("push", version)):
            self.run(*words)

    def serve(self, version: str) -> None:
        """A further version in service."""
        self.project.write("index.html", f"hello, this is {version}\n")
        self.project.commit()
        self.run("ship", version)

    def page(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/index.html", timeout=5) as answer:
            return str(answer.read().decode())

    def document(self, *arguments: str, status: int = 0) -> Any:
        """The one document that `--json` prints; nothing is on standard error."""
        done = self.run(*arguments, "--json", status=status)
        assert done.stderr == ""
        return json.loads(done.stdout)

    def app(self, *arguments: str) -> Any:
        [app] = self.document("status", *arguments)["apps"]
        return app

    def containers(self) -> dict[str, str]:
        """Name -> state of everything that is the app's."""
        found = {one["Names"][0].lstrip("/"): one["State"] for one in self.api.containers()}
        return {name: state for name, state in found.items() if name.startswith("web")}

    def operations(self) -> list[str]:
        return [one.started.verb for one in summaries(operations_folder(self.environ))]

    def wait_until(self, true: Callable[[], object], seconds: float = 40) -> None:
        limit = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < limit, "it did not come to that in time"
            time.sleep(0.05)

    def baking(self, version: str) -> subprocess.Popen[str]:
        """A deploy that goes on for a minute, at the point where the new release serves and is watched."""
        self.configure(("bake = 0.2", "bake = 60"))
        self.push(version)
        process = self.start("deploy", version, "--json")
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event.get("step", "").startswith("bake") and event.get("state") == "running":
                return process
        raise AssertionError("it ended before it was watched")


@pytest.fixture
def web(tmp_path: Path, api: EngineCalls, registry: Registry) -> Iterator[Web]:
    yield Web(tmp_path, api.url, f"{registry.address}/team/web-{time.time_ns()}", api)
    for container in api.containers():
        api.remove(container["Id"])
    for network in api.get("/networks"):
        if network["Name"] == "front":
            api.ask("DELETE", f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


@pytest.fixture
def holder(web: Web) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lease of the app."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.lease_holder", web.environ["DOCKER_HOST"], "web", "15", "60"],
        cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    if process.poll() is None:
        process.communicate("", timeout=30)


def columns(text: str, row: int = 1) -> dict[str, str]:
    """A row of a table by its columns, which stand under their names."""
    head, *rows = text.splitlines()
    starts = [found.start() for found in re.finditer(r"\S+(?: \S+)*", head)]
    ends = [*starts[1:], None]
    parts = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
    return {head[part].strip(): rows[row - 1][part].strip() for part in parts}


def test_deploy_look_and_roll_back(web: Web, registry: Registry) -> None:
    assert columns(web.run("status").stdout)["live"] == "none"
    web.push("v0.1.0")
    assert "v0.1.0" in web.run("deploy", status=2).stderr  # offers what there is
    digest = web.run("deploy", "web", "v0.1.0", "--quiet").stdout.strip()
    assert digest == registry.digest(web.image.partition("/")[2], "v0.1.0")
    assert "v0.1.0" in web.page()
    web.serve("v0.2.0")
    assert "v0.2.0" in web.page()

    shown = columns(web.run("status").stdout)
    assert (shown["app"], shown["live"], shown["version"]) == ("web", "r2", "v0.2.0")
    assert (shown["health"], shown["back to"], shown["lease"]) == ("running", "r1 v0.1.0", "-")
    assert shown["drift"] == "see --drift"
    assert columns(web.run("status", "--drift").stdout)["drift"] == "none"
    assert web.run("drift", "web").returncode == 0

    rolled = web.run("rollback").stdout
    assert re.search(r"web rolled back in .*\n  release +r3\n", rolled)
    assert re.search(r"gap +\d+\.\d\d s", rolled)
    assert "v0.1.0" in web.page()

    history = web.run("history", "web").stdout
    assert [columns(history, row)["outcome"] for row in (1, 2, 3)] == ["live", "kept", "kept"]
    newest = columns(history)
    assert (newest["release"], newest["version"], newest["of"]) == ("r3", "v0.1.0", "r1")
    assert newest["digest"] == digest.removeprefix("sha256:")[:12]
    assert "tested, commit" in newest["evidence"]
    assert columns(history, 3)["gap"] == "-"
    assert web.operations()[0] == "rollback"
    assert " rollback " in web.run("history", "web", "--operations").stdout.splitlines()[1]

    found = web.document("history", "web")["releases"]
    assert [one["state"] for one in found] == ["live", "kept", "kept"]
    assert (found[0]["rollback_of"], found[0]["digest"], found[0]["good"]) == ("r1", digest, True)
    assert len(web.document("history", "--limit", "1")["releases"]) == 1
    app = web.app("web", "--drift")
    assert app["live"]["release"] == "r3"
    assert app["container"]["running"] is True
    assert [one["release"] for one in app["back_to"]] == ["r2", "r1"]
    assert app["drift"]["causes"] == []

    assert "anew as r4" in web.run("rollback", "--to", "r3", "--plan").stdout
    web.events("rollback", "--to", "2")
    assert "v0.2.0" in web.page()


def test_another_operator_needs_no_configuration_to_see_it(web: Web, tmp_path: Path) -> None:
    web.serve("v0.1.0")
    other = tmp_path / "other"
    other.mkdir()
    stranger = Shell(other, web.environ["DOCKER_HOST"])
    assert columns(stranger.run("status").stdout)["live"] == "r1"
    assert columns(stranger.run("status", "web").stdout)["version"] == "v0.1.0"
    assert columns(stranger.run("history").stdout)["outcome"] == "live"
    assert "did you mean web" in stranger.run("status", "wep", status=2).stderr


def test_a_plan_changes_nothing(web: Web) -> None:
    web.push("v0.1.0")
    before, done = web.containers(), web.operations()
    said = web.run("deploy", "v0.1.0", "--plan").stdout
    assert "Deploy web v0.1.0 as r1" in said
    assert re.search(r"engine +unix:///", said)
    assert said.count("\n  engine ") == 1
    assert "way back" in said
    plan = web.document("deploy", "v0.1.0", "--plan")
    assert "record r1" in [step["id"] for step in plan["steps"]]
    assert "v0.1.0" in web.run("ship", "v0.1.1", "--plan").stdout + said
    assert web.containers() == before == {}
    assert not any(one["Name"] == "front" for one in web.api.get("/networks"))
    assert web.operations() == done
    web.run("deploy", "v0.1.0")
    web.serve("v0.2.0")
    before, done = web.containers(), web.operations()
    assert "Roll web back to r1 v0.1.0 as r3" in web.run("rollback", "--plan").stdout
    facts = {one["name"]: one["value"] for one in web.document("rollback", "--plan")["facts"]}
    assert facts["way back"].startswith("r2 v0.2.0")
    web.configure(("[apps.web]\n", "[apps.web]\nkeep = 1\n"))
    web.run("rollback", "--plan", "--yes")
    assert (web.containers(), web.operations()) == (before, done)


def test_what_fails_is_undone(web: Web) -> None:
    web.serve("v0.1.0")
    web.push("v0.2.0")
    web.configure(("[apps.web.run]\n", '[apps.web.run]\ncommand = ["sh", "-c", "echo no; exit 7"]\n'))
    failed = web.run("deploy", "v0.2.0", status=1)
    assert "r1 v0.1.0 serves again" in failed.stderr
    assert "v0.1.0" in web.page()
    assert web.containers() == {"web": "running"}
    outcome = web.events("deploy", "v0.2.0", status=1)[-1]
    assert outcome["ok"] is False
    history = web.run("history").stdout
    assert [columns(history, row)["outcome"].split(":")[0] for row in (1, 2, 3)] == [
        "failed",
        "failed",
        "live",
    ]
    assert "7" in columns(history)["outcome"]


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (("deploy", "wep", "v1"), 2, "did you mean web?"),
    (("deploy", "web", "v1", "v2"), 2, "one word too many"),
    (("deploy", "v9.9.9"), 2, "not in the registry"),
    (("deploy", "web", "v1+2"), 2, "cannot be a tag"),
    (("rollback", "--to", "x"), 2, "x is no release"),
    (("adopt",), 2, "which container?"),
    (("adopt", "missing"), 2, "there is no container missing"),
    (("rollback",), 4, "no earlier release"),
    (("rollback", "--to", "r7"), 2, "no release r7"),
    (("deploy", "v1", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("rollback", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("ship", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("recover", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("prune", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("adopt", "web", "--host", NOWHERE), 3, "/nowhere.sock"),
])  # fmt: skip
def test_what_cannot_begin(web: Web, arguments: tuple[str, ...], status: int, said: str) -> None:
    assert said in web.run(*arguments, status=status).stderr
    [outcome] = web.events(*arguments, status=status)
    assert outcome["error"]["code"] == status  # type: ignore[index]
    assert web.operations() == []


@pytest.mark.parametrize("verb", ["recover", "prune"])
def test_nothing_to_do_is_no_failure(web: Web, verb: str) -> None:
    """As cron wants it."""
    assert f"nothing to {verb}" in web.run(verb).stdout
    assert f"nothing to {verb}" in web.run(verb, "--plan").stdout
    [outcome] = web.events(verb)
    assert (outcome["ok"], outcome["error"]) == (True, None)
    assert f"nothing to {verb}" in json.dumps(outcome["facts"])
    assert web.operations() == []


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (("status", "wep"), 2, "did you mean web?"),
    (("history", "wep"), 2, "did you mean web?"),
    (("unlock", "wep"), 2, "did you mean web?"),
    (("status", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("history", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("drift", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("unlock", "web", "--host", NOWHERE), 3, "/nowhere.sock"),
    (("status", "--config", "missing.toml"), 2, "there is no such file"),
])  # fmt: skip
def test_what_cannot_be_looked_at(web: Web, arguments: tuple[str, ...], status: int, said: str) -> None:
    assert said in web.run(*arguments, status=status).stderr
    assert said in json.dumps(web.document(*arguments, status=status))


def test_an_engine_out_of_reach_hides_no_other(web: Web) -> None:
    web.serve("v0.1.0")
    here = web.environ.pop("DOCKER_HOST")
    web.configure(("[apps.web]\n", f'[apps.far]\nengine = "{NOWHERE}"\n\n[apps.web]\nengine = "{here}"\n'))
    assert "holdfast allow" in web.run("status", status=2).stderr
    web.run("allow", "--yes")
    done = web.run("status", status=3)
    assert columns(done.stdout)["live"] == "r1"
    assert "/nowhere.sock" in done.stderr
    found = web.document("status", status=3)
    assert [one["app"] for one in found["apps"]] == ["web"]
    assert (found["errors"][0]["apps"], found["errors"][0]["code"]) == (["far"], 3)
    assert web.run("status", "web").stderr == ""


def test_what_is_refused(web: Web) -> None:
    web.push("v0.1.0")
    other = web.api.run(name="web")
    assert "holdfast adopt web" in web.run("deploy", "v0.1.0", status=4).stderr
    assert "was not made by Holdfast" in web.run("status").stdout
    assert web.app()["foreign"] == other
    web.api.remove(other)
    web.configure(('command = ["grep", "-q", "hello"', 'command = ["grep", "-q", "bye"'))
    web.run("build")
    web.run("test", status=1)
    assert "has not passed its test" in web.run("tag", "v0.2.0").stderr + web.run("push", status=4).stderr
    assert web.containers() == {}


def test_somebody_else_has_the_lease(web: Web, holder: subprocess.Popen[str]) -> None:
    web.push("v0.1.0")
    assert "frozen on there" in web.run("deploy", "v0.1.0", status=5).stderr
    assert web.events("deploy", "v0.1.0", status=5)[-1]["error"]["code"] == 5  # type: ignore[index]
    shown = web.run("status").stdout
    assert columns(shown)["lease"] == "frozen@there"
    assert "being changed by frozen on there" in shown
    assert web.app()["lease"]["alive"] is True

    assert "frozen on there" in web.run("unlock", "web", "--plan").stdout
    refused = web.run("unlock", "web", status=4).stderr
    assert "frozen on there" in refused
    assert "--yes" in refused
    assert web.document("unlock", "web", status=4)["unlocked"] is False
    assert web.containers() == {"web.lease": "created"}
    holder.kill()  # while it lives it takes a lease that somebody removed again
    holder.wait()
    found = web.document("unlock", "web", "--yes")
    assert (found["unlocked"], found["lease"]["by"]) == (True, "frozen")
    assert "nobody has the lease of web" in web.run("unlock", "web").stdout
    web.run("deploy", "v0.1.0")
    assert "v0.1.0" in web.page()


def test_unlocking_is_asked_and_names_the_owner(
    web: Web, holder: subprocess.Popen[str], open_terminal: OpenTerminal
) -> None:
    for answer, status, left in (
        ("n\r", 130, {"web.lease"}),
        ("\x03", 130, {"web.lease"}),
        ("y\r", 0, set()),
    ):
        terminal = _asked(web, open_terminal, "unlock", "web")
        shown = terminal.wait_for("Unlock? [y/N]", 60)
        assert "frozen on there" in shown
        assert "deploy v1" in shown
        terminal.send(answer)
        assert terminal.wait_end(60) == status
        assert web.containers().keys() == left


def _asked(web: Web, open_terminal: OpenTerminal, *arguments: str) -> Terminal:
    return open_terminal(sys.executable, "-m", "tui", *arguments, env=web.environ, cwd=web.folder)


def test_ctrl_c_undoes_and_says_what_serves(web: Web, open_terminal: OpenTerminal) -> None:
    web.serve("v0.1.0")
    web.configure(("bake = 0.2", "bake = 60"))
    web.push("v0.2.0")
    terminal = _asked(web, open_terminal, "deploy", "v0.2.0", "--yes")
    terminal.wait_for(re.compile(r"running .*Watch r2"), 60)
    assert "Ctrl+C undoes it" in terminal.text()
    assert "v0.2.0" in web.page()
    terminal.send("\x03")
    terminal.wait_for("stopping: what was begun is being undone")
    assert terminal.wait_end(60) == 130
    assert re.search(r"cancelled after .*; r1 v0\.1\.0 serves", terminal.text())
    assert "v0.1.0" in web.page()
    assert web.containers() == {"web": "running"}


def test_a_signal_undoes_it_too(web: Web) -> None:
    web.serve("v0.1.0")
    process = web.baking("v0.2.0")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    outcome = json.loads(out.splitlines()[-1])
    assert (outcome["ok"], outcome["error"]["code"]) == (False, 130)
    assert "r1 v0.1.0 serves" in outcome["error"]["message"]
    assert "v0.1.0" in web.page()
    assert web.containers() == {"web": "running"}


def test_killed_and_recovered(web: Web) -> None:
    web.serve("v0.1.0")
    process = web.baking("v0.2.0")
    process.kill()
    process.communicate()
    assert web.app()["open"] == ["r2"]
    assert "interrupted" in web.run("history", "--show", "last").stdout
    assert "the deploy of r2 was interrupted; holdfast recover web" in web.run("status").stdout
    assert "interrupted" in columns(web.run("history").stdout)["outcome"]
    assert "holdfast recover web" in web.run("deploy", "v0.2.0", status=4).stderr
    assert "r2" in web.run("recover", "--plan").stdout
    recovered = web.run("recover").stdout
    assert "web recovered in" in recovered
    assert "v0.2.0" in web.page()  # it served and was ready: it is finished
    assert web.app()["open"] == []
    assert web.containers() == {"web": "running", "web.r1": "exited"}


def test_a_terminal_is_asked(web: Web, open_terminal: OpenTerminal) -> None:
    web.push("v0.1.0")

    def deploy(answer: str) -> int:
        terminal = _asked(web, open_terminal, "deploy", "v0.1.0")
        shown = terminal.wait_for("Deploy? [y/N]", 60)
        assert "way back" in shown
        assert "gap" in shown
        terminal.send(answer)
        return terminal.wait_end(60)

    for answer in ("\r", "n\r", "\x03"):
        assert deploy(answer) == 130
        assert web.containers() == {}
    assert deploy("y\r") == 0
    assert "v0.1.0" in web.page()


def test_a_protected_engine_wants_the_name(web: Web, open_terminal: OpenTerminal) -> None:
    web.push("v0.1.0")
    engine = web.environ["DOCKER_HOST"]
    web.configure(("[apps.web]\n", f'[engines."{engine}"]\nprotected = true\n\n[apps.web]\n'))
    assert "is protected" in web.run("deploy", "v0.1.0", status=4).stderr
    assert "is protected" in web.run("deploy", "v0.1.0", "--yes", status=4).stderr
    assert "is protected" in web.run("deploy", "v0.1.0", "--confirm", "wep", status=4).stderr
    assert "--confirm web" in web.events("deploy", "v0.1.0", status=4)[-1]["error"]["hint"]  # type: ignore[index]
    web.run("deploy", "v0.1.0", "--plan")
    for answer, status in (("y\r", 130), ("wep\r", 130), ("web\r", 0)):
        assert web.containers() == {}
        terminal = _asked(web, open_terminal, "deploy", "v0.1.0")
        terminal.wait_for("is protected. Type web to go on:", 60)
        terminal.send(answer)
        assert terminal.wait_end(60) == status
    web.run("ship", "v0.2.0", status=4)
    web.project.write("index.html", "hello, this is v0.2.0\n")
    web.project.commit()
    web.run("ship", "v0.2.0", "--yes", status=4)
    web.run("ship", "v0.2.0", "--confirm", "web")
    assert "v0.2.0" in web.page()


def test_unlocking_on_a_protected_engine_wants_the_name(web: Web, holder: subprocess.Popen[str]) -> None:
    engine = web.environ["DOCKER_HOST"]
    web.configure(("[apps.web]\n", f'[engines."{engine}"]\nprotected = true\n\n[apps.web]\n'))
    holder.kill()
    holder.wait()
    for words in ((), ("--yes",), ("--confirm", "wep"), ("--yes", "--confirm", "wep")):
        assert "is protected" in web.run("unlock", "web", *words, status=4).stderr
    assert web.document("unlock", "web", "--yes", status=4)["unlocked"] is False
    assert web.containers() == {"web.lease": "created"}
    assert (
        "the lease of web is removed; it was frozen on there"
        in web.run("unlock", "web", "--confirm", "web").stdout
    )
    assert web.containers() == {}


def test_adopt_then_deploy_and_back(web: Web) -> None:
    web.api.ask("POST", "/networks/create", {"Name": "front"})
    web.api.run(
        "sh", "-c", "echo old > /www/index.html; exec httpd -f -p 8080 -h /www", name="old_web",
        ExposedPorts={"8080/tcp": {}},
        HostConfig={
            "NetworkMode": "front",
            "PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(web.port)}]},
        },
    )  # fmt: skip
    said = web.run("adopt", "old_web", "--name", "web", "--plan").stdout
    assert "Adopt the container old_web as web r1" in said
    assert web.containers() == {}
    assert "web adopted in" in web.run("adopt", "old_web", "--name", "web").stdout
    assert web.app()["live"]["adopted"] is True
    web.serve("v0.1.0")
    assert "v0.1.0" in web.page()
    web.run("rollback")
    assert web.page() == "old\n"
    history = web.run("history").stdout
    assert "adopted" in columns(history, 3)["evidence"]
    assert columns(history, 1)["of"] == "r1"


def test_a_roll_back_that_has_to_be_forced_wants_the_name(web: Web, open_terminal: OpenTerminal) -> None:
    web.serve("v0.1.0")
    web.serve("v0.2.0")
    web.api.ask("POST", "/containers/web.r1/update", {"Memory": 64 << 20, "MemorySwap": 64 << 20})
    forced = ("rollback", "--to", "r1", "--force")
    assert "--force" in web.run("rollback", "--to", "r1", status=4).stderr
    assert "--confirm web says that it is meant" in web.run(*forced, "--yes", status=4).stderr
    assert "mem_limit" in web.run(*forced, "--confirm", "wep", status=4).stderr
    terminal = _asked(web, open_terminal, *forced)
    terminal.wait_for("Type web to go on:", 60)
    terminal.send("y\r")
    assert terminal.wait_end(60) == 130
    assert "v0.2.0" in web.page()
    web.run(*forced, "--confirm", "web")
    assert "v0.1.0" in web.page()


def test_prune(web: Web) -> None:
    for number in range(1, 4):
        web.serve(f"v0.{number}.0")
    web.configure(("[apps.web]\n", "[apps.web]\nkeep = 1\n"))
    assert "Remove r1 v0.1.0" in web.run("prune", "--plan").stdout
    assert "web.r1" in web.containers()
    assert "web pruned in" in web.run("prune").stdout
    assert web.containers() == {"web": "running", "web.r2": "exited"}
    assert columns(web.run("history").stdout, 3)["outcome"] == "ledger only"
    web.run("rollback", "--to", "r1")  # its image comes from the registry again
    assert "v0.1.0" in web.page()
