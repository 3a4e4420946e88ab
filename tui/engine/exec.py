"""Processes started inside running containers (Engine API, section Exec).

Starting one takes over its connection: after the head of the answer both directions carry the terminal's
bytes, or, without a terminal, frames of output ("Stream format" under ContainerAttach). aiohttp has no public
way to hand a connection over, so this one is opened and greeted here.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

from tui.engine.error_mapping import readable, translated
from tui.engine.errors import MalformedAnswer, RequestRefused, StreamBroken
from tui.engine.jsonmessage import parse
from tui.engine.payloads import exec_created, exec_ended
from tui.engine.takeover import take_over
from tui.engine.wire import Wire, segment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from types import TracebackType

READ_BYTES = 1 << 16
"""Most bytes that one `read` gives."""

HEAD_BYTES = 8
"""Of a frame: the stream, three zeros, and the size as a big-endian number."""

DETACH_KEYS = "ctrl-^,ctrl-q"
"""Instead of the engine's "ctrl-p,ctrl-q", which keeps Ctrl+P, a key of every shell, until the next key."""

RESIZE_TRIES = 10

END_SECONDS = 5.0
"""How long the engine may take to know the exit code after the output has ended."""


class Execs:
    """Starts processes inside the containers of one engine."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def open(
        self,
        container_id: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        columns: int = 80,
        rows: int = 24,
    ) -> ExecSession:
        """Start a command on a terminal of its own inside a running container.

        Raises EngineError: NotFound without such a container, Conflict where it does not run. A command that
        is not there is no error here: the session's output says so, and its exit code is 126 or 127.
        """
        body = {
            "AttachStdin": True,
            "AttachStdout": True,
            "AttachStderr": True,
            "Tty": True,
            "DetachKeys": DETACH_KEYS,
            "Env": [f"{name}={value}" for name, value in (environment or {}).items()],
            "Cmd": [*command],
        }
        id = await self._create(container_id, body)
        reader, writer = await self._start(id, tty=True)
        session = ExecSession(self._wire, id, reader, writer)
        try:
            await session.size_at_start(columns, rows)
        except BaseException:
            await session.close()
            raise
        return session

    @asynccontextmanager
    async def run(
        self,
        container_id: str,
        command: Sequence[str],
        *,
        user: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> AsyncIterator[ExecOutput]:
        """Run a command without a terminal inside a running container, with nothing to read.

        `async with execs.run(...) as process: async for stream, part in process: ...`, then
        `await process.wait()`. Raises EngineError as `open` does. Leaving the block early lets go of the
        process: the Engine API has no way to end it, and it runs on as long as its container.
        """
        body = {
            "AttachStdout": True,
            "AttachStderr": True,
            "User": user,
            "Env": [f"{name}={value}" for name, value in (environment or {}).items()],
            "Cmd": [*command],
        }
        id = await self._create(container_id, body)
        reader, writer = await self._start(id, tty=False)
        try:
            yield ExecOutput(self._wire, id, reader)
        finally:
            writer.close()

    async def _create(self, container_id: str, body: Mapping[str, object]) -> str:
        path = f"/containers/{segment(container_id)}/exec"
        answer = parse(await self._wire.ask("POST", path, body=body, twice=True))  # it starts nothing yet
        with readable("POST /containers/{id}/exec"):
            return exec_created(answer)

    async def _start(self, id: str, *, tty: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        body = json.dumps({"Detach": False, "Tty": tty}).encode()
        headers = [("Content-Type", "application/json")]
        return await take_over(self._wire, f"/exec/{segment(id)}/start", "tcp", headers, body)


class ExecSession:
    """A process inside a container, on a terminal of its own; close it, or use it with `async with`."""

    def __init__(
        self, wire: Wire, id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.id = id
        self._wire = wire
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        """What the process has written since, b"" when it has ended. Raises EngineError."""
        with translated(self._wire.endpoint, reading=True):
            return await self._reader.read(READ_BYTES)

    async def write(self, keys: bytes) -> None:
        """Type into the terminal; waits while the engine does not take it. Raises EngineError."""
        with translated(self._wire.endpoint, reading=True):
            self._writer.write(keys)
            await self._writer.drain()

    async def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, in cells. Raises EngineError."""
        await self._wire.ask("POST", f"/exec/{segment(self.id)}/resize", {"h": rows, "w": columns})

    async def size_at_start(self, columns: int, rows: int) -> None:
        """As `resize`, for the moment after the start, when the engine may not know the terminal yet."""
        for _ in range(RESIZE_TRIES):
            try:
                await self.resize(columns, rows)
            except RequestRefused:  # too early, or the process has ended already
                await asyncio.sleep(0.01)
            else:
                return

    async def wait(self) -> int:
        """The exit code, once the output has ended.

        Raises StreamBroken when the process still runs although its output has ended.
        """
        return await _exit_code(self._wire, self.id)

    async def close(self) -> None:
        """Let go of the connection; a process that still runs loses its terminal's other end."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return  # the other side was quicker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class ExecOutput:
    """What a process without a terminal writes: (stream, part) each, stream 1 stdout, 2 stderr.

    Parts are cut anywhere, and hold at most READ_BYTES; while none is taken the process has to wait.
    """

    def __init__(self, wire: Wire, id: str, reader: asyncio.StreamReader) -> None:
        self.id = id
        self._wire = wire
        self._reader = reader

    async def __aiter__(self) -> AsyncIterator[tuple[int, bytes]]:
        while (frame := await self._frame()) is not None:
            stream, left = frame
            while left:
                part = await self._read(min(left, READ_BYTES))
                if not part:
                    raise StreamBroken("the output of the process ended in the middle")
                left -= len(part)
                yield stream, part

    async def _frame(self) -> tuple[int, int] | None:
        """Stream and size of the next frame, None at the end."""
        head = b""
        while len(head) < HEAD_BYTES:
            part = await self._read(HEAD_BYTES - len(head))
            if not part and not head:
                return None
            if not part:
                raise StreamBroken("the output of the process ended in the middle")
            head += part
        if head[0] not in (1, 2) or head[1:4] != b"\0\0\0":
            raise MalformedAnswer("the engine sent output that is not framed as the Engine API says")
        return head[0], int.from_bytes(head[4:])

    async def _read(self, most: int) -> bytes:
        with translated(self._wire.endpoint, reading=True):
            return await self._reader.read(most)

    async def wait(self) -> int:
        """The exit code, once the output has ended; 126 or 127 for a command that is not there.

        Raises StreamBroken when the process still runs although its output has ended.
        """
        return await _exit_code(self._wire, self.id)


async def _exit_code(wire: Wire, id: str) -> int:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + END_SECONDS
    pause = 0.005
    while loop.time() < deadline:
        item = await wire.get(f"/exec/{segment(id)}/json")
        with readable("GET /exec/{id}/json"):
            code = exec_ended(item)
        if code is not None:
            return code
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.2)
    raise StreamBroken("the connection to the process ended, and the process still runs")
