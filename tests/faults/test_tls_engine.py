"""An engine over TLS whose certificate is another one, or none that is valid, from one moment to the next."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.certificates import Authority
from tests.support.private_engine import PrivateEngine, TlsFiles
from tui.certificates import Distrust
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.engine.errors import EngineUntrusted

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20.0
"""For which the first certificate is valid: an engine has to start meanwhile."""


def reached(engine: PrivateEngine, authority: Authority) -> Endpoint:
    folder = authority.docker_folder(authority.folder / "client")
    tls = Tls(*(f"{folder}/{name}.pem" for name in ("ca", "cert", "key")))
    return Endpoint(f"tcp://{engine.address}:{engine.port}", "DOCKER_HOST", tls)


async def test_a_certificate_expires_between_two_requests(tmp_path: Path) -> None:
    """What is connected goes on; who connects anew is told since when it has expired."""
    authority = Authority(tmp_path)
    ends = time.time() + SECONDS

    def files(_: Path, address: str) -> TlsFiles:
        pair = authority.pair("engine", address, days=(-1, SECONDS / 86_400))
        return TlsFiles(authority.ca, pair.cert, pair.key)

    with PrivateEngine(tls=files) as private:
        endpoint = reached(private, authority)
        async with await Engine.connect(endpoint) as engine, engine.events() as events:
            while time.time() < ends + 1:
                await engine.ping(5)  # which keeps a connection open
                await asyncio.sleep(1)
            await engine.ping(5)
            id = await asyncio.to_thread(private.api.run, "sleep", "600")
            async with asyncio.timeout(10):
                assert (await anext(events)).id
            with pytest.raises(EngineUntrusted, match="has expired") as caught:
                async with engine.execs.run(id, ["true"]):
                    pass
            assert caught.value.why is Distrust.EXPIRED
        day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(ends))
        with pytest.raises(EngineUntrusted, match=f"has expired on {day[:10]}"):
            await Engine.connect(endpoint)


async def test_an_engine_is_back_with_a_certificate_of_somebody_else(tmp_path: Path) -> None:
    """It is not spoken to, nor shown a request, until it has one that is trusted again."""
    authority, stranger = Authority(tmp_path / "ours"), Authority(tmp_path / "other", "a stranger")
    shown = TlsFiles(authority.ca, tmp_path / "cert.pem", tmp_path / "key.pem")

    def show(by: Authority, address: str) -> None:
        pair = by.pair("engine", address)
        shown.cert.write_bytes(pair.cert.read_bytes())
        shown.key.write_bytes(pair.key.read_bytes())

    def files(_: Path, address: str) -> TlsFiles:
        show(authority, address)
        return shown

    with PrivateEngine(tls=files) as private:
        endpoint = reached(private, authority)
        async with await Engine.connect(endpoint) as engine:
            await asyncio.to_thread(private.stop)
            show(stranger, private.address)
            await asyncio.to_thread(private.start)
            with pytest.raises(EngineUntrusted, match='is signed by "a stranger", which is not in') as caught:
                await engine.info()
            assert caught.value.why is Distrust.AUTHORITY
            assert "DOCKER_CERT_PATH" in caught.value.hint
            await asyncio.to_thread(private.stop)
            show(authority, private.address)
            await asyncio.to_thread(private.start)
            assert (await engine.info()).name
