"""A long, thin line to a host of the tests: `python -m tests.support.slow_line TARGET` is one in user space.

That listens on a port of the loopback, which it prints, and passes on what comes to the port TARGET, late and
no faster than the line is, until standard input is closed. Where the kernel has netem, the line is a pair of
interfaces into a network namespace instead, and everything on it is as late as it would be outside.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.support.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.engine.endpoint import Endpoint

DELAY = 0.075
"""Seconds each way."""

ROUND_TRIP = 2 * DELAY

BYTES_PER_SECOND = 125_000
"""1 Mbit/s, each way."""

HERE, THERE = "10.213.77.1", "10.213.77.2"

PART = 1500
"""Bytes that are sent at once, as packets are."""

WAITING = 64
"""Parts that may be on their way: whoever sends more waits."""


class Line(NamedTuple):
    """An sshd at the other end; `how` says what makes it slow."""

    sshd: Sshd
    how: str
    port: int

    def endpoint(self, engine: str) -> Endpoint:
        """The engine at "unix:///...", by ssh and over the line."""
        sshd = self.sshd
        found = sshd.endpoint(engine, f"HostKeyAlias=[{sshd.address}]:{sshd.port}")
        return found._replace(url=found.url.replace(f":{sshd.port}/", f":{self.port}/"))


@contextmanager
def slow_line(folder: Path) -> Iterator[Line]:
    """Of ROUND_TRIP and BYTES_PER_SECOND."""
    with ExitStack() as stack:
        if (space := stack.enter_context(_netem())) is not None:
            sshd = stack.enter_context(Sshd(folder, address=THERE, inside=("ip", "netns", "exec", space)))
            yield Line(sshd, "netem in a network namespace", sshd.port)
            return
        sshd = stack.enter_context(Sshd(folder))
        yield Line(sshd, "a relay in user space: no netem here", stack.enter_context(_relay(sshd.port)))


@contextmanager
def _netem() -> Iterator[str | None]:
    """The name of a network namespace at the end of a slow line, None where that cannot be had."""
    space, here, there = (f"{name}{os.getpid()}" for name in ("holdfast-", "hfa", "hfb"))
    inside = ["ip", "-n", space]
    slow = ["root", "netem", "delay", f"{1000 * DELAY:g}ms", "rate", f"{8 * BYTES_PER_SECOND}bit"]
    steps = (
        ["ip", "netns", "add", space],
        ["ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", space],
        ["ip", "addr", "add", f"{HERE}/30", "dev", here],
        [*inside, "addr", "add", f"{THERE}/30", "dev", there],
        ["ip", "link", "set", here, "up"],
        [*inside, "link", "set", there, "up"],
        ["tc", "qdisc", "add", "dev", here, *slow],
        ["tc", "-n", space, "qdisc", "add", "dev", there, *slow],
    )
    try:
        yield space if all(_done(step) for step in steps) else None
    finally:
        _done(["ip", "link", "del", here])
        _done(["ip", "netns", "del", space])


def _done(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def _relay(target: int) -> Iterator[int]:
    """The port of a relay in a process of its own."""
    command = [sys.executable, "-m", "tests.support.slow_line", str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


class _Way:
    """One direction, for all connections together."""

    def __init__(self) -> None:
        self._free = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        sent: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING)

        async def arrive() -> None:
            while True:
                at, part = await sent.get()
                await asyncio.sleep(at - clock())
                if not part:
                    return writer.close()
                writer.write(part)

        arriving = asyncio.create_task(arrive())
        try:
            part = b"-"
            while part:
                part = await reader.read(PART)
                self._free = max(self._free, clock()) + len(part) / BYTES_PER_SECOND
                await sent.put((self._free + DELAY, part))
            await arriving
        except OSError:
            writer.close()
        finally:
            arriving.cancel()


async def _serve(target: int) -> None:
    there, back = _Way(), _Way()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, out = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(there.carry(reader, out), back.carry(far, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_input, daemon=True).start()
    asyncio.run(_serve(int(sys.argv[1])))
