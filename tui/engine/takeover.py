"""Requests that take their connection over: after the head of the answer it carries another protocol.

aiohttp has no public way to hand such a connection over, so it is opened and greeted here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from yarl import URL

from tui.engine.bounds import ANSWER_SECONDS
from tui.engine.error_mapping import translated
from tui.engine.errors import MalformedAnswer, refusal
from tui.engine.wire import REASON_BYTES, Wire, plain_reason

if TYPE_CHECKING:
    from collections.abc import Sequence


async def take_over(
    wire: Wire, path: str, protocol: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """POST to a path and switch to a protocol ("tcp", "h2c"); the caller closes the writer.

    Raises EngineError. Headers must be fit for HTTP as they are.
    """
    origin = URL(wire.transport.origin)
    fields = [
        ("Host", origin.authority),
        ("Connection", "Upgrade"),
        ("Upgrade", protocol),
        *headers,
        ("Content-Length", str(len(body))),
    ]
    target = origin.raw_path.rstrip("/") + wire.target(path)
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]

    async def connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await wire.transport.ready()
        with translated(wire.endpoint):
            return await wire.transport.open()

    reader, writer = await wire.repeated(connected)
    try:
        with translated(wire.endpoint):
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write("\r\n".join(lines).encode() + body)
                status, length = head(await reader.readuntil(b"\r\n\r\n"))
                if status not in (101, 200):
                    raise refusal(status, plain_reason(await _some(reader, length)))
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _some(reader: asyncio.StreamReader, length: int) -> bytes:
    """The body of an error, or its beginning; a length of -1 is unknown."""
    most = min(length, REASON_BYTES) if length >= 0 else REASON_BYTES
    found = b""
    while len(found) < most and (part := await reader.read(most - len(found))):
        found += part
    return found


def head(answered: bytes) -> tuple[int, int]:
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
