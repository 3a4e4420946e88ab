"""Where a host forbids that sockets are forwarded: a session of ssh for each connection.

In it the host's own docker passes bytes on to its engine (`docker system dial-stdio`). Hosts allow few
sessions on one connection (MaxSessions, 10 where nothing is said), so there are few at once, and whoever
comes later waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from tui.engine.ssh.process import kill

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 8
"""Sessions at once."""

PART = 1 << 16

WORDS = 20


class Relay:
    """Listens at `path`, and passes each connection on to a `command` of its own.

    said   what those have said on their error output last
    """

    def __init__(self, path: str, command: Sequence[str]) -> None:
        self.said: deque[str] = deque(maxlen=WORDS)
        self._path = path
        self._command = command
        self._room = asyncio.Semaphore(MOST)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, self._path, limit=PART)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer), name="ssh session")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._room:
                await self._pass_on(reader, writer)
        except OSError:
            return  # one of both sides has gone
        finally:
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=PART,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        # Nobody here closes one half of a connection: whoever sends nothing more has gone.
        ways = [
            asyncio.create_task(_copy(reader, process.stdin), name="to the engine"),
            asyncio.create_task(_copy(process.stdout, writer), name="from the engine"),
        ]
        listening = asyncio.create_task(self._listen(process.stderr), name="ssh says")
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([listening], timeout=0.2)  # its last words
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            kill(process)
            # Its end is told only once all has been read that it said.
            await asyncio.gather(_let_go(process.stdout), listening, return_exceptions=True)
            await process.wait()

    async def _listen(self, words: asyncio.StreamReader) -> None:
        while part := await words.read(PART):
            self.said.extend(part.decode("utf-8", "replace").splitlines()[-WORDS:])


async def _let_go(reader: asyncio.StreamReader) -> None:
    while await reader.read(PART):
        pass


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that comes, and then its end."""
    try:
        while part := await reader.read(PART):
            writer.write(part)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        return  # the other side has gone
