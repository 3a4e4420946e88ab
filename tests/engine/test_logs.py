"""Logs of a real engine: several in one, times, terminals, and `holdfast logs` of an app."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_adopt import Adopting, adopting, configure, front, home, images
from tests.terminal.conftest import TREE
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.store.output import Output
from tui.store.store import Link, LinkState, Store
from tui.sync.logs import LogWanted
from tui.sync.merged_logs import MergedFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.support.engine_calls import EngineCalls
    from tui.engine.stdcopy import LogLine

__all__ = ["adopting", "front", "home", "images"]

COUNT = "i=0; while [ $i -lt 20 ]; do echo {} $i; i=$((i+1)); sleep 0.05; done"


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


async def waited(seen: Callable[[], object], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not seen():
            await asyncio.sleep(0.02)


async def test_several_logs_are_one_in_the_order_of_the_engines_moments(
    engine: Engine, api: EngineCalls
) -> None:
    names = ("merged-a", "merged-b", "merged-tty")
    for name in names:
        api.run("sh", "-c", COUNT.format(name), name=name, Tty=name.endswith("tty"))
    store = Store()
    store.set_link(Link(LinkState.LIVE, 0.0, "unix:///test"))
    listed = {one.name: one for one in await engine.containers.list()}
    store.put_containers([listed[name] for name in names])
    output = Output(names=names)
    faults: list[str] = []
    follower = MergedFollower(
        store,
        lambda: engine,
        [listed[name] for name in names],
        output,
        LogWanted(tail=500),
        fail=faults.append,
        renewed=lambda _: None,
    )
    await waited(lambda: output.end >= 60)
    for name in names:
        api.wait(name)
    store.put_containers([one for one in await engine.containers.list() if one.name in names])
    await waited(lambda: output.end >= 63)
    await follower.close()
    lines = [output[number] for number in range(output.end)]
    written = [line for line in lines if line.stream]
    for source, name in enumerate(names):
        mine = [line.text.decode() for line in written if line.source == source]
        assert mine == [f"{name} {number}" for number in range(20)]
    moments = [line.at for line in written]
    assert sum(one > other for one, other in pairwise(moments)) <= 2
    notes = [line.text for line in lines if not line.stream]
    assert notes == [b"the container is exited"] * 3
    assert not any(faults)


async def read(engine: Engine, id: str, **options: object) -> list[LogLine]:
    async with engine.containers.logs(id, **{"tail": -1, "follow": False} | options) as batches:  # type: ignore[arg-type]
        return [line async for batch in batches for line in batch]


@pytest.mark.parametrize("tty", [False, True])
async def test_the_engine_gives_what_was_written_between_two_times(
    engine: Engine, api: EngineCalls, tty: bool
) -> None:
    id = api.run("sh", "-c", "echo early; sleep 0.5; echo middle; sleep 0.5; echo late; sleep 600", Tty=tty)
    await waited(lambda: api.inspect(id))
    async with asyncio.timeout(30):
        while len(lines := await read(engine, id)) < 3:
            await asyncio.sleep(0.05)
    early, middle, late = (line.at.decode() for line in lines)
    texts = [line.text for line in await read(engine, id, since=middle, until=middle)]
    assert texts == [b"middle"]
    assert [line.text for line in await read(engine, id, since=middle)] == [b"middle", b"late"]
    assert [line.text for line in await read(engine, id, until=middle)] == [b"early", b"middle"]
    assert early < middle < late


async def test_a_range_ends_although_nothing_more_is_written(engine: Engine, api: EngineCalls) -> None:
    id = api.run("sh", "-c", "echo once; sleep 600", name="ranged")
    store = Store()
    store.set_link(Link(LinkState.LIVE, 0.0, "unix:///test"))
    (one,) = [each for each in await engine.containers.list() if each.id == id]
    store.put_containers([one])
    output = Output(names=("ranged",))
    follower = MergedFollower(
        store,
        lambda: engine,
        [one],
        output,
        LogWanted(tail=10, since=time.time() - 60, until=time.time() + 1),
        fail=lambda _: None,
        renewed=lambda _: None,
    )
    await waited(lambda: output.end and output[output.end - 1].text == b"the range has ended")
    assert output[0].text == b"once"
    await follower.close()


def logs(host: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", "--host", host, "logs", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": TREE},
    )


async def test_the_log_of_a_release_on_the_command_line(
    images: str, adopting: Adopting, api: EngineCalls
) -> None:
    configure(images, "")
    text = Path("holdfast.toml").read_text()
    said = '["sh", "-c", "echo {} one; sleep 0.2; echo {} two >&2; exec sleep 601"]'
    Path("holdfast.toml").write_text(text.replace('["sleep", "601"]', said.format("first", "first")))
    await adopting.work("deploy", "web", version="v1")
    Path("holdfast.toml").write_text(text.replace('["sleep", "601"]', said.format("second", "second")))
    await adopting.work("deploy", "web", version="v2")
    run = asyncio.to_thread

    done = await run(logs, adopting.host, "web")
    assert (done.returncode, done.stdout.splitlines()) == (0, ["second one", "second two"])
    assert (await run(logs, adopting.host, "--release", "r1")).stdout.splitlines() == [
        "first one",
        "first two",
    ]
    assert (await run(logs, adopting.host, "web", "--grep", "!/ONE/")).stdout.splitlines()[-1] == "second two"
    assert (await run(logs, adopting.host, "web", "--grep", "two")).stdout == "second two\n"
    assert (await run(logs, adopting.host, "web", "--tail", "1")).stdout == "second two\n"
    assert (await run(logs, adopting.host, "web", "--since", "1h", "--until", "30m")).stdout == ""
    found = [
        json.loads(line) for line in (await run(logs, adopting.host, "web", "--json")).stdout.splitlines()
    ]
    assert [(one["container"], one["stream"], one["text"]) for one in found] == [
        ("web", "stdout", "second one"),
        ("web", "stderr", "second two"),
    ]
    gone = await run(logs, adopting.host, "web", "--release", "r9")
    assert gone.returncode == 1 and "its log went with it" in gone.stderr and "r2, r1" in gone.stderr
    for wrong in (("--since", "soon"), ("--grep", "/(/"), ("--since", "1h", "--until", "2h")):
        assert (await run(logs, adopting.host, "web", *wrong)).returncode == 2
