"""Running the user's command: within a time limit, and little of what it says is kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

SECONDS = 10.0
"""Time limit: the end of an operation waits for it."""

SAID_BYTES = 16 * 1024
"""Of its output that are kept; the rest is read and dropped."""

READ_BYTES = 64 * 1024

LAST_WORDS = 0.2
"""Seconds for what it has said last, once it has ended: a child of its own may keep its output open."""


async def run(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run it in the user's home, with `environment` besides ours; how it failed, "" where it did not."""
    program, *arguments = words
    name = os.path.basename(program)  # noqa: PTH119
    said = bytearray()
    async with _listening(said) as output:
        try:
            process = await asyncio.create_subprocess_exec(
                os.path.expanduser(program),  # noqa: ASYNC240, PTH111
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**_ours(), **environment},
                cwd=_home(),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            return f"{name} of [notify] cannot be started: {why}"
        finally:
            os.close(output)
        try:
            async with asyncio.timeout(SECONDS):
                code = await process.wait()
        except TimeoutError:
            return f"{name} of [notify] did not end within {SECONDS:g} s, and was ended"
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
    if code:
        lines = said.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
        return f"{name} of [notify] {how}" + (f": {last}" if last else "")
    return ""


@asynccontextmanager
async def _listening(said: bytearray) -> AsyncIterator[int]:
    """Where output goes, of which the end is in `said` afterwards; whoever gets it closes it.

    A pipe of our own: asyncio waits for its own ones until all children of the program have ended too.
    """
    end, output = os.pipe()
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(end, "rb")
    )
    reading = asyncio.create_task(_keep(stream, said))
    try:
        yield output
        await asyncio.wait([reading], timeout=LAST_WORDS)
    finally:
        reading.cancel()
        transport.close()


async def _keep(stream: asyncio.StreamReader, said: bytearray) -> None:
    """The end of what comes."""
    while part := await stream.read(READ_BYTES):
        said += part
        del said[:-SAID_BYTES]


def _home() -> str:
    home = os.path.expanduser("~")  # noqa: PTH111
    return home if Path(home).is_dir() else "/"


def _ours() -> dict[str, str]:
    """The environment as the user has it: without where an operation's process finds this very package."""
    import tui

    package = str(Path(tui.__file__).resolve().parent.parent)
    found = dict(os.environ)
    kept = [path for path in found.pop("PYTHONPATH", "").split(os.pathsep) if path not in ("", package)]
    return found | ({"PYTHONPATH": os.pathsep.join(kept)} if kept else {})
