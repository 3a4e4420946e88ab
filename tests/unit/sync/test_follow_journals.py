"""Operations of others show live, old ones are known, killed ones are recognised."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest

from tui.journal.writer import Journal
from tui.model.operation import Ended, Logged, Paused, Started, StepChanged
from tui.store.store import Store, Topic
from tui.sync import follow_journals
from tui.sync.follow_journals import JournalFollower


@pytest.fixture
def store():
    return Store()


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(follow_journals, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(follow_journals, "ALIVE_SECONDS", 0.05)


@asynccontextmanager
async def following(store, folder):
    follower = JournalFollower(store, folder, "e")
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def follower(store, tmp_path):
    async with following(store, tmp_path / "operations") as follower:
        yield follower


async def until(condition, seconds=45.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.01)


def started(op, engine="e"):
    return Started(time.time(), op, "build", "web", engine, "me", "here", os.getpid())


async def test_what_another_process_does_shows_while_it_does_it(store, follower, tmp_path):
    await asyncio.sleep(0.05)  # the folder is not there yet
    journal = Journal.create(tmp_path / "operations", "op-1")
    journal.write(started("op-1"))
    await until(lambda: "op-1" in store.operations)
    operation = store.operations["op-1"]
    assert operation.running

    journal.write(StepChanged(1.0, "build", "running", title="Build"))
    journal.write(Logged(2.0, "build", 1, "compiling"))
    await until(lambda: operation.steps.get("build") is not None and operation.steps["build"].lines == 1)

    told = []
    store.subscribe(Topic.OPERATIONS, lambda _: told.append(operation.paused))
    for paused in (True, False):
        journal.write(Paused(2.5, paused))
        await until(lambda paused=paused: told and told[-1] is paused)

    journal.write(Ended(3.0, True, 2.0))
    journal.close()
    await until(lambda: operation.state == "done")


async def test_old_ones_are_known_at_once_and_read_when_opened(store, tmp_path):
    journal = Journal.create(tmp_path / "operations", "op-0")
    journal.write(started("op-0"))
    journal.write(Logged(2.0, "build", 1, "long ago"))
    journal.write(Ended(3.0, True, 2.0))
    journal.close()
    async with following(store, tmp_path / "operations") as follower:
        await until(lambda: "op-0" in store.operations)

        operation = await follower.open("op-0")

        assert operation.state == "done"
        assert operation.steps["build"].output[0].text == b"long ago"
        assert (await follower.open("op-0")).steps["build"].lines == 1
        assert await follower.open("never") is None


async def test_one_that_is_killed_is_interrupted(store, follower, tmp_path):
    code = f"""
import os, time, pathlib
from tui.journal.writer import Journal
from tui.model.operation import Started
journal = Journal.create(pathlib.Path({str(tmp_path / "operations")!r}), "op-1")
journal.write(Started(1.0, "op-1", "build", "web", "e", "me", "here", os.getpid()))
time.sleep(60)
"""
    child = subprocess.Popen([sys.executable, "-c", code])
    await until(lambda: "op-1" in store.operations)
    assert store.operations["op-1"].running

    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    await until(lambda: store.operations["op-1"].interrupted)


async def test_one_that_is_seen_before_its_first_line_is_not_forgotten(store, follower, tmp_path):
    journal = Journal.create(tmp_path / "operations", "op-1")
    await asyncio.sleep(0.2)  # looked at several times by now, and empty

    journal.write(started("op-1"))

    await until(lambda: "op-1" in store.operations)
    journal.close()


@pytest.mark.parametrize("earlier", [True, False])
async def test_one_that_is_over_before_it_was_seen_is_known_in_full(store, follower, tmp_path, earlier):
    await asyncio.sleep(0.05)  # looked at once
    if earlier:
        first = Journal.create(tmp_path / "operations", "op-0")
        first.write(started("op-0"))
        first.write(Ended(3.0, True, 2.0))
        first.close()
        await until(lambda: "op-0" in store.operations)

    quick = Journal.create(tmp_path / "operations", "op-1")
    quick.write(started("op-1"))
    quick.write(StepChanged(1.0, "build", "done", 0.1, title="Build"))
    quick.write(Ended(3.0, True, 2.0))
    quick.close()

    await until(lambda: "op-1" in store.operations and store.operations["op-1"].state == "done")
    assert store.operations["op-1"].steps["build"].title == "Build"
    assert store.operations["op-1"].complete


async def test_many_at_once(store, follower, tmp_path):
    journals = [Journal.create(tmp_path / "operations", f"op-{number}") for number in range(5)]
    for number, journal in enumerate(journals):
        journal.write(started(f"op-{number}"))
    await until(lambda: len(store.operations) == 5)

    for journal in journals:
        journal.write(Ended(3.0, True, 2.0))
        journal.close()

    await until(lambda: all(operation.state == "done" for operation in store.operations.values()))


async def test_what_is_done_on_another_engine_is_not_told(store, follower, tmp_path):
    for op, engine in (("op-1", "tcp://other"), ("op-2", "e")):
        journal = Journal.create(tmp_path / "operations", op)
        journal.write(started(op, engine))
        journal.close()
    await until(lambda: "op-2" in store.operations)
    assert "op-1" not in store.operations
