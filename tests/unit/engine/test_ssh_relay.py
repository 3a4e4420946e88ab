"""Connections that are passed on to a program each, where a host forwards no sockets."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tui.engine.ssh.process import Bound
from tui.engine.ssh.relay import MOST, Relay

if TYPE_CHECKING:
    from pathlib import Path

LOUD = "import sys, time; sys.stderr.write('x' * 300_000); sys.stderr.flush(); time.sleep(600)"
SILENT = "import time; time.sleep(600)"
ECHO = "import os\nwhile part := os.read(0, 65536): os.write(1, part)"


def relay(folder: Path, program: str) -> Relay:
    return Relay(str(folder / "s"), (sys.executable, "-c", program))


async def test_bytes_are_passed_on_both_ways(tmp_path: Path) -> None:
    passing = relay(tmp_path, ECHO)
    await passing.start()
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
    much = os.urandom(1 << 20)
    writer.write(much)
    async with asyncio.timeout(20):
        assert await reader.readexactly(len(much)) == much
        writer.close()
        await passing.close()


async def test_a_program_that_says_far_too_much_keeps_nobody(tmp_path: Path) -> None:
    passing = relay(tmp_path, LOUD)
    await passing.start()
    _, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
    await asyncio.sleep(0.5)
    async with asyncio.timeout(10):
        await passing.close()
    writer.close()


async def test_whoever_leaves_makes_room(tmp_path: Path) -> None:
    passing = relay(tmp_path, SILENT)
    await passing.start()
    for _ in range(MOST):
        _, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        await asyncio.sleep(0.05)
        writer.close()
    async with asyncio.timeout(20):
        while passing._room.locked():
            await asyncio.sleep(0.05)
        await passing.close()


@pytest.mark.parametrize("how", ["it ends", "it is ended"])
async def test_what_a_command_has_started_ends_with_it(tmp_path: Path, how: str) -> None:
    """As a ProxyCommand of ssh that hangs."""
    mark = f"600.{time.time_ns()}"
    then = "exit 3" if how == "it ends" else "sleep 600"
    bound = await Bound.start(("sh", "-c", f"sleep {mark} & {then}"))
    if how == "it ends":
        async with asyncio.timeout(10):
            await bound.ended.wait()
    await bound.end()

    def running() -> list[str]:
        found = []
        for one in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{one}/cmdline", "rb") as file:
                    found.append(file.read().decode("utf-8", "replace"))
            except OSError:
                continue
        return [line for line in found if mark in line]

    until = time.monotonic() + 5
    while running() and time.monotonic() < until:
        await asyncio.sleep(0.05)
    assert running() == []
