from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import http_exceptions
from yarl import URL

from tests.unit.engine.test_error_mapping import below, instance
from tui.registry import wire
from tui.registry.client import Registry
from tui.registry.errors import (
    CertificateUntrusted,
    RegistryError,
    RegistryUnreachable,
    TlsMismatch,
)
from tui.registry.tls import ssl_context
from tui.registry.wire import Wire, proxy_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.scripted_registry import ScriptedRegistry

WEB = "team/web"


async def tags(host: str, *, insecure: bool = False, certificates: str = "/nonexistent") -> list[str]:
    async with Registry(host, insecure=insecure, certificates=certificates) as registry:
        return await registry.tags(WEB)


@asynccontextmanager
async def saying(answer: bytes | None) -> AsyncIterator[str]:
    """The address of a server that answers anything with these bytes and hangs up; None for never."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await asyncio.sleep(60)
        await reader.read(1)
        writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_plain_http_where_tls_was_expected(scripted: ScriptedRegistry) -> None:
    with pytest.raises(TlsMismatch, match=f"{scripted.address} speaks plain HTTP") as caught:
        await tags(scripted.address)
    assert f'"insecure-registries": ["{scripted.address}"]' in caught.value.hint
    assert caught.value.exit_status == 3
    assert scripted.requests == []


async def test_an_insecure_registry_may_speak_plain_http(scripted: ScriptedRegistry) -> None:
    assert await tags(scripted.address, insecure=True) == []


async def test_tls_is_tried_first_also_where_it_need_not_be(with_tls: ScriptedRegistry) -> None:
    assert await tags(with_tls.address, insecure=True) == []
    assert [request.scheme for request in with_tls.requests] == ["https", "https"]


async def test_tls_where_plain_http_was_expected() -> None:
    # A server that wants another TLS than ours, and tells plain HTTP to go away, as Go's do.
    answer = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    alert = b"\x15\x03\x01\x00\x02\x02\x28"  # handshake_failure

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1)
        writer.write(alert if first == b"\x16" else answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(RegistryUnreachable, match="no TLS connection to the registry") as caught:
        await tags(host, insecure=True)
    assert isinstance(caught.value.__cause__, TlsMismatch)
    server.close()


async def test_a_wire_of_plain_http_says_that_the_other_side_speaks_tls(
    with_tls: ScriptedRegistry, tmp_path: Path
) -> None:
    tls = ssl_context("x", str(tmp_path), insecure=True)
    async with Wire(with_tls.address, tls) as plain:
        with pytest.raises(RegistryUnreachable):
            await plain.send("GET", URL(f"http://{with_tls.address}/v2/"))
    async with saying(b"\x15\x03\x01\x00\x02\x02\x46") as host, Wire(host, tls) as plain:
        with pytest.raises(TlsMismatch, match="speaks TLS, and plain HTTP was expected") as caught:
            await plain.send("GET", URL(f"http://{host}/v2/"))
        assert "insecure-registries" in caught.value.hint


async def test_a_certificate_that_nobody_vouches_for(with_tls: ScriptedRegistry) -> None:
    with pytest.raises(CertificateUntrusted, match=f"{with_tls.address} is not trusted") as caught:
        await tags(with_tls.address)
    assert f"/etc/docker/certs.d/{with_tls.address}/ca.crt" in caught.value.hint
    assert "self" in caught.value.detail[0]


async def test_a_certificate_kept_for_the_engine_counts(
    with_tls: ScriptedRegistry, certificate: Path, tmp_path: Path
) -> None:
    folder = tmp_path / with_tls.address
    folder.mkdir()
    (folder / "ca.crt").symlink_to(certificate / "ca.crt")
    assert await tags(with_tls.address, certificates=str(tmp_path)) == []
    # a certificate of the client, with its key
    (folder / "client.cert").symlink_to(certificate / "ca.crt")
    (folder / "client.key").symlink_to(certificate / "key")
    assert await tags(with_tls.address, certificates=str(tmp_path)) == []


@pytest.mark.parametrize("name", ["ca.crt", "client.cert"])
async def test_a_file_that_is_no_certificate_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "registry:5000").mkdir()
    (tmp_path / "registry:5000" / name).write_text("nothing")
    with pytest.raises(RegistryError, match=f"registry:5000/{name} cannot be used"):
        await tags("registry:5000", certificates=str(tmp_path))


@pytest.mark.parametrize("insecure", [False, True])
async def test_nothing_listens(insecure: bool) -> None:
    with pytest.raises(
        RegistryUnreachable, match=r"127\.0\.0\.1:1 is out of reach: Connection refused"
    ) as caught:
        await tags("127.0.0.1:1", insecure=insecure)
    assert caught.value.exit_status == 3
    assert caught.value.hint


async def test_an_unknown_name() -> None:
    with pytest.raises(RegistryUnreachable, match=r"nowhere\.invalid"):
        await tags("nowhere.invalid")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "in the middle of an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "in the middle of an answer"),
        (b"220 smtp\r\n\r\n", ""),
    ],
)
async def test_a_server_that_is_no_registry(answer: bytes, says: str) -> None:
    async with saying(answer) as host:
        with pytest.raises(RegistryError, match=f"{host}.*{says}"):
            await tags(host, insecure=True)


async def test_a_registry_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.2)
    async with saying(None) as host:
        with pytest.raises(RegistryUnreachable, match="did not answer in time"):
            await tags(host)


KINDS = sorted(
    {
        kind
        for root in (aiohttp.ClientError, http_exceptions.HttpProcessingError)
        for kind in below(root)
        if kind.__module__.startswith("aiohttp")
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize(
    "kind", [*KINDS, OSError, TimeoutError, UnicodeError], ids=lambda kind: kind.__name__
)
def test_every_error_of_the_library_has_a_meaning(kind: type[BaseException], tmp_path: Path) -> None:
    made = Wire("registry:5000", ssl_context("x", str(tmp_path), insecure=False))
    found = made._meaning(instance(kind), URL("https://registry:5000/v2/"))
    assert isinstance(found, RegistryError)
    assert "registry:5000" in found.message


def test_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", ".internal.example.com,registry")
    assert proxy_for(URL("https://ghcr.io/v2/")) == "http://proxy.example.com:3128"
    assert proxy_for(URL("http://ghcr.io/v2/")) is None
    assert proxy_for(URL("https://a.internal.example.com/v2/")) is None
    assert proxy_for(URL("https://registry:5000/v2/")) is None
    assert proxy_for(URL("https://127.0.0.1:5000/v2/")) is None
    assert proxy_for(URL("https://[::1]:5000/v2/")) is None
