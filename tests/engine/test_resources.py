"""Volumes, networks and events as a real engine tells of them."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.uses import users
from tui.operations.by_hand.resources import prunable_volumes, remove_networks, remove_volumes
from tui.sync.resources import ResourcesFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.support.engine_calls import EngineCalls


@asynccontextmanager
async def followed(host: str) -> AsyncIterator[tuple[Engine, ResourcesFollower]]:
    async with await Engine.connect(Endpoint(host, "the test")) as engine:
        follower = ResourcesFollower(lambda: engine)
        task = asyncio.create_task(follower.run())
        try:
            yield engine, follower
        finally:
            task.cancel()
            await asyncio.wait([task])


async def until(so: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end, "not seen in time"
        await asyncio.sleep(0.02)


async def test_what_is_made_appears_with_who_has_it_and_goes_again(
    engine_host: str, api: EngineCalls
) -> None:
    async with followed(engine_host) as (engine, follower):
        await until(lambda: follower.complete)
        network = await engine.networks.create("res-net", internal=True)
        mount = {"Type": "volume", "Source": "res-data", "Target": "/data"}
        id = api.create(name="res-user", HostConfig={"Mounts": [mount], "NetworkMode": "res-net"})
        await until(lambda: [one.container for one in users(follower.uses, "res-data")] == ["res-user"])
        await until(lambda: network in follower.networks)
        found = follower.networks[network]
        assert found.internal and found.subnets and abs(found.created - time.time()) < 60
        assert abs(follower.volumes["res-data"].created - time.time()) < 60
        assert [one.container for one in users(follower.uses, network, "res-net")] == ["res-user"]
        api.start(id)
        await until(lambda: [one.running for one in users(follower.uses, network, "res-net")] == [True])

        [volume] = await remove_volumes(engine, [follower.volumes["res-data"]])
        [gone] = await remove_networks(engine, [found])
        assert "in use" in volume.error
        assert "res-user" in gone.error or "active endpoints" in gone.error

        api.ask("DELETE", f"/containers/{id}?force=1")
        await until(lambda: not users(follower.uses, "res-data"))
        assert [one.error for one in await remove_volumes(engine, [follower.volumes["res-data"]])] == [""]
        assert [one.error for one in await remove_networks(engine, [found])] == [""]
        await until(lambda: "res-data" not in follower.volumes and network not in follower.networks)


async def test_only_volumes_without_a_name_are_pruned(engine_host: str, api: EngineCalls) -> None:
    async with followed(engine_host) as (engine, follower):
        id = api.create(name="res-nameless", HostConfig={"Mounts": [{"Type": "volume", "Target": "/data"}]})
        await engine.volumes.create("res-named")
        await until(lambda: users(follower.uses, *(v for v in follower.volumes)) and follower.complete)
        [used] = next(one.volumes for one in follower.uses if one.container == "res-nameless")
        assert used not in {one.name for one in prunable_volumes(follower.volumes.values(), follower.uses)}
        api.ask("DELETE", f"/containers/{id}?force=1")
        await until(lambda: not users(follower.uses, used))
        names = {one.name for one in prunable_volumes(follower.volumes.values(), follower.uses)}
        assert used in names
        assert "res-named" not in names
        await engine.volumes.remove("res-named")
        await engine.volumes.remove(used)


async def test_events_of_before_are_there_and_those_of_now_come(engine_host: str, api: EngineCalls) -> None:
    api.ask("POST", "/volumes/create", {"Name": "res-before"})
    async with followed(engine_host) as (engine, follower):

        def told(name: str) -> list[str]:
            return [one.action for one in follower.events.values() if one.id == name]

        await until(lambda: told("res-before") == ["create"])
        await engine.volumes.remove("res-before")
        await until(lambda: told("res-before") == ["create", "destroy"])
        details = await engine.networks.details("none")
        assert details.title == "none"


async def test_sizes_are_counted_where_somebody_asks(engine_host: str, api: EngineCalls) -> None:
    async with followed(engine_host) as (engine, follower):
        await engine.volumes.create("res-size")
        assert not follower.sizes
        await follower.count_sizes()
        assert follower.sizes["res-size"] == 0
        details = await engine.volumes.details("res-size")
        assert details.title == "res-size"
        await engine.volumes.remove("res-size")
