"""The whole App on the simulated engine, driven as a user would: by commands, looking at the screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.support.settled import settled
from tui.app import Holdfast
from tui.commands.table import BY_ID
from tui.demo.launch import DemoEngine
from tui.engine.ref import EngineRef
from tui.operations.looking.release_reader import Observer
from tui.operations.process.launch import Launched
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState, Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.controllers.preparing import Launch
    from tui.engine.client import Engine
    from tui.engine.endpoint import Endpoint
    from tui.sync.session import Observing


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """A picture is taken once the screen has come to rest: what it says a moment later is in it."""

    def compare(app: Holdfast, press: Iterable[str] = (), run_before: Any = None, **more: Any) -> bool:
        async def shown(pilot: Pilot[str]) -> None:
            if run_before is not None:
                await run_before(pilot)
            await pilot.press(*press)
            await settled(pilot)

        return snap_compare(app, run_before=shown, **more)

    return compare


class Robot:
    """One running App."""

    def __init__(self, app: Holdfast, pilot: Pilot[str], endpoint: Endpoint) -> None:
        self.app = app
        self.pilot = pilot
        self.endpoint = endpoint

    def lines(self) -> list[str]:
        """The screen as text."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines())

    def row(self, name: str) -> str:
        """The first line of the screen that holds a text, "" when none does."""
        return next((line for line in self.lines() if name in line), "")

    async def wait(self, seen: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something is so; fails with the screen."""
        end = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > end:
                raise AssertionError("not seen in time on this screen:\n" + self.text())
            await self.pilot.pause(0.02)

    async def wait_for(self, text: str, seconds: float = 30.0) -> None:
        await self.wait(lambda: text in self.text(), seconds)

    async def wait_gone(self, text: str, seconds: float = 30.0) -> None:
        await self.wait(lambda: text not in self.text(), seconds)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def do(self, command_id: str) -> None:
        """Do a command by its ID."""
        self.app.main.perform(BY_ID[command_id])
        await self.pilot.pause()

    async def select(self, name: str) -> None:
        """Put the cursor of the containers on a name."""
        pane = self.app.main.containers
        key = next(id for id, c in self.app.store.containers.items() if c.name == name)
        index = pane.ordering.index(key)
        assert index is not None
        pane.move_to(index)
        await self.pilot.pause()

    async def control(self, operation: str, body: bytes = b"", **query: object) -> None:
        """Tell the simulated engine to do something (POST /_ctl/...)."""
        connector = aiohttp.UnixConnector(self.endpoint.socket_path)
        async with aiohttp.ClientSession(connector=connector) as session:
            url = f"http://demo/_ctl/{operation}?{urlencode({k: str(v) for k, v in query.items()})}"
            async with session.post(url, data=body) as answer:
                assert answer.status == 200, await answer.text()

    async def ask(self, method: str, path: str, body: object = None) -> int:
        """A request to the engine from somebody else, with a body as JSON; the status."""
        connector = aiohttp.UnixConnector(self.endpoint.socket_path)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://demo{path}", json=body) as answer,
        ):
            await answer.read()
            return answer.status


Open = Callable[..., AbstractAsyncContextManager[Robot]]


class Beneath:
    """What an App is made on: the real parts, where a test puts no others in their place."""

    def __init__(self) -> None:
        self.observe: Callable[[Callable[[], Engine | None]], Observing] = Observer
        self.launch: Launch = Launched.start


@pytest.fixture
def beneath() -> Beneath:
    return Beneath()


@pytest.fixture
def dashboard(tmp_path, monkeypatch, beneath) -> Open:  # type: ignore[no-untyped-def]
    """Open the App: `async with dashboard(size=(120, 40), containers=20) as robot`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("NO_COLOR", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    @asynccontextmanager
    async def opened(
        *,
        size: tuple[int, int] = (120, 40),
        containers: int | None = 12,
        running: float = 0.5,
        endpoint: Endpoint | None = None,
        settings: Settings | None = None,
        demo: bool = False,
        read_only: bool = False,
        live: bool = True,
    ) -> AsyncIterator[Robot]:
        settings = settings or Settings()
        engine = None
        if endpoint is None:
            engine = DemoEngine(containers=containers, running=running)
            endpoint = await engine.start()
        try:
            store = Store()
            store.set_link(Link(LinkState.CONNECTING, 0.0, endpoint.url))
            ref = EngineRef(endpoint, demo=demo)
            app = Holdfast(
                EngineSession(ref, settings, store, observe=beneath.observe),
                ThemeShelf(settings.theme),
                read_only=read_only,
                launch=beneath.launch,
            )
            async with app.run_test(size=size, notifications=True) as pilot:
                robot = Robot(app, pilot, endpoint)
                if live:
                    await robot.wait(lambda: store.link.state is LinkState.LIVE)
                    await pilot.pause()
                yield robot
        finally:
            if engine is not None:
                await asyncio.shield(engine.stop())

    return opened
