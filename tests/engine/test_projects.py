"""A Compose project on a real engine: what others need is started first and stopped last."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.commands.container_actions import START, STOP
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.labels import COMPOSE_DEPENDS, COMPOSE_PROJECT, COMPOSE_SERVICE
from tui.operations.by_hand.containers import act

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls
    from tui.commands.container_actions import ContainerAction

NEEDS = {"web": "api:service_healthy:true", "api": "db:service_started:true", "db": ""}


async def test_in_the_order_of_its_labels(engine_host: str, api: EngineCalls) -> None:
    project = f"shop{time.time_ns()}"
    for service, needs in NEEDS.items():
        labels = {COMPOSE_PROJECT: project, COMPOSE_SERVICE: service, COMPOSE_DEPENDS: needs}
        api.run("sleep", "600", name=f"{project}-{service}-1", Labels=labels, StopSignal="SIGKILL")
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        found = [one for one in await engine.containers.list() if one.project == project]
        assert len(found) == len(NEEDS)

        async def done(action: ContainerAction, kind: str) -> list[str]:
            """The services in the order in which the engine says that it happened to them."""
            since = time.time()
            outcomes = await act(engine, action.call, found, dependents_first=action.dependents_first)
            assert [one.error for one in outcomes] == [""] * len(NEEDS)
            told = api.events(since, time.time() + 1, event=[kind], label=[f"{COMPOSE_PROJECT}={project}"])
            return [event["Actor"]["Attributes"][COMPOSE_SERVICE] for event in told]

        assert await done(STOP, "die") == ["web", "api", "db"]
        assert await done(START, "start") == ["db", "api", "web"]
