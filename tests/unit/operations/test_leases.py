"""While somebody else changes an app, no verb does, on a simulated engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import refused, run, work
from tui.ledger.lease_reading import read_lease
from tui.model.app import AppSpec, BuildSpec, ReadySpec, RunSpec
from tui.model.policy import Policy
from tui.operations.deploying.leased import leased
from tui.operations.deploying.sources import FromVersion
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.running.runner import this_process
from tui.operations.verbs import adopt, deploy, prune, recover, rollback, ship

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path
    from typing import Any

    from tui.engine.client import Engine
    from tui.operations.running.runner import Planned

    Planning = Callable[[str], Coroutine[Any, Any, Planned]]

ANY = Policy(require_tests=False, allow_dirty=True)
THEIRS = this_process("op-theirs", title="Deploy web v9 as r9", verb="deploy", what="v9")


@pytest.fixture
async def verb(engine: Engine, home: Path) -> AsyncIterator[Planning]:
    """Plans any of the verbs on an app that has two releases."""
    (home / "Dockerfile").write_text("FROM web:v1\n")
    app = AppSpec(
        "web",
        "web",
        "holdfast.toml",
        build=BuildSpec(context=str(home), dockerfile=str(home / "Dockerfile")),
        run=RunSpec(command=("serve",), network_mode="none"),
        ready=ReadySpec(stable=0.05, bake=0.0),
    )

    async def plan(name: str, version: str = "v3") -> Planned:
        orchestrator = Standalone(engine)
        match name:
            case "deploy":
                source = FromVersion(engine, app, ANY, "op", version)
                return await deploy.plan(orchestrator, app, "op", source)
            case "rollback":
                return await rollback.plan(orchestrator, app, "op")
            case "recover":
                return await recover.plan(orchestrator, app, "op")
            case "prune":
                return await prune.plan(orchestrator, app._replace(keep=0), "op")
            case "ship":
                return await ship.plan(engine, app, ANY, "op", "v4")
        return await adopt.plan(engine, {"web": app}, "op", "web")

    for version in ("v1", "v2", "v3"):
        await engine.images.import_empty("web", version)
    for version in ("v1", "v2"):
        await work(plan("deploy", version))
    yield plan


@pytest.mark.parametrize("name", ["deploy", "rollback", "recover", "prune", "ship", "adopt"])
async def test_no_verb_is_planned(engine: Engine, verb: Planning, name: str) -> None:
    async with leased(engine, "web", THEIRS):
        problem = await refused(verb(name))
    assert problem.code in ((4, 5) if name == "adopt" else (5,))
    assert await read_lease(engine, "web") is None


@pytest.mark.parametrize("name", ["deploy", "rollback"])
async def test_what_was_planned_before_is_not_done(engine: Engine, verb: Planning, name: str) -> None:
    planned = await verb(name)
    before = (await engine.containers.inspect("web")).id
    async with leased(engine, "web", THEIRS):
        done = await run(planned)
        lease = await read_lease(engine, "web")
    assert done.error.code == 5
    assert "Deploy web v9 as r9" in done.error.message
    assert lease is not None
    assert lease.owner.op == "op-theirs"
    assert (await engine.containers.inspect("web")).id == before


@pytest.mark.parametrize("name", ["deploy", "rollback", "ship"])
async def test_afterwards_it_is_done_and_the_lease_given_back(
    engine: Engine, verb: Planning, name: str
) -> None:
    await work(verb(name))
    assert await read_lease(engine, "web") is None
    assert (await engine.containers.inspect("web")).running
