"""How many round trips plans and deploys take: requests that follow on one another, whatever their time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.request_chain import request_chain
from tests.support.scripted_registry import OCI_MANIFEST
from tui.engine.client import Engine
from tui.model.app import AppSpec, Mount, ReadySpec, RunSpec
from tui.model.policy import Policy
from tui.operations.deploying.sources import FromVersion
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.running.runner import perform
from tui.operations.verbs import deploy, rollback

if TYPE_CHECKING:
    from tests.support.request_chain import Chain
    from tests.support.scripted_registry import ScriptedRegistry
    from tui.operations.running.runner import Planned

ANY = Policy(require_tests=False)
WEB = AppSpec(
    "web",
    "web",
    "holdfast.toml",
    run=RunSpec(command=("serve",), networks={"front": ()}, volumes=(Mount("volume", "data", "/data"),)),
    ready=ReadySpec(stable=0.05, bake=0.0),
    create_networks=("front",),
    create_volumes=("data",),
    drain_seconds=0.0,
)


async def plan(engine: Engine, version: str, app: AppSpec = WEB) -> Planned:
    return await deploy.plan(
        Standalone(engine), app, version, FromVersion(engine, app, ANY, version, version)
    )


async def do(planned: Planned) -> None:
    ended = await perform(planned, op="op", name="deploy", app="web", engine="", tell=lambda _: None)
    assert ended.error is None, ended.error


@pytest.fixture
async def released(engine: Engine) -> Engine:
    """An engine with two releases of WEB, and a third version of it."""
    for version in ("v1", "v2", "v3"):
        await engine.images.import_empty("web", version)
    await do(await plan(engine, "v1"))
    await do(await plan(engine, "v2"))
    return engine


async def test_the_plan_of_a_deploy_takes_four(released: Engine) -> None:
    with request_chain() as chain:
        async with await Engine.connect(released.endpoint) as engine:
            await plan(engine, "v3")
    assert len(chain) <= 4, chain.links()
    assert times(chain, "/info") == 1


async def test_that_of_the_first_release_takes_one_more(released: Engine, registry: ScriptedRegistry) -> None:
    config, layer = ({"mediaType": "x", "digest": f"sha256:{kind * 64}", "size": 3} for kind in "ab")
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [layer]}
    registry.manifest("api", "v1", manifest, OCI_MANIFEST)
    with request_chain() as chain:
        async with await Engine.connect(released.endpoint) as engine:
            await plan(engine, "v1", AppSpec("api", f"{registry.address}/api", "holdfast.toml"))
    assert len(chain) <= 5, chain.links()


async def test_that_of_a_roll_back_takes_seven(released: Engine) -> None:
    with request_chain() as chain:
        async with await Engine.connect(released.endpoint) as engine:
            await rollback.plan(Standalone(engine), WEB, "back", 1)
    assert len(chain) <= 7, chain.links()


async def test_a_deploy_reads_the_ledger_for_its_plan_and_not_again(released: Engine) -> None:
    with request_chain() as chain:
        await do(await plan(released, "v3"))
    assert times(chain, "GET /containers/holdfast-ledger/archive") == 1
    assert len(chain) <= 31, chain.links()


def times(chain: Chain, beginning: str) -> int:
    return sum(beginning in one.what for one in chain.asked)
