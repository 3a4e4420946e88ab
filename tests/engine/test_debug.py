"""A shell beside a container that has none, on a real engine: what it reaches, and that nothing is left."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_client_shell import Terminal, terminal
from tests.support.busybox import BUSYBOX, IMAGE
from tests.support.engine_calls import EngineCalls, until
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.labels import DEBUG
from tui.operations.by_hand.debug import beside, debug, remove_left
from tui.operations.by_hand.shell import NoShell, find_shell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

__all__ = ["terminal"]

TREE = Path(__file__).parents[2]
SCRATCH = "holdfast-test/scratch:1"


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
def api(engine_host: str) -> Iterator[EngineCalls]:
    api = EngineCalls(engine_host)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(BUSYBOX.resolve(), "app/busybox")
        secret = tarfile.TarInfo("etc/app.conf")
        text = b"port = 8080\n"
        secret.size = len(text)
        archive.addfile(secret, io.BytesIO(text))
    repository, tag = SCRATCH.split(":")
    change = "LABEL com.docker.compose.project=shop io.holdfast.app=web"
    query = [("fromSrc", "-"), ("repo", repository), ("tag", tag), ("changes", change)]
    api.ask("POST", f"/images/create?{urllib.parse.urlencode(query)}", file.getvalue())
    yield api
    api.sweep()


@pytest.fixture
def bare(api: EngineCalls) -> str:
    """The ID of a running container without a shell, with a volume."""
    host = {"NetworkMode": "none", "Mounts": [{"Type": "volume", "Target": "/data"}]}
    return api.run("/app/busybox", "sleep", "600", Image=SCRATCH, HostConfig=host)


def debugs(api: EngineCalls) -> list[Any]:
    return [one for one in api.containers() if DEBUG in one["Labels"]]


async def test_it_sees_processes_files_network_and_volumes_and_is_gone(
    engine: Engine, api: EngineCalls, bare: str, terminal: Terminal
) -> None:
    with pytest.raises(NoShell):
        await find_shell(engine, bare)
    task = asyncio.create_task(debug(engine, bare, IMAGE, terminal.fd, terminal.fd))
    await terminal.until(b"# ")
    terminal.type(
        b"cat /proc/1/root/etc/app.conf; id -u; ps; echo x > /data/here; cat /proc/1/root/data/here\r"
    )
    await terminal.until(b"port = 8080\r\n0\r\n")
    await terminal.until(b"/app/busybox sleep 600")
    await terminal.until(b"\r\nx\r\n")
    terminal.type(b"for n in 1 self; do readlink /proc/$n/ns/net; done | uniq | wc -l; stty size\r")
    await terminal.until(b"\r\n1\r\n33 90\r\n")
    assert len(debugs(api)) == 1
    terminal.type(b"exit 4\r")
    assert await asyncio.wait_for(task, 20) == 4
    assert debugs(api) == []
    assert api.inspect(bare)["State"]["Running"]


async def test_volumes_can_be_for_reading_alone(engine: Engine, bare: str, terminal: Terminal) -> None:
    task = asyncio.create_task(debug(engine, bare, IMAGE, terminal.fd, terminal.fd, read_only=True))
    await terminal.until(b"# ")
    terminal.type(b"echo x > /data/here; exit 0\r")
    await terminal.until(b"Read-only file system")
    await asyncio.wait_for(task, 20)


async def test_it_is_nobodys_whatever_its_image_hands_down(
    engine: Engine, api: EngineCalls, bare: str
) -> None:
    tagged = "holdfast-test/labelled:1"
    query = {"container": api.create(Labels={"com.docker.compose.project": "shop", "io.holdfast.app": "web"})}
    repository, tag = tagged.split(":")
    api.ask("POST", f"/commit?{urllib.parse.urlencode(query | {'repo': repository, 'tag': tag})}", {})
    try:
        async with beside(engine, bare, tagged) as (id, _):
            [listed] = [one for one in await engine.containers.list() if one.id == id]
            assert listed.project == ""
            assert not listed.labels.get("io.holdfast.app")
            assert api.inspect(id)["HostConfig"]["AutoRemove"]
    finally:
        assert debugs(api) == []


async def test_an_image_without_a_shell_is_named(engine: Engine, api: EngineCalls, bare: str) -> None:
    with pytest.raises(NoShell, match=f"{SCRATCH} has no shell"):
        async with beside(engine, bare, SCRATCH):
            pass
    assert debugs(api) == []


KILLED = """
import asyncio, sys
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.operations.by_hand import debug

async def main(url, target, image, when):
    async with await Engine.connect(Endpoint(url, "the test")) as engine:
        if when == "created":
            labels = debug._labels(target)
            await engine.debugs.create(debug._name(), image, target, ("/bin/sh",), labels=labels)
            print("there", flush=True)
            await asyncio.sleep(600)
        async with debug.beside(engine, target, image) as (id, shell):
            session = await engine.execs.open(id, ("sleep", "600"))
            print("there", flush=True)
            await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


def killed(api: EngineCalls, target: str, when: str) -> None:
    """A process that has one is killed at once."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, api.url, target, IMAGE, when],
        env={**os.environ, "PYTHONPATH": str(TREE)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"there\n"
    assert len(debugs(api)) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_dashboard_leaves_none(api: EngineCalls, bare: str) -> None:
    killed(api, bare, "running")
    until(lambda: debugs(api) == [], 15)
    time.sleep(0.2)
    assert b"sleep 600" not in b"".join(
        str(row).encode() for row in api.get(f"/containers/{bare}/top")["Processes"] if "app" not in str(row)
    )


async def test_one_that_never_ran_is_removed_by_whoever_comes_next(
    engine: Engine, api: EngineCalls, bare: str
) -> None:
    await asyncio.to_thread(killed, api, bare, "created")
    assert len(debugs(api)) == 1
    async with beside(engine, bare, IMAGE) as (id, _):
        assert [one["Id"] for one in debugs(api)] == [id]
        assert await remove_left(engine) == []  # its process lives
    assert debugs(api) == []
