"""One account builds, tests, signs and pushes; another has nothing but the public key, and deploys."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import command
from tests.support.project import Project
from tests.support.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls

APP = """\
[apps.web]
image = "{image}"

[apps.web.run]
stop_grace_period = 0.5

[apps.web.ready]
exec = ["grep", "-q", "hello", "/www/index.html"]
bake = 0
"""

WANTS = """\
[trust]
verify_keys = [{ name = "ci", file = "ci.pub" }]
require = ["signature", "test", "provenance"]
"""


PROMOTES = """\
[trust]
sign_key = "{key}"
sign_keys = {{ production = "keys/production.key" }}
verify_keys = [{{ name = "ci", file = "{public}" }}]
require = ["signature", "test"]
"""

PRODUCTION = """\
[trust]
verify_keys = [{ name = "production", file = "production.pub" }]
require = ["signature", "verdict"]
"""


class Account:
    """Somebody with a home of their own: no key, no evidence and no journal of another is in it."""

    def __init__(self, home: Path, engine: str, project: Path) -> None:
        self.home = home
        self.config = home / ".config" / "holdfast"
        self.config.mkdir(parents=True)
        self._project = project
        self._env = command.environment(home, DOCKER_HOST=engine)

    def configure(self, text: str) -> None:
        (self.config / "config.toml").write_text(text)

    def run(self, *words: str, status: int = 0) -> str:
        """What a command says, and that it ends so."""
        return command.run(*words, folder=self._project, env=self._env, status=status)

    def make_key(self, name: str) -> Path:
        """A key pair, by which everything that is pushed is signed from now on; the public one."""
        self.run("trust", "init", "--name", name)
        key = self.config / "keys" / f"{name}.key"
        assert key.stat().st_mode & 0o777 == 0o600
        self.configure(f'[trust]\nsign_key = "{key}"\n')
        return key.with_suffix(".pub")

    def releases(self, version: str) -> None:
        """Build, test, tag and push it."""
        for words in (("build", "web"), ("test", "web"), ("tag", "web", version), ("push", "web", version)):
            self.run(*words)


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    yield made
    made.close()


@pytest.fixture
def engine(api: EngineCalls) -> Iterator[str]:
    """Whose ledger is gone afterwards: others have apps of the same name."""
    yield api.url
    api.sweep()
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


@pytest.fixture
def project(tmp_path: Path, registry: Registry) -> Project:
    return Project(tmp_path / "project", f"{registry.address}/team/web-{time.time_ns()}")


@pytest.fixture
def host_folder(tmp_path: Path, project: Project) -> Path:
    """What stands on the host: the app, and nothing that it is built from."""
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "holdfast.toml").write_text(APP.format(image=project.image))
    return folder


def move(registry: Registry, project: Project, tag: str, *, to: str) -> None:
    """Have a tag name what another one names, as anybody may who can push."""
    url = f"http://{registry.address}/v2/{project.image.partition('/')[2]}/manifests"
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    with urllib.request.urlopen(urllib.request.Request(f"{url}/{to}", headers={"Accept": kind})) as answer:
        body = answer.read()
    put = urllib.request.Request(f"{url}/{tag}", body, {"Content-Type": kind}, method="PUT")
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 201


def live(host: Account) -> Any:
    [app] = json.loads(host.run("status", "web", "--json"))["apps"]
    return app


def promoted(ci: Account, public: Path, tmp_path: Path, engine: str, host_folder: Path) -> None:
    """A host that lists one key alone takes what was promoted by it, and not what was only signed."""
    ci.run("trust", "init", "--name", "production")
    ci.configure(PROMOTES.format(key=public.with_suffix(".key"), public=public))
    production = Account(tmp_path / "production", engine, host_folder)
    production.configure(PRODUCTION)
    shutil.copy(public.with_name("production.pub"), production.config)
    assert "by a listed key" in production.run("deploy", "web", "v1.0.0", status=4)
    assert "has no" in ci.run("promote", "web", "v2.0.0", "--key", "production", status=4)
    ci.run("promote", "web", "v1.0.0", "--key", "production")
    said = production.run("deploy", "web", "v1.0.0", "--plan")
    assert "production" in said


def test_what_ci_proved_is_what_the_host_deploys(
    tmp_path: Path, project: Project, host_folder: Path, registry: Registry, engine: str
) -> None:
    ci = Account(tmp_path / "ci", engine, project.folder)
    stranger = Account(tmp_path / "stranger", engine, project.folder)
    host = Account(tmp_path / "op", engine, host_folder)
    public = ci.make_key("ci")
    host.configure(WANTS)
    shutil.copy(public, host.config / "ci.pub")

    ci.releases("v1.0.0")
    host.run("deploy", "web", "v1.0.0")
    by = live(host)["live"]["evidence"]
    assert (by["signature key"], by["test key"], by["provenance key"]) == ("ci", "ci", "ci")
    assert by["commit"] == project.git("rev-parse", "HEAD")

    project.write("index.html", "hello, second\n")
    project.commit()
    ci.releases("v1.1.0")
    host.run("deploy", "web", "v1.1.0")

    project.write("index.html", "hello, unsigned\n")
    project.commit()
    stranger.releases("v2.0.0")
    refused = host.run("deploy", "web", "v2.0.0", status=4)
    assert "has no signature" in refused
    assert "holdfast sign web v2.0.0" in refused

    stranger.make_key("mallory")
    project.write("index.html", "hello, foreign\n")
    project.commit()
    stranger.releases("v2.1.0")
    assert "by a listed key" in host.run("deploy", "web", "v2.1.0", status=4)
    assert "v2.1.0" not in host.run("status", "web")

    move(registry, project, "v1.1.0", to="v2.1.0")
    assert "a version never moves" in host.run("deploy", "web", "v1.1.0", "--again", status=4)

    assert host.run("verify", "web", "v1.0.0")
    assert "has no signature" in host.run("verify", "web", "v2.0.0", status=4)

    promoted(ci, public, tmp_path, engine, host_folder)

    registry.close()
    host.run("rollback", "web")
    assert live(host)["live"]["version"] == "v1.0.0"
    assert "roll back needs no registry" in host.run("deploy", "web", "v1.1.0", status=3)
