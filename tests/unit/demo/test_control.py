"""What tests and benchmarks tell the simulated engine to do."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from tests.engine.contract.wire import frames
from tests.unit.demo.conftest import Client
from tui.demo.launch import DemoEngine

HOSTILE = "[bold]x[/]\x1b]52;c;eA==\x07\x1b[2J\r\t日本/é"


async def listed(fleet: Client) -> dict[str, Any]:
    found: Any = await fleet.get("/containers/json?all=1")
    return {entry["Names"][0][1:]: entry for entry in found}


async def test_a_fleet_has_the_asked_size_and_share(fleet: Client) -> None:
    states = [entry["State"] for entry in (await listed(fleet)).values()]
    assert (len(states), states.count("running")) == (20, 10)
    await fleet.control("set?n=5&running=1")
    states = [entry["State"] for entry in (await listed(fleet)).values()]
    assert states == ["running"] * 5


async def test_toggle_rename_create_remove(fleet: Client) -> None:
    await fleet.control("toggle?name=fk00000")
    await fleet.control("rename?name=fk00001&new=renamed")
    await fleet.control("create?name=made&state=running")
    await fleet.control("remove?name=fk00002")
    await asyncio.sleep(0.05)
    found = await listed(fleet)
    assert found["fk00000"]["State"] == "exited"
    assert found["made"]["State"] == "running"
    assert found.keys() >= {"renamed", "made"}
    assert not found.keys() & {"fk00001", "fk00002"}


async def test_any_text_may_be_a_name_an_image_or_a_label(fleet: Client) -> None:
    await fleet.control(f"create?name={quote(HOSTILE)}&image={quote(HOSTILE)}")
    await fleet.control(f"label?name={quote(HOSTILE)}&key={quote(HOSTILE)}&value={quote(HOSTILE)}")
    entry = (await listed(fleet))[HOSTILE]
    assert entry["Image"] == HOSTILE
    assert entry["Labels"][HOSTILE] == HOSTILE
    images: Any = await fleet.get("/images/json")
    assert [HOSTILE] in [image["RepoTags"] for image in images]


async def test_raw_log_bytes_arrive_as_they_are(fleet: Client) -> None:
    content = b"\x1b[31m\xff\xfe\x00 \r\n" + b"x" * (1 << 20)
    async with fleet.session.get(
        "http://demo/containers/fk00000/logs?follow=1&stdout=1&stderr=1&tail=0"
    ) as response:
        await fleet.control("lograw?name=fk00000&stream=2&close=1", content)
        told = b""
        while len(told) < len(content):
            told += await response.content.readany()
    found = frames(told)
    assert b"".join(payload for _, payload in found) == content
    assert {stream for stream, _ in found} == {2}
    assert len(found) == 1 + 64


async def test_a_flood_arrives_whole(fleet: Client) -> None:
    query = "follow=1&stdout=1&stderr=1&tail=0&timestamps=1"
    async with fleet.session.get(f"http://demo/containers/fk00000/logs?{query}") as response:
        await fleet.control("log?name=fk00000&n=5000&rate=10000&tag=x1")
        told = b""
        while b"END-x1\n" not in told[-100:]:
            told += await response.content.readany()
    lines = [payload.split(b" ", 1)[1] for _, payload in frames(told)]
    assert [int(line[:8]) for line in lines[:-1]] == list(range(4999))
    _, answer = await fleet.post("/_ctl/stat")
    assert json.loads(answer)["logs"]["fk00000"]["sent"] == 5000


async def test_two_followers_each_get_everything(fleet: Client) -> None:
    async def follow() -> int:
        url = "http://demo/containers/fk00000/logs?follow=1&stdout=1&tail=0"
        async with fleet.session.get(url) as response:
            told = b""
            while b"END-x2\n" not in told[-100:]:
                told += await response.content.readany()
        return len(frames(told))

    followers = [asyncio.create_task(follow()) for _ in range(2)]
    await asyncio.sleep(0.2)
    await fleet.control("log?name=fk00000&n=300&rate=1000&tag=x2")
    assert await asyncio.gather(*followers) == [300, 300]


async def test_events_come_at_the_set_rate(fleet: Client) -> None:
    await fleet.control("rate?r=40")
    since = time.time()
    await asyncio.sleep(1)
    await fleet.control("rate?r=0")
    until = time.time()
    filters = quote(json.dumps({"event": ["start", "die"]}))
    async with fleet.session.get(
        f"http://demo/events?since={since}&until={until}&filters={filters}"
    ) as response:
        count = len((await response.read()).splitlines())
    assert 30 <= count <= 50


async def test_frozen_statistics_stay(fleet: Client) -> None:
    async def reading() -> Any:
        found: Any = await fleet.get("/containers/fk00000/stats?stream=0&one-shot=1")
        return {key: value for key, value in found.items() if key not in ("read", "preread")}

    first = await reading()
    await asyncio.sleep(0.05)
    assert await reading() != first
    await fleet.control("freeze?on=1")
    first = await reading()
    await asyncio.sleep(0.05)
    assert await reading() == first


async def test_a_cut_drops_streams_in_the_middle(fleet: Client) -> None:
    async with fleet.session.get("http://demo/events") as response:
        await fleet.control("cut")
        with pytest.raises(aiohttp.ClientError):
            while await response.content.readany():
                pass
    assert len(await listed(fleet)) == 20


async def test_a_stall_holds_answers_and_streams_up(fleet: Client) -> None:
    async with fleet.session.get("http://demo/events") as response:
        await fleet.control("stall?seconds=0.4")
        start = time.monotonic()
        await fleet.control("toggle?name=fk00000")
        assert await response.content.readany()
        assert time.monotonic() - start > 0.3
    await fleet.control("stall?seconds=0.4")
    start = time.monotonic()
    await fleet.get("/version")
    assert time.monotonic() - start > 0.3


async def test_asked_for_faults_come_as_often_as_asked(fleet: Client) -> None:
    await fleet.control("fail?path=/containers/json&status=503&message=tired&times=2")
    for _ in range(2):
        async with fleet.session.get("http://demo/v1.41/containers/json") as response:
            assert response.status == 503
            assert await response.json() == {"message": "tired"}
    assert len(await listed(fleet)) == 20


async def test_malformed_control_calls_are_refused(fleet: Client) -> None:
    for path in ("toggle", "set?n=x", "rate?r=x", "nothing"):
        status, _ = await fleet.post(f"/_ctl/{path}")
        assert status in (400, 404)
    assert (await fleet.post("/_ctl/toggle?name=nobody"))[0] == 404


async def test_the_engine_sees_readers_leave(fleet: Client) -> None:
    async def open_streams() -> tuple[int, int]:
        _, answer = await fleet.post("/_ctl/stat")
        found = json.loads(answer)
        return found["streams"], found["subs"]

    for path in ("/events", "/containers/fk00000/logs?follow=1&stdout=1", "/containers/fk00000/stats"):
        async with fleet.session.get(f"http://demo{path}") as response:
            assert response.status == 200
            assert (await open_streams())[0] == 1
        limit = time.monotonic() + 2
        while await open_streams() != (0, 0):
            assert time.monotonic() < limit, path
            await asyncio.sleep(0.01)


async def test_requests_are_counted_by_kind(fleet: Client) -> None:
    await fleet.control("reset")
    await listed(fleet)
    await fleet.get("/v1.41/containers/json")
    _, answer = await fleet.post("/_ctl/stat")
    assert json.loads(answer)["req"] == {"/containers/json": 2, "/_ctl/stat": 1}


async def test_ten_thousand_containers_are_listed_quickly() -> None:
    async with DemoEngine(containers=10_000, running=0.2) as engine:
        connector = aiohttp.UnixConnector(engine.endpoint.url.removeprefix("unix://"))
        async with aiohttp.ClientSession(connector=connector) as session:
            fleet = Client(engine, session)
            taken = []
            for _ in range(5):
                start = time.monotonic()
                async with session.get("http://demo/containers/json?all=1") as response:
                    size = len(await response.read())
                taken.append(time.monotonic() - start)
            assert size > 5_000_000
            assert min(taken) < 1  # each of them made anew would take seconds
            limited = await fleet.get("/containers/json?all=1&limit=60")
            assert len(limited) == 60
