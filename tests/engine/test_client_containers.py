"""The client against a real engine: what it says of containers is what the engine did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import docker
import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import Conflict, NotFound
from tui.engine.stdcopy import LONGEST, LogLine

IMAGE = "holdfast-test/busybox:1"
Run = Callable[..., Any]


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
def run(engine_host: str) -> Iterator[Run]:
    """Starts containers from shell scripts by the reference client; they are removed afterwards."""
    client = docker.DockerClient(base_url=engine_host)
    started = []

    def start(script: str, **options: Any) -> Any:
        options.setdefault("network_mode", "none")
        container = client.containers.create(IMAGE, ["/bin/sh", "-c", script], init=False, **options)
        started.append(container)
        container.start()
        return container

    yield start
    for container in started:
        with suppress(docker.errors.NotFound):  # the test itself removed it
            container.remove(force=True)
    client.close()


async def read_log(engine: Engine, id: str, **options: Any) -> list[LogLine]:
    async with engine.containers.logs(id, **{"tail": -1} | options) as batches:
        return [line async for batch in batches for line in batch]


async def said(engine: Engine, id: str, text: str) -> None:
    """Wait until a container has said something: before that it hears no signal."""
    async with asyncio.timeout(30), engine.containers.logs(id, tail=-1) as batches:
        async for batch in batches:
            if any(text.encode() in line.text for line in batch):
                return


async def test_the_version_is_agreed_with_the_engine(engine: Engine, engine_host: str) -> None:
    theirs = docker.DockerClient(base_url=engine_host).version()
    assert engine.version.version == theirs["Version"]
    assert engine.version.api <= theirs["ApiVersion"]
    assert (await engine.info()).name == docker.DockerClient(base_url=engine_host).info()["Name"]


async def test_list_and_inspect_say_the_same_of_a_container(engine: Engine, run: Run) -> None:
    began = time.time()
    id = run("exec sleep 60", labels={"team": "web"}, name="holdfast-same").id
    [listed] = await engine.containers.list(ids=[id])
    inspected = await engine.containers.inspect(id)
    state = inspected.state
    assert (listed.id, listed.name, listed.image) == (inspected.id, inspected.name, inspected.image)
    assert (listed.image_id, listed.created) == (inspected.image_id, inspected.created)
    assert (listed.labels, listed.health) == (inspected.labels, inspected.health)
    assert (listed.state, listed.running) == (state.status, state.running)
    assert (listed.name, listed.image, listed.state) == ("holdfast-same", IMAGE, "running")
    assert listed.labels["team"] == "web"
    assert state.since is not None
    assert listed.since is not None
    assert began - 1 < state.since < time.time() + 1
    assert abs(listed.since - state.since) < 2


async def test_each_change_of_state_is_done_and_seen(engine: Engine, run: Run) -> None:
    id = run("trap 'exit 3' TERM; echo ready; while true; do sleep 0.05; done").id
    calls = engine.containers
    await said(engine, id, "ready")
    await calls.pause(id)
    assert (await calls.inspect(id)).state.status == "paused"
    await calls.unpause(id)
    await calls.rename(id, "holdfast-renamed")
    assert (await calls.inspect(id)).name == "holdfast-renamed"
    await calls.stop(id)
    stopped = await calls.inspect(id)
    assert (stopped.state.status, stopped.state.exit_code) == ("exited", 3)
    await calls.start(id)
    await calls.start(id)
    with pytest.raises(Conflict, match="running"):
        await calls.remove(id)
    await calls.restart(id)
    await calls.kill(id)
    deadline = time.monotonic() + 5
    while (killed := (await calls.inspect(id))).running and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert killed.state.exit_code == 137
    await calls.remove(id)
    with pytest.raises(NotFound, match="No such container"):
        await calls.inspect(id)


async def test_a_taken_name_is_a_conflict(engine: Engine, run: Run) -> None:
    run("exec sleep 60", name="holdfast-first")
    other = run("exec sleep 60").id
    with pytest.raises(Conflict, match="in use"):
        await engine.containers.rename(other, "holdfast-first")


async def test_all_containers_come_in_batches(engine: Engine, run: Run) -> None:
    ids = {run("exec sleep 60").id for _ in range(3)}
    found = [container.id async for batch in engine.containers.batches() for container in batch]
    assert ids <= set(found)
    assert len(found) == len(set(found))
    assert len(await engine.containers.list(limit=2)) == 2


async def test_events_tell_what_happens(engine: Engine, run: Run) -> None:
    async with engine.events() as events:
        id = run("exit 7").id
        seen = []
        async with asyncio.timeout(10):
            async for event in events:
                if event.id == id:
                    seen.append(event)
                    if event.action == "die":
                        break
    actions = [event.action for event in seen]
    assert actions[0] == "create"
    assert "start" in actions
    assert seen[-1].attributes["exitCode"] == "7"
    assert abs(seen[-1].time - time.time()) < 10


async def test_statistics_of_a_busy_container(engine: Engine, run: Run) -> None:
    id = run("while true; do :; done").id
    async with engine.containers.stats(id) as samples, asyncio.timeout(10):
        first = await anext(samples)
        second = await anext(samples)
    assert first.cpu is None
    assert second.cpu is not None
    assert 5 < second.cpu < 450
    assert 0 < second.memory < second.memory_limit
    assert second.pids >= 1


async def test_a_log_with_both_streams_and_long_lines(engine: Engine, run: Run) -> None:
    long = 3 * 16384 + 5
    script = rf"""
        echo one; echo two >&2
        /bin/busybox head -c {long} /dev/zero | /bin/busybox tr '\0' x; echo
        printf 'bad \377 \033[31m\n'
        printf 'no end'
    """
    container = run(script)
    container.wait()
    lines = await read_log(engine, container.id)
    out = [line.text for line in lines if line.stream == 1]
    bad = "bad \ufffd \x1b[31m".encode()  # the engine's default log keeps JSON, so no invalid UTF-8
    assert out == [b"one", b"x" * long, bad, b"no end"]
    assert [line.text for line in lines if line.stream == 2] == [b"two"]
    assert all(line.at.startswith(b"20") and line.at.endswith(b"Z") for line in lines)


async def test_a_line_of_several_megabytes_comes_in_bounded_lines(engine: Engine, run: Run) -> None:
    container = run("/bin/busybox head -c 3000000 /dev/zero | /bin/busybox tr '\\0' y")
    container.wait()
    lines = await read_log(engine, container.id, tty=False)
    assert [len(line.text) for line in lines] == [LONGEST, LONGEST, 3_000_000 - 2 * LONGEST]


async def test_a_terminals_log_has_no_frames_and_no_carriage_returns(engine: Engine, run: Run) -> None:
    long = 2 * 16384 + 5
    script = f"echo one; /bin/busybox head -c {long} /dev/zero | /bin/busybox tr '\\0' z; echo; echo two >&2"
    container = run(script, tty=True)
    container.wait()
    lines = await read_log(engine, container.id)
    assert [line.text for line in lines] == [b"one", b"z" * long, b"two"]
    assert {line.stream for line in lines} == {1}
    assert all(line.at.startswith(b"20") for line in lines)


async def test_a_log_is_followed_and_taken_up_again_where_it_was_left(engine: Engine, run: Run) -> None:
    id = run("i=0; while [ $i -lt 40 ]; do echo $i; i=$((i+1)); sleep 0.02; done").id
    lines: list[LogLine] = []
    async with engine.containers.logs(id, tail=-1) as batches:
        async for batch in batches:
            lines += batch
            if len(lines) >= 10:
                break
    last = lines[-1].at
    again = await read_log(engine, id, since=last.decode())
    lines += [line for line in again if line.at > last]
    assert [line.text for line in lines] == [str(number).encode() for number in range(40)]


async def test_only_the_asked_for_past_lines_come(engine: Engine, run: Run) -> None:
    container = run("for i in 1 2 3 4 5; do echo $i; done")
    container.wait()
    assert [line.text for line in await read_log(engine, container.id, tail=2)] == [b"4", b"5"]
    assert await read_log(engine, container.id, tail=0) == []


async def test_details_show_the_configuration_and_no_secret(engine: Engine, run: Run) -> None:
    id = run(
        "exec sleep 60",
        environment={"DB_PASSWORD": "hunter2hunter2", "COLOUR": "blue"},
        mem_limit="64m",
        restart_policy={"Name": "on-failure", "MaximumRetryCount": 3},
        tmpfs={"/scratch": "size=1m"},
    ).id
    details = await engine.containers.details(id)
    facts = {section.title: dict(section.facts) for section in details.sections}
    assert facts["Environment"]["COLOUR"] == "blue"
    assert facts["Resources"]["Memory"] == "64 MiB"
    assert facts["Restart policy"]["Policy"] == "on-failure"
    assert facts["State"]["Status"] == "running"
    assert '"Memory": 67108864' in details.raw
    assert "hunter2hunter2" not in str(details)


async def test_health_is_read_from_list_and_inspect(engine: Engine, run: Run) -> None:
    second = 1_000_000_000
    id = run(
        "exec sleep 60", healthcheck={"test": ["CMD", "/bin/sh", "-c", "echo fine"], "interval": second}
    ).id
    async with asyncio.timeout(10):
        while (listed := (await engine.containers.list(ids=[id]))[0]).health != "healthy":
            assert listed.health in ("starting", "healthy")
            await asyncio.sleep(0.1)
    assert (await engine.containers.inspect(id)).health == "healthy"
    facts = {section.title: section.facts for section in (await engine.containers.details(id)).sections}
    assert facts["Health"][-1].value == "exit code 0: fine"
