"""An engine that says what a test tells it to, byte by byte, over a real unix socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from pathlib import Path

VERSION = {
    "Platform": {"Name": "Docker Engine - Community"},
    "Version": "28.5.2",
    "ApiVersion": "1.51",
    "MinAPIVersion": "1.24",
    "Os": "linux",
    "Arch": "amd64",
}

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answered(body: object = None, status: str = "200 OK", *headers: str) -> Script:
    """A script that gives one answer; what is not bytes goes as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers, "", ""])

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + raw)

    return write


def streamed(*pieces: bytes, then_wait: bool = True) -> Script:
    """A script that sends HTTP chunks and then stays silent, or ends properly."""

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if then_wait:
            await asyncio.sleep(60)
        writer.write(b"0\r\n\r\n")

    return write


def raw(text: bytes) -> Script:
    """A script that writes exactly these bytes and hangs up."""

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()
        writer.close()

    return write


class ScriptedEngine:
    """Answers by path (without the version), and notes what was asked and which connections were closed.

    requests   "GET /v1.51/containers/json?all=true", in order
    heads      the same with their headers
    closed     set for each path when the other side has closed a connection that asked for it
    """

    def __init__(self, path: Path) -> None:
        self.endpoint = Endpoint(f"unix://{path}", "the test")
        self.scripts: dict[str, Script] = {"/version": answered(VERSION)}
        self.requests: list[str] = []
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.closed: dict[str, asyncio.Event] = {}
        self._path = path

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = ""
        task: asyncio.Task[None] | None = None
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, _ = head.decode().split(" ", 2)
                path = "/" + target.split("?")[0].split("/", 2)[-1] if target.startswith("/v1.") else target
                self.requests.append(f"{method} {target}")
                self.heads.append(head.decode())
                for line in head.decode().lower().split("\r\n"):
                    if line.startswith("content-length:"):
                        self.bodies.append(await reader.readexactly(int(line.partition(":")[2])))
                script = self.scripts.get(
                    path, answered({"message": f"no script for {path}"}, "404 Not Found")
                )
                self.closed.setdefault(path, asyncio.Event())
                task = asyncio.create_task(script(reader, writer))  # type: ignore[arg-type]
                if b"HTTP/1.0\r\n" in head:
                    task.add_done_callback(lambda _: writer.close())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if task is not None:
                task.cancel()
            writer.close()
            self.closed.setdefault(path, asyncio.Event()).set()

    async def stop(self) -> None:
        self._server.close()


@pytest.fixture
async def scripted(tmp_path: Path) -> AsyncIterator[ScriptedEngine]:
    engine = ScriptedEngine(tmp_path / "engine.sock")
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def engine(scripted: ScriptedEngine) -> AsyncIterator[Engine]:
    async with await Engine.connect(scripted.endpoint) as engine:
        yield engine
