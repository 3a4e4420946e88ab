"""What a probe over HTTP and HTTPS asks, and which answers it takes."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tui.engine.transport import UnixTransport
from tui.operations.deploying.probes import Asking, ask_http, trust

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

dial = UnixTransport("/none").dial
"""As a port of this machine is asked."""


class Server:
    """Answers 200 to whatever it is asked, and keeps it; says `plain` before, where that is not empty."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.port = 0
        self.asked: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.plain.encode())
        try:
            self.asked = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, plain: str = "") -> AsyncIterator[Server]:
    found = Server(plain)
    server = await asyncio.start_server(found.answer, "127.0.0.1", 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of shop.example.com, signed by itself: "ca.crt" and "key"."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=DNS:shop.example.com",
            "-keyout", folder / "key", "-out", folder / "ca.crt",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


async def test_host_and_headers_are_sent() -> None:
    async with serving() as server:
        asking = Asking(
            "/up?x=1", "shop.example.com", headers={"X-Forwarded-Proto": "https", "accept": "a/b"}
        )
        assert await ask_http(dial, "127.0.0.1", server.port, asking) == ""
    assert server.asked[:2] == ["GET /up?x=1 HTTP/1.1", "Host: shop.example.com"]
    assert "X-Forwarded-Proto: https" in server.asked
    assert [line for line in server.asked if line.lower().startswith("accept:")] == ["accept: a/b"]


async def test_https_wants_a_certificate_of_that_host(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate / "ca.crt", certificate / "key")
    asking = Asking("/", "shop.example.com:8443")

    async def said(asking: Asking, *, verify: bool) -> str:
        return await ask_http(dial, "127.0.0.1", server.port, asking._replace(tls=trust(verify=verify)))

    async with serving(own) as server:
        assert "certificate is not accepted: self-signed" in await said(asking, verify=True)
        assert await said(asking, verify=False) == ""
        assert "Host: shop.example.com:8443" in server.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "ca.crt"))
        assert await said(asking, verify=True) == ""
        assert "Hostname mismatch" in await said(asking._replace(name="localhost"), verify=True)
        assert await ask_http(dial, "127.0.0.1", server.port, asking) != ""
    async with serving(plain="SSH-2.0\r\n") as server:
        assert await said(asking, verify=False) == "it does not speak TLS"
