"""One ssh that stays, and ends with this process however that ends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tui.engine.errors import EndpointUnusable
from tui.engine.ssh.failures import is_of_the_other_side

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = 60
"""Lines that are kept of what it says."""

END_SECONDS = 2.0
"""How long it may take to end when it is asked to."""

# The end of standard input is the end of whoever started it. What the command has started ends with it: a
# ProxyCommand that hangs would stay. All of them are a group of their own.
_BOUND = """
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill "$child"; } 2>/dev/null &
watch=$!
wait "$child"
status=$?
trap '' TERM
kill -s TERM 0 2>/dev/null
exit "$status"
"""

_SWEEP = 'read -r _; rm -rf -- "$0"'


class Bound:
    """A command with nothing to read, and what it says on its error output.

    said    the last lines; `count` says how many there were in all, `spoke` when the last one came
    ended   once it has ended, and said all
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.ended = asyncio.Event()
        self.said: deque[str] = deque(maxlen=WORDS)
        self.count = 0
        self.spoke = 0.0
        self._process = process
        self._tasks = [
            asyncio.create_task(self._listen(), name="ssh says"),
            asyncio.create_task(self._wait(), name="ssh ends"),
        ]

    @classmethod
    async def start(cls, command: Sequence[str]) -> Self:
        """Raises EndpointUnusable where there is no shell to start it from."""
        return cls(await _started("sh", "-c", _BOUND, "holdfast-ssh", *command, heard=True))

    @property
    def runs(self) -> bool:
        return self._process.returncode is None

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        while True:
            try:
                line = await self._process.stderr.readline()
            except ValueError:  # longer than anything that ssh says
                continue
            if not line:
                return
            if not (self.said and is_of_the_other_side(self.said[-1])):  # those that follow are its own too
                self.said.append(line.decode("utf-8", "replace").rstrip())
            self.count += 1
            self.spoke = asyncio.get_running_loop().time()

    async def _wait(self) -> None:
        await self._process.wait()
        await asyncio.wait(self._tasks[:1], timeout=0.2)  # its last words
        self.ended.set()

    async def _gone(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()

    def let_go(self) -> None:
        """Ask it to end. At once, without waiting for it."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def end(self) -> None:
        """End it, by force where it does not obey.

        It is waited for itself: where the event loop ends, whoever waits for it has been cancelled already.
        """
        self.let_go()
        await self._gone()
        if self.runs:
            kill(self._process)
            await self._gone()
        _close_pipes(self._process)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Sweeper:
    """Removes a folder when it is let go, or when this process ends, however that ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, folder: str) -> Self:
        return cls(await _started("sh", "-c", _SWEEP, folder))

    async def end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()


async def _started(*command: str, heard: bool = False) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE if heard else asyncio.subprocess.DEVNULL,
            start_new_session=True,  # keys that end us are not for it: what we undo needs it still
        )
    except OSError as error:
        raise EndpointUnusable(f"{command[0]} cannot be started: {error.strerror}") from error


def _close_pipes(process: asyncio.subprocess.Process) -> None:
    """Of one that has ended. What it has started may hold their other ends: asyncio would wait for that, and
    complain of a closed event loop once that has gone."""
    if process.returncode is not None:
        process._transport.close()  # type: ignore[attr-defined]


def kill(process: asyncio.subprocess.Process) -> None:
    """End it by force. Its own `kill` would look whether it has ended, and keep that from the event loop."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def told(command: Sequence[str], seconds: float) -> tuple[int, str]:
    """Run a short command; its status, and what it said. A status of -1: it took too long."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            _, said = await process.communicate()
    except TimeoutError:
        return -1, ""
    finally:
        kill(process)
        await process.wait()
        _close_pipes(process)
    return process.returncode or 0, said.decode("utf-8", "replace")


async def heard(command: Sequence[str], seconds: float) -> str:
    """Run a short command; what it answers, "" where it fails or takes too long."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    except TimeoutError:
        return ""
    finally:
        kill(process)
        await process.wait()
        _close_pipes(process)
    return said.decode("utf-8", "replace") if not process.returncode else ""
