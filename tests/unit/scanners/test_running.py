"""How a scanner is started: with nothing of ours, and no longer than it may be."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.scanners import running
from tui.scanners.base import Command
from tui.scanners.errors import ScanFailed, ScannerMissing
from tui.scanners.running import isolation, run

if TYPE_CHECKING:
    from tests.unit.scanners.conftest import Program


async def test_it_gets_nothing_of_ours(home: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = ("AWS_SECRET_ACCESS_KEY", "DOCKER_HOST", "HTTPS_PROXY", "GITHUB_TOKEN", "TRIVY_USERNAME")
    for name in secret:
        monkeypatch.setenv(name, "s3cret")
    command = Command((str(program("env; pwd")),), {"OWN": "yes"})
    said = (await run(command, home, seconds=5)).output.decode()
    assert "s3cret" not in said
    assert f"HOME={home}" in said
    assert f"TMPDIR={home}" in said
    assert "OWN=yes" in said
    assert said.endswith(f"{home}\n")
    fetching = (await run(command, home, seconds=5, network=True)).output.decode()
    assert fetching.count("s3cret") == 1
    assert "HTTPS_PROXY=s3cret" in fetching


async def test_what_it_says_is_told_at_once(home: Path, program: Program) -> None:
    told: list[str] = []
    script = "echo one >&2; printf two >&2; echo out; exit 3"
    ran = await run(Command((str(program(script)),), {}), home, seconds=5, tell=told.append)
    assert (ran.code, ran.output, ran.said, told) == (3, b"out\n", "one\ntwo", ["one", "two"])


async def test_one_that_takes_too_long_is_stopped_with_all_that_it_started(
    home: Path, program: Program
) -> None:
    script = 'trap "" TERM; sleep 60 & echo $! >child; echo $$ >own; wait; sleep 60'
    before = time.monotonic()
    with pytest.raises(ScanFailed, match=r"trivy did not end within 0.5 s, and was stopped"):
        await run(Command((str(program(script)),), {}), home, seconds=0.5)
    assert time.monotonic() - before < 10
    for name in ("child", "own"):
        assert _is_gone(int((home / name).read_text())), name


async def test_one_is_stopped_where_nobody_waits_for_it(home: Path, program: Program) -> None:
    path = program("echo $$ >own; echo ready >&2; exec sleep 60")
    ready = asyncio.Event()
    task = asyncio.create_task(run(Command((str(path),), {}), home, seconds=60, tell=lambda _: ready.set()))
    await asyncio.wait_for(ready.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _is_gone(int((home / "own").read_text()))


async def test_what_it_says_is_bounded(home: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SAID_BYTES", 1000)
    told: list[str] = []
    script = "yes 0123456789 | head -c 3000000; yes abcdefghi | head -c 3000000 >&2"
    ran = await run(Command((str(program(script)),), {}), home, seconds=20, tell=told.append)
    assert (ran.code, len(ran.output), len(ran.said)) == (0, 1000, 1000)
    assert sum(map(len, told)) <= 1000


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit(2) is Linux's")
async def test_memory_is_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MEMORY_BYTES", 200 * 2**20)
    code = "import time; time.sleep(0.3); bytearray({} * 2 ** 20)"
    for size, ends in ((100, 0), (400, 1)):
        ran = await run(Command((sys.executable, "-c", code.format(size)), {}), home, seconds=20)
        assert ran.code == ends, ran.said
    assert "MemoryError" in ran.said


@pytest.mark.parametrize("path", ["/nowhere/trivy", "/etc/passwd", "/"])
async def test_what_cannot_be_started_is_named(home: Path, path: str) -> None:
    with pytest.raises(ScannerMissing, match=f"{path} cannot be started") as caught:
        await run(Command((path,), {}), home, seconds=5)
    assert caught.value.hint


async def test_without_a_network_there_is_only_a_loopback(home: Path, program: Program) -> None:
    before = await isolation()
    if not before:
        assert os.geteuid() != 0, "root can always have one"
        pytest.skip("this system lets nobody else have a network of his own")
    path = program("cat /proc/net/dev")
    said = (await run(Command((str(path),), {}), home, seconds=5, before=before)).output.decode()
    assert [line.partition(":")[0].strip() for line in said.splitlines()[2:]] == ["lo"]


def _is_gone(pid: int) -> bool:
    """A process that has ended may still be in the table of processes for a moment."""
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
