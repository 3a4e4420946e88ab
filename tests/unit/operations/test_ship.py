"""Every way that shipping can end, on a simulated engine: the first part that fails stops it."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import refused, run, work
from tui.engine.container.creation import create_body
from tui.errors import HoldfastError
from tui.ledger.errors import LeaseLost
from tui.ledger.ledger import Ledger
from tui.model.app import AppSpec, BuildSpec, ReadySpec, RunSpec
from tui.model.operation import CACHED, DONE, FAILED
from tui.model.policy import Policy
from tui.operations.orchestrators.containers import Containers
from tui.operations.testing import run_tests
from tui.operations.verbs.ship import plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.verbs import Run
    from tui.engine.client import Engine
    from tui.ledger.lease import Lease
    from tui.model.step import RolloutStep

ANY = Policy(allow_dirty=True)
PARTS = ["ship-build", "ship-test", "ship-tag", "ship-deploy"]


@pytest.fixture
async def web(engine: Engine, home: Path) -> AppSpec:
    """An app that is built in a folder, from an image that is there."""
    await engine.images.import_empty("base", "1")
    folder = home / "web"
    folder.mkdir()
    (folder / "Dockerfile").write_text('FROM base:1\nCMD ["serve"]\n')
    return AppSpec(
        "web",
        "web",
        "holdfast.toml",
        build=BuildSpec(context=str(folder), dockerfile=str(folder / "Dockerfile")),
        run=RunSpec(command=("serve",), network_mode="none"),
        ready=ReadySpec(stable=0.05, bake=0.0),
    )


def parts(done: Run) -> dict[str, str]:
    return {step: state for step, state in done.states.items() if step in PARTS}


async def live(engine: Engine) -> list[str]:
    """Names of all containers but the ledger's."""
    return sorted(one.name for one in await engine.containers.list() if one.name != "holdfast-ledger")


async def test_what_is_here_is_put_into_service(engine: Engine, web: AppSpec) -> None:
    done = await work(plan(engine, web, ANY, "op-1", "v1.0.0"))
    assert [step.id for step in done.plan.steps] == PARTS
    assert parts(done) == dict.fromkeys(PARTS, DONE)
    assert done.ended.result.release == "r1"
    assert done.states["ship-deploy/gate r1"] == DONE
    assert await live(engine) == ["web"]
    assert await engine.images.inspect_id("web:v1.0.0") == done.ended.result.image


async def test_without_a_version_the_next_one_is_taken(engine: Engine, web: AppSpec) -> None:
    await engine.images.import_empty("web", "v1.4.0")
    done = await work(plan(engine, web, ANY, "op-1", ""))
    assert done.plan.title == "Ship web v1.4.1"


async def test_what_is_live_already_is_not_deployed_again(
    engine: Engine, web: AppSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await work(plan(engine, web, ANY, "op-1", "v1.0.0"))

    async def the_same(*_: object) -> object:
        return first.ended.result

    monkeypatch.setattr("tui.operations.verbs.build.Build.run", the_same)
    done = await work(plan(engine, web, ANY, "op-2", "v1.0.0"))
    assert parts(done) == dict.fromkeys(PARTS[1:], CACHED) | {"ship-build": DONE}
    assert "live already" in dict(done.ended.result.facts)["nothing to do"]
    assert len(await (await Ledger.open(engine)).entries("web")) == 1


async def test_a_build_that_fails_ends_it(engine: Engine, web: AppSpec, home: Path) -> None:
    (home / "web/Dockerfile").write_text("FROM base:1\nRUN false\n")
    done = await run(plan(engine, web, ANY, "op-1", "v1.0.0"))
    assert not done.ended.ok
    assert parts(done) == {"ship-build": FAILED}
    assert await live(engine) == []


async def test_a_test_that_fails_gives_no_version(
    engine: Engine, web: AppSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise HoldfastError("it is not ready")

    monkeypatch.setattr(run_tests, "gate", fails)
    done = await run(plan(engine, web, ANY, "op-1", "v1.0.0"))
    assert done.error.message == "it is not ready"
    assert parts(done) == {"ship-build": DONE, "ship-test": FAILED}
    assert await engine.images.inspect_id("web:v1.0.0") == ""
    assert await live(engine) == []


async def fail_at(monkeypatch: pytest.MonkeyPatch, id: str, error: BaseException) -> None:
    made = Containers.make

    async def make(self: Containers, step: RolloutStep, told: str) -> None:
        await made(self, step, told)
        if step.id == id:
            raise error

    monkeypatch.setattr(Containers, "make", make)


async def test_a_deploy_that_fails_is_undone(
    engine: Engine, web: AppSpec, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(plan(engine, web, ANY, "op-1", "v1.0.0"))
    (home / "web/Dockerfile").write_text('FROM base:1\nLABEL a=b\nCMD ["serve"]\n')
    await fail_at(monkeypatch, "gate r2", HoldfastError("r2 was not ready"))
    done = await run(plan(engine, web, ANY, "op-2", "v1.0.1"))
    assert done.error.message == "r2 was not ready; r1 v1.0.0 serves again"
    assert parts(done) == dict.fromkeys(PARTS[:3], DONE) | {"ship-deploy": FAILED}
    assert await live(engine) == ["web"]
    assert (await engine.containers.inspect("web")).running


async def test_cancelled_while_it_deploys_it_is_undone(
    engine: Engine, web: AppSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, made = asyncio.Event(), Containers.make

    async def make(self: Containers, step: RolloutStep, told: str) -> None:
        if step.id == "gate r1":
            begun.set()
            await asyncio.Event().wait()
        await made(self, step, told)

    monkeypatch.setattr(Containers, "make", make)
    done = await run(plan(engine, web, ANY, "op-1", "v1.0.0"), cancel_at=begun)
    assert done.error.code == 130
    assert await live(engine) == []


async def test_a_lost_lease_stops_it_where_it_is(
    engine: Engine, web: AppSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(self: Lease, step: str) -> None:
        if step == "start r1":
            raise LeaseLost(self.app, None)

    monkeypatch.setattr("tui.ledger.lease.Lease.guard", lost)
    done = await run(plan(engine, web, ANY, "op-1", "v1.0.0"))
    assert done.error.code == 6
    assert not (await engine.containers.inspect("web")).running


async def test_what_could_not_be_deployed_is_refused_before_it_is_built(engine: Engine, web: AppSpec) -> None:
    await engine.containers.create("web", create_body("base:1", RunSpec(command=("other",))))
    problem = await refused(plan(engine, web, ANY, "op-1", "v1.0.0"))
    assert problem.code == 4


async def test_what_nobody_could_build_again_is_refused(engine: Engine, web: AppSpec, home: Path) -> None:
    git = ["git", "-C", str(home / "web"), "-c", "user.name=dev", "-c", "user.email=dev@example.com"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "begin"]):
        await asyncio.to_thread(subprocess.run, [*git, *words], check=True)
    problem = await refused(plan(engine, web, Policy(), "op-1", "v1.0.0"))
    assert problem.code == 4
    assert "what is here is built from uncommitted changes" in problem.message


async def test_what_cannot_be_a_version_or_is_not_built_here_is_refused(engine: Engine, web: AppSpec) -> None:
    assert (await refused(plan(engine, web, ANY, "op-1", "no version"))).code == 2
    assert (await refused(plan(engine, web._replace(build=None), ANY, "op-1", "v1.0.0"))).code == 2
