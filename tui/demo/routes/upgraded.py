"""A connection that stops being HTTP: it is read and written as bytes from then on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web


def upgraded(
    request: web.BaseRequest, protocol: str, content_type: str = ""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Answer with 101 and take the connection over. Raises ConnectionResetError where it has ended."""
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the client left")
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    read = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.set_protocol(read)
    read.connection_made(transport)
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"HTTP/1.1 101 UPGRADED\r\n{kind}Connection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"
    transport.write(head.encode())
    return reader, asyncio.StreamWriter(transport, read, reader, loop)
