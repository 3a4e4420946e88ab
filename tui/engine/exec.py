"""Processes started inside running containers (Engine API, section Exec).

Starting one takes over its connection: after the head of the answer both directions carry the terminal's
bytes. aiohttp has no public way to hand a connection over, so this one is opened and greeted here.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Self

from tui.engine.errors import MalformedAnswer, RequestRefused, StreamBroken, refusal
from tui.engine.faults import readable, translated
from tui.engine.jsonmessage import parse
from tui.engine.payloads import exec_created, exec_ended
from tui.engine.wire import ANSWER_SECONDS, Wire, plain_reason, segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

READ_BYTES = 1 << 16
"""Most bytes that one `read` gives."""

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
        answer = parse(await self._wire.ask("POST", f"/containers/{segment(container_id)}/exec", body=body))
        with readable("POST /containers/{id}/exec"):
            id = exec_created(answer)
        reader, writer = await self._start(id)
        session = ExecSession(self._wire, id, reader, writer)
        try:
            await session.size_at_start(columns, rows)
        except BaseException:
            await session.close()
            raise
        return session

    async def _start(self, id: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        body = json.dumps({"Detach": False, "Tty": True}).encode()
        head = (
            f"POST {self._wire.target(f'/exec/{segment(id)}/start')} HTTP/1.1\r\n"
            "Host: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        endpoint = self._wire.endpoint
        with translated(endpoint):
            reader, writer = await self._wire.transport.open()
        try:
            with translated(endpoint):
                async with asyncio.timeout(ANSWER_SECONDS):
                    writer.write(head.encode() + body)
                    answered = await reader.readuntil(b"\r\n\r\n")
                    status, length = _head(answered)
                    if status not in (101, 200):
                        raise refusal(status, plain_reason(await reader.read(length)))
        except BaseException:
            writer.close()
            raise
        return reader, writer


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
        loop = asyncio.get_running_loop()
        deadline = loop.time() + END_SECONDS
        pause = 0.005
        while loop.time() < deadline:
            item = await self._wire.get(f"/exec/{segment(self.id)}/json")
            with readable("GET /exec/{id}/json"):
                code = exec_ended(item)
            if code is not None:
                return code
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.2)
        raise StreamBroken("the connection to the process ended, and the process still runs")

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


def _head(answered: bytes) -> tuple[int, int]:
    """Status, and the length of the body (-1: until the end), of the head of an answer."""
    first, *headers = answered.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise MalformedAnswer("the engine's answer is not HTTP as it should be")
    length = -1
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length" and value.strip().isdigit():
            length = int(value)
    return int(words[1]), length
