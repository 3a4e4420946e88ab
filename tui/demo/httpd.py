"""busybox httpd in a simulated container: the one program that really listens, on the loopback.

It does so at its container's own address, which is one of 127.0.0.0/8, and where its port is published.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import posixpath
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.objects import Container

LONGEST_HEAD = 8192
PATIENCE = 10.0
"""Seconds that a client has for its request."""


class Site:
    """What a command of httpd serves: a folder of a container, on one of its ports."""

    def __init__(self, port: int, folder: str) -> None:
        self.port = port
        self.folder = folder


def site_of(container: Container) -> Site | None:
    """None where it runs no httpd."""
    words = container.command
    if not words or posixpath.basename(words[0]) != "httpd":
        return None
    options = dict(itertools.pairwise(words[1:]))
    port = options.get("-p", "80").rpartition(":")[2]
    folder = options.get("-h") or str(container.config.get("WorkingDir") or "/")
    return Site(int(port) if port.isdigit() else 80, folder)


def published(container: Container, port: int) -> list[tuple[str, int]]:
    """Where on the loopback a port is published; all addresses of the host are the loopback here."""
    found = container.bindings(f"{port}/tcp")
    return [("127.0.0.1", number) for address, number in found if address in ("0.0.0.0", "127.0.0.1")]


def choose(container: Container, site: Site) -> None:
    """Find a free port where the choice was left to the engine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        container.chosen[f"{site.port}/tcp"] = int(free.getsockname()[1])


async def serve(container: Container, site: Site, files: Callable[[Container], Mapping[str, str]]) -> None:
    """Listen until cancelled; where somebody else has the port, nothing is served."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(PATIENCE):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ")[1].partition("?")[0] if " " in head else "/"
                writer.write(_answer(files(container), site.folder, path))
                await writer.drain()
        writer.close()

    servers: list[asyncio.Server] = []
    try:
        own = [(address, site.port) for address in container.networks.values() if address]
        for address, port in (*published(container, site.port), *own):
            with contextlib.suppress(OSError):
                servers.append(await asyncio.start_server(answer, address, port, limit=LONGEST_HEAD))
        await asyncio.Event().wait()
    finally:
        for server in servers:
            server.close()


def _answer(files: Mapping[str, str], folder: str, path: str) -> bytes:
    wanted = posixpath.normpath(posixpath.join(folder, path.lstrip("/") or "index.html"))
    held = files.get(wanted)
    words = "200 OK" if held is not None else "404 Not Found"
    body = (held if held is not None else "404 Not Found\n").encode()
    head = f"HTTP/1.1 {words}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body
