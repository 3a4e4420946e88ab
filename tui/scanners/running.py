"""Starting a scanner, which is trusted with nothing: it gets no secrets, no network where that can be had, so
much time and memory, and what it writes is bounded.

Memory is limited by RLIMIT_DATA, which counts what a process may write to and no other has (Linux 4.7). A
Go program reserves addresses by the gigabyte and maps its database as a whole, so RLIMIT_AS would refuse what
costs nothing. It is set from outside just after the start, by prlimit(2): nothing of ours runs between fork
and exec.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from tui.scanners.errors import ScanFailed, ScannerMissing
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.scanners.base import Command

MEMORY_BYTES = 4 * 2**30
SAID_BYTES = 2**20
"""Of its standard output and of its standard error, that are kept; the rest is read and dropped."""

READ_BYTES = 64 * 1024
ENDING_SECONDS = 3.0
"""After it was asked to end."""

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""Passed on to what fetches a database, and to nothing else."""


class Ran(NamedTuple):
    """What became of a command."""

    code: int
    output: bytes
    said: str


async def isolation() -> tuple[str, ...]:
    """The words before a command that give it a network of its own, in which nothing is; () where the system
    does not let us."""
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return ()
    words = (unshare, "--net") if os.geteuid() == 0 else (unshare, "--map-root-user", "--net")
    nothing = asyncio.subprocess.DEVNULL
    try:
        tried = await asyncio.create_subprocess_exec(
            *words, "true", stdin=nothing, stdout=nothing, stderr=nothing
        )
    except OSError:
        return ()
    return words if await tried.wait() == 0 else ()


async def run(
    command: Command,
    home: Path,
    *,
    seconds: float,
    before: tuple[str, ...] = (),
    network: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Ran:
    """Run it in a folder of its own, which is its home and its place for temporary files too.

    before   words before it: `isolation`
    network  whether it gets what says how to reach one
    tell     is told each line of its standard error

    Raises ScannerMissing where it cannot be started, ScanFailed where it takes too long.
    """
    name = os.path.basename(command.words[0])  # noqa: PTH119
    environment = _environment(home, network=network) | dict(command.environment)
    try:
        process = await asyncio.create_subprocess_exec(
            *before,
            *command.words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            cwd=home,
            start_new_session=True,
        )
    except OSError as error:
        raise ScannerMissing(
            f"{command.words[0]} cannot be started: {error.strerror}", f"is it a program? {name} --version"
        ) from error
    _limit(process.pid)
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(seconds):
            output, said, _ = await all_of(
                _kept(process.stdout), _lines(process.stderr, tell), process.wait()
            )
    except TimeoutError:
        raise ScanFailed(
            f"{name} did not end within {seconds:g} s, and was stopped",
            "raise timeout in [apps.NAME.scan] if it needs longer",
        ) from None
    finally:
        await _end(process)
    return Ran(process.returncode or 0, output, said)


def _environment(home: Path, *, network: bool) -> dict[str, str]:
    """Nothing of ours but where programs are, and what a network needs."""
    found = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LANG": "C.UTF-8",
        "GOMEMLIMIT": str(MEMORY_BYTES * 3 // 4),
        "DOCKER_CONFIG": str(home),
    }
    if network:
        found |= {name: os.environ[name] for name in PROXIES if name in os.environ}
    return found


def _limit(pid: int) -> None:
    if hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError):  # it has ended already
            resource.prlimit(pid, resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


async def _kept(stream: asyncio.StreamReader) -> bytes:
    """The beginning of what comes; the rest is read, so that nobody waits for us."""
    kept = bytearray()
    while part := await stream.read(READ_BYTES):
        kept += part[: SAID_BYTES - len(kept)]
    return bytes(kept)


async def _lines(stream: asyncio.StreamReader, tell: Callable[[str], None]) -> str:
    kept, rest, told = bytearray(), b"", 0
    while part := await stream.read(READ_BYTES):
        kept += part[: SAID_BYTES - len(kept)]
        *lines, rest = (rest + part).split(b"\n")
        rest = rest[:READ_BYTES]
        for line in lines:
            told += len(line)
            if told <= SAID_BYTES:
                tell(line.decode("utf-8", "replace"))
    if rest and told <= SAID_BYTES:
        tell(rest.decode("utf-8", "replace"))
    return kept.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    """With all that it has started, whatever happens meanwhile."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDING_SECONDS):
                await asyncio.shield(process.wait())
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
