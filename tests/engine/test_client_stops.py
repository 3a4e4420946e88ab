"""The client while its engine stops, crashes or freezes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import docker
import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import ConnectionFailed, EngineError, EngineSilent, SocketMissing, StreamBroken

if TYPE_CHECKING:
    from tests.support.private_engine import PrivateEngine


async def follow_events(engine: Engine, entered: asyncio.Event) -> str:
    async with engine.events() as events:
        entered.set()
        async for _ in events:
            pass
    return "ended"


async def follow_log(engine: Engine, id: str, entered: asyncio.Event) -> str:
    async with engine.containers.logs(id, tail=0) as batches:
        entered.set()
        async for _ in batches:
            pass
    return "ended"


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_streams_end_with_their_engine_and_say_why(own_engine: PrivateEngine, how: str) -> None:
    client = docker.DockerClient(base_url=own_engine.host)
    script = ["/bin/sh", "-c", "while true; do echo line; sleep 0.01; done"]
    options = {"network_mode": "none", "stop_signal": "SIGKILL"}
    id = client.containers.run("holdfast-test/busybox:1", script, detach=True, **options).id
    client.close()
    endpoint = Endpoint(own_engine.host, "the test")
    async with await Engine.connect(endpoint) as engine:
        entered = [asyncio.Event(), asyncio.Event()]
        tasks = [
            asyncio.create_task(follow_events(engine, entered[0])),
            asyncio.create_task(follow_log(engine, id, entered[1])),
        ]
        await asyncio.gather(*(event.wait() for event in entered))
        await asyncio.to_thread(getattr(own_engine, how))
        async with asyncio.timeout(5):
            results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(result == "ended" or isinstance(result, StreamBroken) for result in results)
        with pytest.raises(EngineError):
            await engine.images.list()
    with pytest.raises((SocketMissing, ConnectionFailed)) as caught:
        await Engine.connect(endpoint)
    assert own_engine.host.removeprefix("unix://") in caught.value.message


async def test_a_frozen_engine_is_silent(own_engine: PrivateEngine) -> None:
    async with await Engine.connect(Endpoint(own_engine.host, "the test")) as engine:
        with own_engine.frozen(), pytest.raises(EngineSilent, match="in time"):
            await engine._wire.ask("GET", "/images/json", seconds=0.2)
        assert await engine.images.list()
