"""Asking a container whether it serves: over HTTP, by a TCP connection, by a command inside it.

Each returns "" where it serves, and otherwise why it does not yet. What asks is `gate`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine

TRY_SECONDS = 5.0
"""How long one try over the network may take."""

COMMAND_SECONDS = 30.0
"""How long one try of a command may take, as Docker's own health checks."""

QUIET_SECONDS = 0.3
"""How long a TCP connection must stay open to count.

A published port is accepted by the engine's proxy even where nothing listens behind it; the proxy then closes
the connection as soon as it knows.
"""

HEADERS = 200
OUTPUT_BYTES = 4096


async def ask_http(host: str, port: int, path: str, name: str, status: int) -> str:
    """GET a path; redirects are not followed. `name` goes as the Host; `status` 0 means any below 400."""
    try:
        async with asyncio.timeout(TRY_SECONDS):
            found = await _http_status(host, port, path, name)
    except TimeoutError:
        return f"no answer within {TRY_SECONDS:g} s"
    except (OSError, EOFError):
        return "no HTTP answer yet"
    except ValueError:
        return "the answer is not HTTP"
    good = found == status if status else found < 400
    wanted = str(status) if status else "below 400"
    return "" if good else f"HTTP status {found} instead of {wanted}"


async def _http_status(host: str, port: int, path: str, name: str) -> int:
    """The final status (RFC 9112): answers of the kind 1xx come before it."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: holdfast\r\nAccept: */*\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        await writer.drain()
        while (found := _status(await reader.readuntil(b"\n"))) < 200:
            for _ in range(HEADERS):
                if not (await reader.readuntil(b"\n")).strip():
                    break
        return found
    finally:
        writer.close()


def _status(line: bytes) -> int:
    """Of the first line of an answer. Raises ValueError where it is none."""
    version, code, *_ = [*line.split(None, 2), b"", b""]
    if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit():
        raise ValueError
    return int(code)


async def ask_tcp(host: str, port: int) -> str:
    """Whether a connection is accepted, and stays open or says something."""
    try:
        async with asyncio.timeout(TRY_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"no connection within {TRY_SECONDS:g} s"
    except OSError:
        return "it refuses connections"
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            said = await reader.read(1)
    except TimeoutError:
        return ""
    except OSError:
        said = b""
    finally:
        writer.close()
    return "" if said else "nothing listens yet"


async def ask_command(engine: Engine, container_id: str, command: Sequence[str]) -> str:
    """Whether a command inside the container exits with 0. Raises EngineError."""
    output = b""
    try:
        async with (
            asyncio.timeout(COMMAND_SECONDS),
            engine.execs.run(container_id, command) as process,
        ):
            async for _stream, part in process:
                output = (output + part)[-OUTPUT_BYTES:]
            code = await process.wait()
    except TimeoutError:
        return f"the command did not end within {COMMAND_SECONDS:g} s"
    except RequestRefused as error:
        return error.reason or "the engine does not start the command"
    words = output.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return "" if code == 0 else f"exit code {code}" + (f": {words}" if words else "")
