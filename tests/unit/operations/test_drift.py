"""What a look for drift finds, on a simulated engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.verbs import work
from tui.engine.container.creation import create_body
from tui.engine.errors import EngineUnreachable
from tui.ledger.ledger import Ledger
from tui.model.app import AppSpec, ReadySpec, RunSpec
from tui.model.policy import Policy
from tui.operations.deploying.sources import FromVersion
from tui.operations.looking.drift import find_drift
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.verbs import deploy

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.drift import Drift

WEB = AppSpec(
    "web", "web", "holdfast.toml", run=RunSpec(command=("serve",)), ready=ReadySpec(stable=0.05, bake=0.0)
)
ANY = Policy(require_tests=False)


async def look(engine: Engine, app: AppSpec = WEB) -> Drift:
    return await find_drift(engine, await Ledger.open(engine), app, ANY)


@pytest.fixture
async def deployed(engine: Engine) -> Engine:
    await engine.images.import_empty("web", "v1")
    source = FromVersion(engine, WEB, ANY, "op", "v1")
    await work(deploy.plan(Standalone(engine), WEB, "op", source))
    return engine


async def test_what_nobody_touched_has_not_drifted(deployed: Engine) -> None:
    found = await look(deployed)
    assert (found.causes, found.number, found.release) == ((), 1, "r1 v1")


async def test_an_app_that_was_never_deployed_has_not_either(engine: Engine) -> None:
    found = await look(engine)
    assert (found.causes, found.number) == ((), 0)


async def test_a_container_that_was_stopped(deployed: Engine) -> None:
    await deployed.containers.stop("web")
    [cause] = (await look(deployed)).causes
    assert "the container web does not run" in cause.message
    assert cause.hint


async def test_one_that_is_gone(deployed: Engine) -> None:
    await deployed.containers.remove("web", force=True)
    assert (await look(deployed)).causes


async def test_one_that_was_renamed(deployed: Engine) -> None:
    await deployed.containers.rename("web", "other")
    assert any("other" in cause.message or "other" in cause.hint for cause in (await look(deployed)).causes)


async def test_somebody_else_s_in_its_place(deployed: Engine) -> None:
    await deployed.containers.remove("web", force=True)
    await deployed.containers.create("web", create_body("web:v1", RunSpec(command=("other",))))
    assert (await look(deployed)).causes


async def test_a_version_that_was_moved_on_the_engine(deployed: Engine) -> None:
    await deployed.images.import_empty("web", "v1")
    assert any("v1" in cause.message for cause in (await look(deployed)).causes)


async def test_a_configuration_that_is_another_now(deployed: Engine) -> None:
    changed = WEB._replace(run=WEB.run._replace(environment={"LEVEL": "debug"}))
    assert any("environment" in cause.message for cause in (await look(deployed, changed)).causes)


async def test_a_restart_policy_that_was_changed_by_hand(deployed: Engine) -> None:
    await deployed.containers.set_restart("web", "always")
    assert any("restart" in cause.message for cause in (await look(deployed)).causes)


async def test_an_engine_out_of_reach_is_no_drift(deployed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = await Ledger.open(deployed)

    async def away(*_: object) -> None:
        raise EngineUnreachable("nobody answers")

    monkeypatch.setattr(deployed.containers, "inspect", away)
    with pytest.raises(EngineUnreachable):
        await find_drift(deployed, ledger, WEB, ANY)
