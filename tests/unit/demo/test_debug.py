"""A debug container of the simulated engine: it sees what it is for, and goes with the connection."""

from __future__ import annotations

import asyncio

from tests.engine.test_client_shell_demo import read_until
from tui.demo.launch import DemoEngine
from tui.engine.client import Engine
from tui.model.labels import DEBUG
from tui.operations.by_hand.debug import beside, fetch


async def test_it_sees_processes_and_files_and_is_gone() -> None:
    async with DemoEngine(apps=True, pace=0.0) as demo, await Engine.connect(demo.endpoint) as engine:
        with demo.home.entered():
            await fetch(engine, "busybox:1.36")
            live = await engine.containers.inspect("storefront")
            async with beside(engine, live.id, "busybox:1.36") as (id, shell):
                async with await engine.execs.open(id, shell, columns=100, rows=30) as session:
                    await session.write(b"cat /proc/1/root/srv/VERSION\r")
                    await read_until(session, b"v1.4.0")
                    await session.write(b"ps\r")
                    await read_until(session, b"storefront --port 3000")
                listed = await engine.containers.list(labels=[DEBUG])
                assert [one.id for one in listed] == [id]
            async with asyncio.timeout(5):
                while await engine.containers.list(labels=[DEBUG]):
                    await asyncio.sleep(0.02)
