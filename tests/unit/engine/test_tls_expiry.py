"""A certificate is warned of before it expires: the engine's, and this client's own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.certificates import CLIENT, Authority
from tests.unit.engine.test_tls import files, serving
from tui.cli.doctor_engine_checks import engine_and_apps
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.engine.tls_expiry import expiring
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import Named
from tui.operations.looking.engine_look import EngineLook
from tui.operations.looking.engines import KnownEngine
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("engine_days", "own_days", "said"),
    [
        (60.0, 60.0, []),
        (14.5, 14.5, []),
        (13.5, 60.0, ["the certificate of the engine expires in 13 days ("]),
        (60.0, 1.5, ["this client's certificate expires in 1 day ("]),
        (
            0.5,
            3.5,
            [
                "the certificate of the engine expires today (",
                "this client's certificate expires in 3 days (",
            ],
        ),
    ],
)
async def test_what_expires_within_two_weeks(
    authority: Authority, engine_days: float, own_days: float, said: list[str]
) -> None:
    pair = authority.pair("engine", "127.0.0.1", days=(-1, engine_days))
    own = authority.pair("own", usage=(CLIENT,), days=(-1, own_days))
    async with serving(pair, authority) as port:
        found = await expiring(Endpoint(f"tcp://127.0.0.1:{port}", "DOCKER_HOST", files(authority, own)))
    assert len(found) == len(said)
    for sentence, words in zip(found, said, strict=True):
        assert sentence.startswith(words)
        assert ": " in sentence, "and what to do"


async def test_what_has_none_is_not_warned_of() -> None:
    for url in ("unix:///run/docker.sock", "ssh://web-1", "tcp://127.0.0.1:1"):
        assert await expiring(Endpoint(url, "--host")) == []


async def test_doctor_and_the_looks_at_an_engine_say_it(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pair = authority.pair("soon", "127.0.0.1", days=(-1, 5.5))
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    (tmp_path / "ca.pem").write_bytes(authority.ca.read_bytes())
    async with serving(pair) as port:
        found = []
        async for one in engine_and_apps(Settings(), Named(host=f"tcp://127.0.0.1:{port}")):
            found.append(one)
            if one.name == "certificate":
                break
        assert "expires in 5 days" in " ".join(map(str, found[-1]))
        ref = EngineRef(Endpoint(f"tcp://127.0.0.1:{port}", "--host", files(authority)), "db-1")
        look = EngineLook(KnownEngine(ref.url, ("db-1",), ref), clock=time.time)
        await look._connected()
        await look._look_at_certificates()
        await look.close()
        assert "expires in 5 days" in look.state.warnings[0]


async def test_doctor_says_it_of_engines_that_it_does_not_look_at(
    authority: Authority, tmp_path: Path
) -> None:
    own = authority.pair("other", usage=(CLIENT,), days=(-1, 6.5))
    db = EngineSettings(host="tcp://db-1:2376", cert=str(own.cert), key=str(own.key))
    here = Named(host=f"unix://{tmp_path}/away.sock")
    said = [str(one) async for one in engine_and_apps(Settings(engines={"db-1": db}), here)]
    assert any("db-1: this client's certificate expires in 6 days" in one for one in said), said
