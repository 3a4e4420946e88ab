"""Build, test, tag and push on a real engine and real registries, as an operation process does them."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest

from tests.engine.operating import Operations
from tests.support.project import Project
from tests.support.refs import ref
from tui.errors import HoldfastError
from tui.evidence.files import read_evidence
from tui.model.operation import StepChanged
from tui.operations.process.prepared import prepared
from tui.operations.process.request import Request
from tui.operations.verbs.push import Pushing
from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home))
    return home


@pytest.fixture
def make(tmp_path: Path, home: Path, engine_host: str, api: EngineCalls, monkeypatch: pytest.MonkeyPatch):
    def make(image: str = "web", **options: str) -> Operations:
        project = Project(tmp_path / "project", image, **options)
        monkeypatch.chdir(project.folder)
        return Operations(engine_host, project)

    return make


@pytest.fixture
def operations(make, registry: Registry) -> Operations:
    return make(f"{registry.address}/team/web-{time.time_ns()}")


def log_in(home: Path, registry: Registry) -> None:
    import base64

    assert registry.login is not None
    token = base64.b64encode(":".join(registry.login).encode()).decode()
    (home / "config.json").write_text(json.dumps({"auths": {registry.address: {"auth": token}}}))


# The whole way


async def test_the_bytes_that_passed_are_in_the_registry(operations: Operations, registry: Registry) -> None:
    built = await operations.work("build")
    tested = await operations.work("test")
    tagged = await operations.work("tag", version="v0.1.0")
    pushed = await operations.work("push")

    image = built.result.image
    assert built.result.tags == (f"{operations.project.image}:build-{image[7:19]}",)
    assert tested.result.image == tagged.result.image == pushed.result.image == image
    assert pushed.result.tags == (f"{operations.project.image}:v0.1.0",)
    path = operations.project.image.partition("/")[2]
    assert registry.digest(path, "v0.1.0") == pushed.result.digest


async def test_a_build_says_every_step_and_keeps_how_the_image_came_about(operations: Operations) -> None:
    built = await operations.work("build", no_cache=True)

    titles = [event.title for event in operations.told if isinstance(event, StepChanged) and event.title]
    assert any("RUN echo compiling" in title for title in titles)
    assert "compiling" in operations.output()
    evidence = await asyncio.to_thread(read_evidence, "web", built.result.image)
    assert evidence.commit == operations.project.git("rev-parse", "HEAD")
    assert not evidence.dirty


async def test_the_same_commit_gives_the_same_labels_and_a_cached_build(operations: Operations) -> None:
    first = await operations.work("build")
    second = await operations.work("build")

    assert second.result.image == first.result.image
    states = {event.state for event in operations.told if isinstance(event, StepChanged)}
    assert "cached" in states


# What never happens


async def test_a_version_never_moves_on_the_engine(operations: Operations) -> None:
    await operations.work("build")
    await operations.work("tag", version="v0.1.0")
    operations.project.write("index.html", "hello again\n")
    operations.project.commit()
    await operations.work("build")

    problem = await operations.fail("tag", version="v0.1.0")

    assert problem.code == 4
    assert "v0.1.0 is" in problem.message
    assert "never moves" in problem.message


async def test_a_version_never_moves_in_the_registry(operations: Operations, api: EngineCalls) -> None:
    await operations.work("build")
    await operations.work("test")
    await operations.work("tag", version="v0.1.0")
    await operations.work("push")
    api.untag(f"{operations.project.image}:v0.1.0")
    operations.project.write("index.html", "hello again\n")
    operations.project.commit()
    await operations.work("build")
    await operations.work("test")

    problem = await operations.fail("tag", version="v0.1.0")
    assert problem.code == 4
    assert "other bytes" in problem.message

    # ... nor when somebody names it so by hand
    image = read_evidence_of_newest("web")
    api.tag(image, f"{operations.project.image}:v0.1.0")
    problem = await operations.fail("push")
    assert problem.code == 4
    assert "other bytes" in problem.message


def read_evidence_of_newest(app: str) -> str:
    from tui.evidence.files import all_evidence

    return all_evidence(app)[0].image


async def test_pushing_again_changes_nothing(operations: Operations) -> None:
    await operations.work("build")
    await operations.work("test")
    await operations.work("tag", version="v0.1.0")
    first = await operations.work("push")

    second = await operations.work("push")

    assert second.result.digest == first.result.digest
    states = [event.state for event in operations.told if isinstance(event, StepChanged)]
    assert "cached" in states


async def test_what_has_not_passed_its_test_is_not_pushed(operations: Operations) -> None:
    await operations.work("build")
    await operations.work("tag", version="v0.1.0")

    problem = await operations.fail("push")

    assert problem.code == 4
    assert "holdfast test web" in problem.hint


async def test_a_dirty_tree_gives_no_version(operations: Operations) -> None:
    operations.project.write("index.html", "hello, not committed\n")
    await operations.work("build")
    assert any("differ from the commit" in warning for warning in operations.warnings())

    problem = await operations.fail("tag", version="v0.1.0")
    assert problem.code == 4
    assert "uncommitted" in problem.message

    commit = operations.project.git("rev-parse", "HEAD")
    await operations.work("tag", version=f"{commit[:12]}-dirty")


async def test_a_failed_test_is_no_evidence(make, registry: Registry) -> None:
    operations = make(f"{registry.address}/team/web-{time.time_ns()}")
    operations.project.write("index.html", "something else\n")
    operations.project.commit()
    built = await operations.work("build")

    problem = await operations.fail("test")

    assert problem.code == 1
    assert not (await asyncio.to_thread(read_evidence, "web", built.result.image)).tested


async def test_a_test_leaves_nothing(operations: Operations, api: EngineCalls) -> None:
    await operations.work("build")
    networks = len(api.get("/networks"))

    await operations.work("test")

    assert api.containers() == []
    assert len(api.get("/networks")) == networks


# Registries


async def test_a_registry_with_login(make, home: Path, registry_with_login: Registry) -> None:
    operations = make(f"{registry_with_login.address}/team/web")
    await operations.work("build")
    await operations.work("test")
    await operations.work("tag", version=f"v0.1.{time.time_ns()}")

    problem = await operations.fail("push")
    assert registry_with_login.address in problem.message
    assert f"docker login {registry_with_login.address}" in problem.hint

    log_in(home, registry_with_login)
    await operations.work("push")
    assert "correct horse" not in repr(operations.told)


async def test_a_registry_that_is_down_is_out_of_reach(make) -> None:
    operations = make("127.0.0.1:9/team/web")
    await operations.work("build")
    await operations.work("test")
    await operations.work("tag", version="v0.1.0")
    assert any("unknown" in warning for warning in operations.warnings())

    problem = await operations.fail("push")

    assert problem.code == 3
    assert "127.0.0.1:9" in problem.message
    assert problem.hint


# Bad input


async def test_no_dockerfile(operations: Operations) -> None:
    (operations.project.folder / "Dockerfile").unlink()

    problem = await operations.fail("build")

    assert str(operations.project.folder / "Dockerfile") in problem.message
    assert problem.hint


async def test_a_syntax_error_is_shown_with_its_line(operations: Operations) -> None:
    operations.project.write("Dockerfile", "FROM scratch\nCOPPY a b\n")

    problem = await operations.fail("build")

    said = "\n".join((problem.message, problem.hint, *problem.detail))
    assert "COPPY" in said
    assert "2" in said


async def test_a_failing_step_is_named_with_its_line_and_its_last_words(operations: Operations) -> None:
    operations.project.write(
        "Dockerfile",
        "FROM holdfast-test/busybox:1\nRUN echo about to break && exit 3\n",
    )

    problem = await operations.fail("build")

    assert problem.code == 1
    assert "exit code" in problem.message
    assert "3" in problem.message
    detail = "\n".join(problem.detail)
    assert "RUN echo about to break" in detail
    assert "about to break" in detail.replace("RUN echo about to break", "")


async def test_a_missing_context_folder(operations: Operations) -> None:
    config = (operations.project.folder / "holdfast.toml").read_text()
    operations.project.write("holdfast.toml", config.replace('context = "."', 'context = "gone"'))

    problem = await operations.fail("build")

    assert "gone" in problem.message
    assert problem.hint


async def test_a_base_image_that_does_not_exist(operations: Operations, registry: Registry) -> None:
    operations.project.write("Dockerfile", f"FROM {registry.address}/no/such:1\n")

    problem = await operations.fail("build")

    assert f"{registry.address}/no/such:1" in problem.message
    assert problem.hint


async def test_a_private_base_image_without_login(
    operations: Operations, registry_with_login: Registry
) -> None:
    operations.project.write("Dockerfile", f"FROM {registry_with_login.address}/private/base:1\n")

    problem = await operations.fail("build")

    assert f"docker login {registry_with_login.address}" in problem.hint


async def test_a_missing_secret(operations: Operations) -> None:
    config = (operations.project.folder / "holdfast.toml").read_text()
    operations.project.write(
        "holdfast.toml",
        config.replace('context = "."', 'context = "."\nsecrets = [{ id = "token", file = "gone.txt" }]'),
    )

    problem = await operations.fail("build")

    assert "gone.txt" in problem.message
    assert problem.hint


async def test_a_secret_is_used_and_never_shown(operations: Operations, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cr3t-value\n")
    config = (operations.project.folder / "holdfast.toml").read_text()
    operations.project.write(
        "holdfast.toml",
        config.replace(
            'context = "."', f'context = "."\nsecrets = [{{ id = "token", file = "{tmp_path}/token" }}]'
        ),
    )
    operations.project.write(
        "Dockerfile",
        "FROM holdfast-test/busybox:1\n"
        "RUN --mount=type=secret,id=token wc -c < /run/secrets/token && cat /run/secrets/token\n",
    )

    await operations.work("build")

    assert "13" in operations.output()
    assert "s3cr3t-value" not in repr(operations.told)


@pytest.mark.parametrize("version", ["v1 0", "-v1", "v1/2", "ü", "x" * 129, "build-123"])
async def test_a_tag_with_illegal_characters(operations: Operations, version: str) -> None:
    problem = await operations.fail("tag", version=version)

    assert problem.code == 2
    assert version in problem.message


async def test_an_app_that_nobody_knows(operations: Operations, engine_host: str) -> None:
    with pytest.raises(HoldfastError) as caught:
        async with prepared(Request("op", "build", "wep", ref(engine_host)), load()):
            pass

    assert caught.value.exit_status == 2
    assert "web" in caught.value.hint


async def test_an_engine_that_is_not_there(operations: Operations) -> None:
    operations.host = "unix:///nowhere/docker.sock"

    problem = await operations.fail("build")

    assert problem.code == 3


# Cancelling


async def test_a_cancelled_build_ends_at_once_on_the_engine_too(
    operations: Operations, api: EngineCalls
) -> None:
    operations.project.write("Dockerfile", "FROM holdfast-test/busybox:1\nRUN echo begun && sleep 600\n")
    task = asyncio.create_task(operations.do("build"))
    end = time.monotonic() + 30
    while "begun" not in operations.output():
        assert time.monotonic() < end and not task.done()
        await asyncio.sleep(0.05)

    began = time.monotonic()
    task.cancel()
    ended = await task

    assert time.monotonic() - began < 10
    assert ended.error is not None
    assert ended.error.code == 130


async def test_bytes_that_somebody_else_pushed_at_the_same_moment_are_noticed(
    operations: Operations, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await operations.work("build")
    await operations.work("test")
    await operations.work("tag", version="v0.1.0")
    pushed_once = Pushing._push_once

    async def overtaken(self: Pushing, tag: str, *others: object) -> str:
        digest = await pushed_once(self, tag, *others)  # type: ignore[arg-type]
        reference = f"{operations.project.image}:{tag}"
        api.tag("holdfast-test/busybox:1", reference)
        api.push(reference)
        return digest

    monkeypatch.setattr(Pushing, "_push_once", overtaken)

    problem = await operations.fail("push")

    assert problem.code == 6
    assert "the registry has sha256:" in problem.message
    assert problem.hint
