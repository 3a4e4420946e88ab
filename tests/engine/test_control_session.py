"""A build's session by moby.buildkit.v1.Control/Session, as engines from API 1.53 on want it.

None of those can be had here. The engine of the tests serves the same call, but only behind POST /grpc, which
takes a connection over: from there on every byte is as on the socket of a newer one.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_builds import build, spec
from tests.support.busybox import IMAGE
from tui.engine.buildkit.control import FIRST_API
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import BuildFailed
from tui.engine.takeover import take_over
from tui.model.app import BuildSecret

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine
    from tui.engine.wire import Wire

pytestmark = pytest.mark.usefixtures("api")


class BehindGrpc:
    """A transport whose connections of their own begin behind POST /grpc; `opened` counts them."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._plain = wire.transport
        self.opened = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.opened += 1
        self._wire.transport = self._plain
        try:
            return await take_over(self._wire, "/grpc", "h2c")
        finally:
            self._wire.transport = self


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        engine._wire.transport = BehindGrpc(engine._wire)
        engine._wire.offers = FIRST_API
        yield engine


async def test_files_arrive_whole(engine: Engine, private_engine: PrivateEngine, tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    (tmp_path / "large").write_bytes(os.urandom(8 << 20))
    for number in range(300):
        (tmp_path / "many" / f"file-{number}").write_text(f"{number}\n" * number)
    dockerfile = f"""\
FROM {IMAGE}
COPY . /here
RUN cd /here && sha256sum large && cat many/* | sha256sum && ls many | wc -l
"""
    built = await build(engine, spec(tmp_path, dockerfile))
    names = sorted(f"file-{number}" for number in range(300))
    many = b"".join((tmp_path / "many" / name).read_bytes() for name in names)
    assert hashlib.sha256((tmp_path / "large").read_bytes()).hexdigest() in built.output
    assert hashlib.sha256(many).hexdigest() in built.output
    assert "300" in built.output
    assert engine._wire.transport.opened == 1
    assert private_engine.api.get(f"/images/{built.image}/json")["Id"] == built.image


async def test_secrets_are_asked_for_on_it(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open sesame")
    dockerfile = f"""\
FROM {IMAGE}
RUN --mount=type=secret,id=token wc -c < /run/secrets/token
"""
    secrets = (BuildSecret("token", file=str(tmp_path / "token")),)
    built = await build(engine, spec(tmp_path, dockerfile, secrets=secrets))
    assert "11" in built.output


async def test_a_build_that_fails_says_why(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="failed with exit code 7"):
        await build(engine, spec(tmp_path, f"FROM {IMAGE}\nRUN exit 7\n"))


async def test_a_newer_engine_is_called_so_and_an_older_one_as_before(engine_host: str) -> None:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        assert engine._wire.offers < FIRST_API
        assert f"{engine._wire.offers[0]}.{engine._wire.offers[1]}" >= engine.version.api
