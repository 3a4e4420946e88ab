"""The framed output of a command without a terminal, from an engine that says what a test tells it to."""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.conftest import answered
from tui.engine.errors import EngineError, MalformedAnswer, NotFound, StreamBroken

if TYPE_CHECKING:
    from tests.unit.engine.conftest import Script, ScriptedEngine
    from tui.engine.client import Engine

UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


OUTPUT = frame(1, b"out\n") + frame(2, b"") + frame(2, b"2026-11-24T09:13:51Z err") + frame(1, b"\0\1\2")


def pieces(*parts: bytes) -> Script:
    """A script that takes the connection over, sends each part by itself, and hangs up."""

    async def write(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in (UPGRADED, *parts):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    return write


def script(scripted: ScriptedEngine, start: Script, *, code: int = 0) -> None:
    scripted.scripts["/containers/web/exec"] = answered({"Id": "e1"}, "201 Created")
    scripted.scripts["/exec/e1/start"] = start
    scripted.scripts["/exec/e1/json"] = answered({"Running": False, "ExitCode": code})


async def run(engine: Engine) -> tuple[dict[int, bytes], int]:
    output = {1: b"", 2: b""}
    async with engine.execs.run("web", ["true"]) as process:
        async for stream, part in process:
            output[stream] += part
        return output, await process.wait()


@pytest.mark.parametrize("at", range(0, len(OUTPUT) + 1, 3))
async def test_frames_cut_anywhere(scripted: ScriptedEngine, engine: Engine, at: int) -> None:
    script(scripted, pieces(OUTPUT[:at], OUTPUT[at:]), code=3)
    assert await run(engine) == ({1: b"out\n\0\1\2", 2: b"2026-11-24T09:13:51Z err"}, 3)


@pytest.mark.parametrize("at", [1, 7, 9, len(OUTPUT) - 1])
async def test_an_end_within_a_frame_is_a_broken_stream(
    scripted: ScriptedEngine, engine: Engine, at: int
) -> None:
    script(scripted, pieces(OUTPUT[:at]))
    with pytest.raises(StreamBroken):
        await run(engine)


async def test_what_is_not_framed_is_malformed(scripted: ScriptedEngine, engine: Engine) -> None:
    script(scripted, pieces(b"plain words"))
    with pytest.raises(MalformedAnswer):
        await run(engine)


async def test_a_refused_start_is_that_refusal(scripted: ScriptedEngine, engine: Engine) -> None:
    script(scripted, answered({"message": "no such exec"}, "404 Not Found"))
    with pytest.raises(NotFound, match="no such exec"):
        await run(engine)


async def test_an_engine_that_goes_away_is_an_engine_error(scripted: ScriptedEngine, engine: Engine) -> None:
    script(scripted, pieces(OUTPUT))
    scripted.scripts["/exec/e1/json"] = answered({"message": "no such exec"}, "404 Not Found")
    with pytest.raises(EngineError):
        await run(engine)


async def test_leaving_early_lets_go_of_the_connection(scripted: ScriptedEngine, engine: Engine) -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(UPGRADED + OUTPUT)
        await asyncio.sleep(60)

    script(scripted, hang)
    async with engine.execs.run("web", ["true"]) as process:
        async for _part in process:
            break
    await asyncio.wait_for(scripted.closed["/exec/e1/start"].wait(), 5)
