"""Archives, restart policies, empty images and the clock, byte by byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.conftest import ScriptedEngine, answered, streamed
from tui.engine.errors import (
    AnswerTooLarge,
    EngineSilent,
    NotFound,
    ServerFault,
    StreamBroken,
)

if TYPE_CHECKING:
    from tui.engine.client import Engine

ARCHIVE = "/containers/c1/archive"


async def test_an_archive_is_read_whole(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts[ARCHIVE] = streamed(b"abc", b"def", then_wait=False)
    assert await engine.archives.get("c1", "/ledger/a b") == b"abcdef"
    assert scripted.requests[-1] == "GET /v1.51/containers/c1/archive?path=%2Fledger%2Fa+b"


async def test_an_archive_that_is_too_large_is_left(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts[ARCHIVE] = streamed(b"x" * 100)
    with pytest.raises(AnswerTooLarge):
        await engine.archives.get("c1", "/ledger", limit=99)
    await scripted.closed[ARCHIVE].wait()


async def test_an_archive_without_an_end_is_not_waited_for(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts[ARCHIVE] = streamed(b"x")
    with pytest.raises(EngineSilent):
        await engine.archives.get("c1", "/ledger", seconds=0.1)
    await scripted.closed[ARCHIVE].wait()


async def test_no_such_path(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts[ARCHIVE] = answered({"message": "no such file"}, "404 Not Found")
    with pytest.raises(NotFound):
        await engine.archives.get("c1", "/ledger")


async def test_an_archive_is_sent_as_it_is(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts[ARCHIVE] = answered({})
    await engine.archives.put("c1", "/ledger", b"tar" * 1000)
    assert scripted.requests[-1] == "PUT /v1.51/containers/c1/archive?path=%2Fledger"
    assert scripted.bodies[-1] == b"tar" * 1000
    assert "content-type: application/x-tar" in scripted.heads[-1].lower()


@pytest.mark.parametrize(
    ("policy", "sent"),
    [
        ("no", {"Name": "no"}),
        ("unless-stopped", {"Name": "unless-stopped"}),
        ("on-failure:3", {"Name": "on-failure", "MaximumRetryCount": 3}),
    ],
)
async def test_a_restart_policy(
    scripted: ScriptedEngine, engine: Engine, policy: str, sent: dict[str, object]
) -> None:
    scripted.scripts["/containers/c1/update"] = answered({"Warnings": None})
    await engine.containers.set_restart("c1", policy)
    assert json.loads(scripted.bodies[-1]) == {"RestartPolicy": sent}


async def test_an_empty_image(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/images/create"] = answered(b'{"status":"sha256:abc"}\r\n')
    await engine.images.import_empty("holdfast/anchor", "1")
    assert scripted.requests[-1].endswith("/images/create?fromSrc=-&repo=holdfast%2Fanchor&tag=1")
    assert scripted.bodies[-1] == bytes(1024)


async def test_an_import_that_fails_inside_its_answer(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/images/create"] = answered(b'{"errorDetail":{},"error":"no space left on device"}')
    with pytest.raises(ServerFault, match="no space left"):
        await engine.images.import_empty("holdfast/anchor", "1")
    scripted.scripts["/images/create"] = answered(b'{"status":"sha')
    with pytest.raises(StreamBroken):
        await engine.images.import_empty("holdfast/anchor", "1")


async def test_whether_there_is_a_volume(scripted: ScriptedEngine, engine: Engine) -> None:
    scripted.scripts["/volumes/mine"] = answered({"Name": "mine"})
    assert await engine.volumes.exists("mine")
    assert not await engine.volumes.exists("yours")
