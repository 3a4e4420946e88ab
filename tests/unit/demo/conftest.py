"""A simulated engine without HTTP, and one in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tui.demo.launch import DemoEngine
from tui.demo.objects import SECOND, HistoryEntry, Image
from tui.demo.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Clock:
    """A clock that tests move by hand; every reading is one nanosecond later than the one before."""

    def __init__(self) -> None:
        self.now = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        self.now += 1
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> State:
    """An engine with one image, shop:1, alias shop:2."""
    found = State(clock)
    image = Image("sha256:" + "ab" * 32, 1_700_000_000, [HistoryEntry(1, "COPY", 1000)], {"Cmd": ["serve"]})
    image.tags += ["shop:1", "shop:2"]
    found.library.add(image)
    return found


class Client:
    """Speaks with a simulated engine that runs in a process of its own."""

    def __init__(self, engine: DemoEngine, session: aiohttp.ClientSession) -> None:
        self.engine = engine
        self.session = session

    async def get(self, path: str) -> object:
        async with self.session.get(f"http://demo{path}") as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        async with self.session.post(f"http://demo{path}", data=body) as response:
            return response.status, await response.read()

    async def control(self, path: str, body: bytes | None = None) -> None:
        status, answer = await self.post(f"/_ctl/{path}", body)
        assert status == 200, answer


@pytest.fixture
async def fleet() -> AsyncIterator[Client]:
    """Twenty containers, half of them running."""
    async with (
        DemoEngine(containers=20, running=0.5) as engine,
        aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(engine.endpoint.url.removeprefix("unix://"), limit=0)
        ) as session,
    ):
        yield Client(engine, session)
