"""A version that names other bytes than before is not put into service unawares; nothing is done twice."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.engine.operating import Operations
from tests.engine.test_deploy import Shop, api, serving, shop
from tests.support.project import Project
from tui.engine.client import Engine
from tui.engine.endpoint import resolve
from tui.errors import NothingToDo
from tui.ledger.lease import Lease
from tui.ledger.lease_state import Owner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import RegistryCalls

__all__ = ["api", "shop"]


async def other_bytes(shop: Operations) -> str:
    """The ID of a further build."""
    shop.project.write("index.html", f"hello, other bytes {time.time_ns()}\n")
    shop.project.commit()
    return (await shop.work("build")).result.image


def move(api: EngineCalls, shop: Shop, image: str, version: str) -> None:
    """As somebody does who knows nothing of Holdfast: docker tag, docker push."""
    api.tag(image, f"{shop.project.image}:{version}")
    api.push(f"{shop.project.image}:{version}")


def pushed_digest(both_registry: RegistryCalls, shop: Shop, version: str) -> str:
    return both_registry.digest(shop.project.image.partition("/")[2], version)


async def test_a_tag_that_was_moved_in_the_registry_is_refused_with_both_digests(
    shop: Shop,
    api: EngineCalls,
    both_registry: RegistryCalls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await shop.release("v0.1.0")
    first = (await shop.work("deploy", version="v0.1.0")).result.digest
    image = await other_bytes(shop)
    await shop.work("test")
    move(api, shop, image, "v0.1.0")
    now = pushed_digest(both_registry, shop, "v0.1.0")
    assert now != first

    problem = await shop.fail("deploy", version="v0.1.0")
    assert problem.code == 4
    assert first in problem.message
    assert now in problem.message
    assert "--digest" in problem.hint
    assert serving(api) == {"web": "running"}

    # Another account, which knows nothing of its own: the ledger tells.
    mine = shop.project.folder / "holdfast.toml"
    mine.write_text(f"[policy]\nrequire_tests = false\n\n{mine.read_text()}")
    with monkeypatch.context() as other:
        other.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
        problem = await shop.fail("deploy", version="v0.1.0")
    assert (problem.code, first in problem.message) == (4, True)

    ended = await shop.work("deploy", version="v0.1.0", digest=now)
    assert ended.result.digest == now
    assert any("which is meant" in warning for warning in shop.warnings())
    assert "other bytes" in shop.page()

    ended = await shop.work("deploy", digest=first)
    assert ended.result.digest == first
    assert api.inspect("web")["Config"]["Labels"]["io.holdfast.version"] == ""


async def test_a_tag_that_was_moved_after_the_push_from_here_is_refused_before_any_deploy(
    shop: Shop, api: EngineCalls, both_registry: RegistryCalls
) -> None:
    await shop.release("v0.1.0")
    first = pushed_digest(both_registry, shop, "v0.1.0")
    image = await other_bytes(shop)
    await shop.work("test")
    move(api, shop, image, "v0.1.0")

    problem = await shop.fail("deploy", version="v0.1.0")

    assert problem.code == 4
    assert first in problem.message
    assert "pushed from here" in problem.message
    assert serving(api) == {}


@pytest.fixture
def local(
    tmp_path: Path, both_host: str, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Operations]:
    """An app without a registry."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home))
    project = Project(tmp_path / "project", f"web-{time.time_ns()}")
    path = project.folder / "holdfast.toml"
    text = path.read_text().replace('http = "8080/index.html"', 'exec = ["true"]\nbake = 0.1')
    path.write_text(text)
    project.commit()
    monkeypatch.chdir(project.folder)
    yield Operations(both_host, project)
    for container in api.containers():
        api.remove(container["Id"])
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


async def test_a_tag_that_was_moved_by_docker_is_refused_where_there_is_no_registry(
    local: Operations, api: EngineCalls
) -> None:
    first = (await local.work("build")).result.image
    await local.work("test")
    await local.work("tag", version="v0.1.0")
    second = await other_bytes(local)
    await local.work("test")
    api.tag(second, f"{local.project.image}:v0.1.0")

    problem = await local.fail("deploy", version="v0.1.0")
    assert problem.code == 4
    assert first in problem.message
    assert second in problem.message

    assert (await local.work("deploy", digest=second)).result.image == second
    moving = local.project.folder / "holdfast.toml"
    moving.write_text(f'[policy]\nmutable_tags = ["v0.1.0"]\n\n{moving.read_text()}')
    assert (await local.work("deploy", version="v0.1.0")).result.release == "r2"


async def test_the_same_again_changes_nothing(local: Operations, api: EngineCalls) -> None:
    first = await local.work("ship", version="v0.1.0")
    before = api.inspect("web")["Id"]

    again = await local.work("ship", version="v0.1.0")

    assert api.inspect("web")["Id"] == before
    assert serving(api) == {"web": "running"}
    assert (again.result.release, again.result.image) == ("r1", first.result.image)
    assert "live already" in dict(again.result.facts)["nothing to do"]
    with pytest.raises(NothingToDo, match=r"r1 v0\.1\.0 of web is live already"):
        await local.do("deploy", version="v0.1.0")

    # Another configuration is another release, and so is what is asked for again.
    config = local.project.folder / "holdfast.toml"
    config.write_text(config.read_text() + '\n[apps.web.run]\nenvironment = { COLOUR = "blue" }\n')
    assert (await local.work("deploy", version="v0.1.0")).result.release == "r2"
    assert (await local.work("deploy", version="v0.1.0", again=True)).result.release == "r3"


@pytest.mark.parametrize("verb", ["deploy", "rollback", "ship", "recover", "prune"])
async def test_while_somebody_changes_the_app_others_are_told_who(
    local: Operations, api: EngineCalls, verb: str
) -> None:
    await local.work("build")
    await local.work("test")
    await local.work("tag", version="v0.1.0")
    # A release that is being made: without its lease it looks like one that was interrupted.
    api.run("sleep", "60", name="web.r1", Labels={"io.holdfast.app": "web", "io.holdfast.release": "1"})
    version = {"version": "v0.1.0"} if verb in ("deploy", "ship") else {}
    async with (
        await Engine.connect(resolve(host=local.host)) as engine,
        await Lease.acquire(engine, "web", Owner("alice", "ops1", 7, "op", "deploy v0.1.0")),
    ):
        problem = await local.fail(verb, **version)

    assert problem.code == 5
    assert "alice on ops1 (process 7): deploy v0.1.0" in problem.message


async def test_one_who_comes_at_any_moment_of_a_deploy_is_told_that_it_runs(
    local: Operations, api: EngineCalls
) -> None:
    """Never that it was interrupted: from before the lease is taken until after it is given back."""
    await local.work("ship", version="v0.1.0")
    await other_bytes(local)
    await local.work("test")
    await local.work("tag", version="v0.2.0")
    first = asyncio.create_task(local.do("deploy", version="v0.2.0"))
    codes: list[int] = []
    while not first.done():
        problem = await Operations(local.host, local.project).fail("rollback", to=9)
        codes.append(problem.code)
        assert "interrupted" not in problem.message
        assert problem.code == 5 or "no release r9" in problem.message

    assert (await first).ok
    assert 5 in codes
