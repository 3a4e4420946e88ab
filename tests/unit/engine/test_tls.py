"""Engines that are reached by TCP: what works, and what is said of every way in which it does not."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import threading
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.certificates import CLIENT, Authority, Pair
from tui.certificates import Distrust
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.engine.errors import (
    ClientUntrusted,
    ConnectionFailed,
    EndpointUnusable,
    EngineError,
    EngineStopping,
    EngineUntrusted,
    TlsMismatch,
)
from tui.engine.transports import transport_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tui.errors import HoldfastError

VERSION = json.dumps(
    {"Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "a stranger")


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.pair("engine", "localhost", "127.0.0.1")


def files(authority: Authority, client: Pair | None = None) -> Tls:
    cert, key = client or ("", "")
    return Tls(f"{authority.ca}", f"{cert}", f"{key}")


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while b"/version" in await reader.readuntil(b"\r\n\r\n"):
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(VERSION)}"
            writer.write(f"{head}\r\n\r\n{VERSION}".encode())
            await writer.drain()
    except (OSError, EOFError):
        pass
    finally:
        writer.close()


def _server_tls(shown: Pair, clients: Authority | None) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*shown)
    if clients is not None:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(clients.ca)
    return tls


@asynccontextmanager
async def serving(shown: Pair, clients: Authority | None = None) -> AsyncIterator[int]:
    """Something that answers GET /version; it wants to be shown a certificate of `clients`. Its port."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=_server_tls(shown, clients))
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # of handshakes that fail on purpose
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def refusing(shown: Pair, clients: Authority) -> Iterator[int]:
    """Takes connections, each with what the client is not told by asyncio's servers: why it is refused."""
    tls = _server_tls(shown, clients)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    taken, _ = listening.accept()
                    with taken, suppress(OSError):
                        raw = socket.socket(fileno=os.dup(taken.fileno()))
                        with suppress(OSError):
                            tls.wrap_socket(raw, server_side=True)
                        taken.shutdown(socket.SHUT_WR)
                        while taken.recv(4096):
                            pass

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    serving.join()


async def refused(port: int, tls: Tls | None, source: str = "DOCKER_HOST") -> HoldfastError:
    endpoint = Endpoint(f"tcp://127.0.0.1:{port}", source, tls)
    with pytest.raises(EngineError) as caught:
        await Engine.connect(endpoint)
    return caught.value


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_engine_is_spoken_to_by_tls(authority: Authority, pair: Pair, host: str) -> None:
    client = authority.pair("client", usage=(CLIENT,))
    async with serving(pair, authority) as port:
        endpoint = Endpoint(f"tcp://{host}:{port}", "DOCKER_HOST", files(authority, client))
        async with await Engine.connect(endpoint) as engine:
            assert engine.version.version == "28.5.2"


async def test_https_is_verified_by_the_authorities_of_this_machine(
    authority: Authority, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(pair) as port:
        endpoint = Endpoint(f"https://127.0.0.1:{port}", "--host")
        with pytest.raises(EngineUntrusted, match="which this machine does not trust"):
            await Engine.connect(endpoint)
        monkeypatch.setenv("SSL_CERT_FILE", f"{authority.ca}")
        async with await Engine.connect(endpoint) as engine:
            assert engine.version.api == "1.51"


async def test_a_certificate_that_is_trusted_itself_needs_no_authority(
    authority: Authority, pair: Pair
) -> None:
    """As Docker takes it: whatever stands in the file is trusted as it is."""
    async with (
        serving(pair) as port,
        await Engine.connect(Endpoint(f"tcp://127.0.0.1:{port}", "--host", Tls(f"{pair.cert}"))) as engine,
    ):
        assert engine.version.api == "1.51"


async def test_what_is_wrong_with_an_engine_s_certificate_is_said(
    authority: Authority, stranger: Authority, pair: Pair
) -> None:
    expired = authority.pair("expired", "127.0.0.1", days=(-9, -1))
    early = authority.pair("early", "127.0.0.1", days=(1, 9))
    other = authority.pair("other", "web-1", "10.0.0.5")
    nameless = authority.pair("nameless")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
    table = [
        (expired, authority, Distrust.EXPIRED, f"has expired on {day}", "clock of this machine"),
        (early, authority, Distrust.EARLY, f"is not valid yet: it is from {tomorrow}", "date"),
        (other, authority, Distrust.NAME, "not for 127.0.0.1: it is for web-1, 10.0.0.5", "subjectAltName"),
        (nameless, authority, Distrust.NAME, "it is for no host name at all", "subjectAltName"),
        (
            pair,
            stranger,
            Distrust.AUTHORITY,
            f'by "the tests\' authority", which is not in {stranger.ca}',
            "(ca)",
        ),
    ]
    for shown, trusted, why, said, hint in table:
        async with serving(shown) as port:
            error = await refused(port, files(trusted))
            assert isinstance(error, EngineUntrusted), error
            assert error.why is why
            assert f"tcp://127.0.0.1:{port} (DOCKER_HOST)" in error.message
            assert said in error.message
            assert hint in error.hint
            assert error.exit_status == 3
            unverified = Endpoint(f"tcp://127.0.0.1:{port}", "--host", Tls(verify=False))
            async with await Engine.connect(unverified) as engine:
                assert engine.version.api == "1.51"


async def test_what_an_engine_does_not_like_of_this_client_is_said(
    authority: Authority, stranger: Authority, pair: Pair
) -> None:
    unknown = stranger.pair("client", usage=(CLIENT,))
    expired = authority.pair("old-client", usage=(CLIENT,), days=(-9, -1))
    table = [
        (None, "wants a certificate of this client, and none is named"),
        (unknown, f"refuses this client's certificate {unknown.cert}, signed by a stranger: unknown ca"),
        (expired, f"refuses this client's certificate {expired.cert}: it has expired on "),
    ]
    with refusing(pair, authority) as port:
        for client, said in table:
            error = await refused(port, files(authority, client))
            assert isinstance(error, ClientUntrusted), error
            assert said in error.message
            assert error.hint


async def test_where_nothing_is_said_a_certificate_that_is_not_named_may_be_why(
    authority: Authority, pair: Pair
) -> None:
    async with serving(pair, authority) as port:
        error = await refused(port, files(authority))
    assert isinstance(error, EngineStopping)
    assert "it wants a certificate of this client, and none is named" in error.hint


@asynccontextmanager
async def in_plain_text(answer: str) -> AsyncIterator[int]:
    """Answers whatever comes, without TLS; its port."""

    async def go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(answer.encode())
        writer.close()

    async with await asyncio.start_server(go, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_who_speaks_tls_and_who_does_not_is_said(authority: Authority) -> None:
    async with in_plain_text("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as port:
        error = await refused(port, files(authority))
    assert isinstance(error, TlsMismatch)
    assert "does not speak TLS, and TLS was expected" in error.message
    assert "2376" in error.hint
    go = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    async with in_plain_text(go) as port:
        error = await refused(port, None, "context prod")
    assert isinstance(error, TlsMismatch)
    assert "speaks TLS, and was spoken to without" in error.message
    assert "docker context update prod" in error.hint


async def test_a_place_where_nobody_listens_is_said() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    error = await refused(port, None)
    assert type(error) is ConnectionFailed
    assert error.message == f"nothing listens at tcp://127.0.0.1:{port} (DOCKER_HOST)"
    assert "-H tcp://" in error.hint


async def test_what_is_wrong_with_the_files_is_said_with_the_file(
    authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    client, other = authority.pair("client", usage=(CLIENT,)), stranger.pair("client", usage=(CLIENT,))
    locked = authority.pair("locked", usage=(CLIENT,), passphrase="correct horse")
    good = files(authority, client)
    gone, text = f"{tmp_path}/none.pem", tmp_path / "text.pem"
    text.write_text("no certificate\n")
    at = "for tcp://127.0.0.1:1"
    table = [
        (good._replace(ca=gone), f"the certificate of its authority (ca) {at} is not there: {gone}"),
        (good._replace(cert=gone), f"the certificate of this client (cert) {at} is not there: {gone}"),
        (good._replace(key=gone), f"the key of this client (key) {at} is not there: {gone}"),
        (good._replace(ca=f"{tmp_path}"), f"cannot be read: {tmp_path}: Is a directory"),
        (good._replace(ca="/dev/zero"), "cannot be read: /dev/zero: it is a device, and no regular file"),
        (good._replace(ca=f"{text}"), f"{text} holds no certificate as PEM text"),
        (good._replace(cert=good.key), f"{good.key} holds no certificate as PEM text"),
        (good._replace(key=good.cert), f"{good.cert} holds no key as PEM text"),
        (good._replace(key=""), f"{good.cert} is a certificate {at}, and its key is missing"),
        (good._replace(cert=f"{other.cert}"), f"{other.cert} and the key {good.key} do not belong"),
        (files(authority, locked), f"the key {locked.key} is locked by a passphrase"),
    ]  # fmt: skip
    for tls, said in table:
        error = await refused(1, tls)
        assert isinstance(error, EndpointUnusable)
        assert said in error.message
        assert "DOCKER_CERT_PATH" in error.hint
        assert error.exit_status == 2


@pytest.mark.parametrize(
    ("url", "tls", "allowed", "taken"),
    [
        ("tcp://web-1:2375", None, False, False),
        ("http://web-1:2375", None, False, False),
        ("tcp://0.0.0.0:2375", None, False, False),
        ("tcp://127.0.0.1.example.com", None, False, False),
        ("tcp://web-1:2375", None, True, True),
        ("tcp://web-1:2376", Tls(verify=False), False, True),
        ("https://web-1:2376", None, False, True),
        ("tcp://127.0.0.1:2375", None, False, True),
        ("tcp://localhost", None, False, True),
        ("tcp://[::1]:2375", None, False, True),
    ],
)
def test_plain_text_leaves_this_machine_only_where_somebody_allowed_it(
    url: str, tls: Tls | None, allowed: bool, taken: bool
) -> None:
    endpoint = Endpoint(url, "DOCKER_HOST", tls, may_be_plain=allowed)
    if taken:
        assert transport_for(endpoint).origin.startswith("http")
        return
    with pytest.raises(EndpointUnusable, match="without TLS") as caught:
        transport_for(endpoint)
    assert "allow_plain = true" in caught.value.hint
    assert "DOCKER_CERT_PATH" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "tls", "origin"),
    [
        ("tcp://web-1", Tls(), "https://web-1:2376"),
        ("https://[2001:db8::1]/", None, "https://[2001:db8::1]:2376"),
        ("tcp://localhost", None, "http://localhost:2375"),
        ("http://localhost:80/engines/one/", None, "http://localhost:80/engines/one"),
    ],
)
def test_what_stands_before_the_paths_of_requests(url: str, tls: Tls | None, origin: str) -> None:
    assert transport_for(Endpoint(url, "--host", tls)).origin == origin
