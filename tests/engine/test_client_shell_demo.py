"""A shell in a container of the simulated engine, by the same way as in a real one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.demo.launch import DemoEngine
from tui.engine.client import Engine
from tui.operations.by_hand.shell import find_shell

if TYPE_CHECKING:
    from tui.engine.exec import ExecSession


async def read_until(session: ExecSession, text: bytes) -> bytes:
    output = b""
    async with asyncio.timeout(10):
        while text not in output:
            part = await session.read()
            assert part, output
            output += part
    return output


async def test_a_simulated_container_has_a_shell() -> None:
    demo = DemoEngine()
    try:
        async with await Engine.connect(await demo.start()) as engine:
            running = next(one for one in await engine.containers.list() if one.state == "running")
            command = await find_shell(engine, running.id)
            async with await engine.execs.open(running.id, command, columns=100, rows=30) as session:
                await session.write(b"echo $((6*7))hello\r")
                await read_until(session, b"hello\r\n")
                await session.write(b"exit 5\r")
                while await session.read():
                    pass
                assert await session.wait() == 5
    finally:
        demo.stop_process()
