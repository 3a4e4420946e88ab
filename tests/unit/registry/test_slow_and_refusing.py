"""A registry that is slow, never ends or refuses for ever is named, and soon."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tui.registry import client
from tui.registry.client import Registry
from tui.registry.errors import LoginRefused, RegistrySilent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BODY = b'{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}'
REFUSAL = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: %d\r\n\r\n%s'


@asynccontextmanager
async def serving(manifests: str) -> AsyncIterator[str]:
    """/v2/ is answered; a manifest never, without an end, or with a refusal that has a body also for HEAD."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.readexactly(1) == b"\x16":
                return  # no TLS here
            while head := await reader.readuntil(b"\r\n\r\n"):
                if manifests == "refused":
                    writer.write(REFUSAL % (len(BODY), BODY))
                elif b"/manifests/" not in head:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                elif manifests == "silent":
                    await asyncio.sleep(60)
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\n")
                    while True:
                        writer.write(b"X-More: more\r\n")
                        await asyncio.sleep(0.05)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize("kind", ["silent", "endless"])
async def test_what_a_tag_names_is_not_waited_for_long(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MANIFEST_SECONDS", 0.3)
    async with serving(kind) as host, asyncio.timeout(5), Registry(host, insecure=True) as registry:
        with pytest.raises(RegistrySilent, match=f"the registry {host} did not say within 0.3 s"):
            await registry.digest("web", "v1")


async def test_a_refusal_for_ever_is_a_refused_login() -> None:
    async with serving("refused") as host, Registry(host, insecure=True) as registry:
        with pytest.raises(LoginRefused, match=f"the registry {host} refuses to answer without a login"):
            await registry.digest("web", "v1")
