"""The watcher against a scripted engine: subscribe, list, apply, and all of it again after a break."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from itertools import repeat
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine.errors import ConnectionFailed, EngineError, EngineSilent, StreamBroken
from tui.model.container import Container
from tui.model.engine import EngineInfo, EngineVersion
from tui.model.event import Event
from tui.store.store import LinkState, Store
from tui.sync import watcher as watcher_module
from tui.sync.backoff import delays
from tui.sync.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tui.model.image import Image

VERSION = EngineVersion("Docker Engine", "28.5.2", "1.51", "linux", "amd64")


def container(name: str, state: str = "running") -> Container:
    return Container(name * 8, name, "app:1", "sha256:a", "", 1.0, state)


class Script:
    """An engine that does as it is told; `done` records the order of what was asked of it."""

    def __init__(self) -> None:
        self.there: dict[str, Container] = {}
        self.found_images: list[Image] = []
        self.stream: asyncio.Queue[Event | EngineError | None] = asyncio.Queue()
        self.done: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.version = VERSION
        self.frozen = False
        self.far = False
        self.containers: Any = self
        self.images: Any = Images(self)

    async def __aenter__(self) -> Script:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.done.append("close")

    async def ping(self, seconds: float) -> None:
        self.done.append("ping")
        if self.frozen:
            raise EngineSilent("no answer")

    async def info(self) -> EngineInfo:
        return EngineInfo("id", "host", 0.0)

    @asynccontextmanager
    async def events(self) -> AsyncIterator[AsyncIterator[Event]]:
        self.done.append("events")

        async def stream() -> AsyncIterator[Event]:
            while (item := await self.stream.get()) is not None:
                if isinstance(item, EngineError):
                    raise item
                yield item

        yield stream()

    async def batches(self) -> AsyncIterator[list[Container]]:
        self.done.append("list")
        snapshot = list(self.there.values())
        await self.hold.wait()
        yield snapshot

    async def list(self, *, ids: list[str] | None = None, limit: int = 0) -> list[Container]:
        if ids is None:
            self.done.append("first")
            return list(self.there.values())[:limit]
        self.done.append("read " + " ".join(sorted(ids)))
        return [self.there[id] for id in ids if id in self.there]

    def tell(self, action: str, subject: Container, **attributes: str) -> None:
        self.stream.put_nowait(
            Event("container", action, subject.id, {"name": subject.name, **attributes}, 5.0)
        )


class Images:
    def __init__(self, script: Script) -> None:
        self.script = script

    async def list(self) -> list[Image]:
        self.script.done.append("images")
        return self.script.found_images


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def watching(*engines: Script | EngineError) -> AsyncIterator[tuple[Watcher, Store]]:
    store = Store()
    left = list(engines)

    async def connect() -> Any:
        following = left.pop(0) if left else ConnectionFailed("nobody there", "start it")
        if isinstance(following, EngineError):
            raise following
        return following

    watcher = Watcher(store, connect, "unix:///e.sock")
    task = asyncio.create_task(watcher.run())
    try:
        yield watcher, store
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_subscribes_before_it_lists() -> None:
    engine = Script()
    engine.there = {"a": container("a")}
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        assert engine.done.index("events") < engine.done.index("list")
        assert [c.name for c in store.containers.values()] == ["a"]
        await until(lambda: store.link.host == "host")


async def test_an_engine_far_away_shows_rows_before_its_list_is_whole() -> None:
    engine = Script()
    engine.far = True
    engine.there = {"a": container("a")}
    engine.hold.clear()
    async with watching(engine) as (_, store):
        await until(lambda: store.containers)
        assert store.link.state is not LinkState.LIVE
        engine.there = {"b": container("b")}
        engine.hold.set()
        await until(lambda: store.link.state is LinkState.LIVE)
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        assert [c.name for c in store.containers.values()] == ["b"], "the whole list is what counts"


async def test_what_goes_while_the_list_is_read_does_not_come_back() -> None:
    engine = Script()
    gone = container("a")
    engine.there = {"a": gone}
    engine.hold.clear()
    async with watching(engine) as (_, store):
        await until(lambda: "list" in engine.done)
        engine.tell("destroy", gone)
        await asyncio.sleep(0.02)
        engine.hold.set()
        await until(lambda: store.link.state is LinkState.LIVE)
        assert store.containers == {}


async def test_an_event_is_applied_at_once_and_read_again_later() -> None:
    engine = Script()
    web = container("w")
    engine.there = {web.id: web}
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        engine.tell("die", web, exitCode="3")
        await until(lambda: store.containers[web.id].state == "exited")
        assert not any(entry.startswith("read") for entry in engine.done)
        engine.there[web.id] = web._replace(state="exited", exit_code=3, image="seen again")
        await until(lambda: store.containers[web.id].image == "seen again")


async def test_a_flood_of_events_lets_others_have_their_turn() -> None:
    """An engine that always has a further event: keys must be taken meanwhile, and the screen drawn."""
    engine = Script()
    web = container("w")
    engine.there = {web.id: web}

    async def endless() -> AsyncIterator[Event]:
        while True:
            for action in ("pause", "unpause"):
                yield Event("container", action, web.id, {"name": "w"}, 5.0)

    @asynccontextmanager
    async def events() -> AsyncIterator[AsyncIterator[Event]]:
        yield endless()

    engine.events = events  # type: ignore[method-assign]
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        await until(lambda: any(entry.startswith("read") for entry in engine.done))
        for _ in range(20):
            await asyncio.sleep(0.001)


async def test_after_falling_behind_everything_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine has dropped events then, and nothing tells which."""
    monkeypatch.setattr(watcher_module, "CALM", 0.01)
    monkeypatch.setattr(watcher_module, "SLICE", 0.0)
    engine = Script()
    web = container("w")
    engine.there = {web.id: web}
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        del engine.there[web.id]
        engine.tell("start", container("x"))
        await until(lambda: web.id not in store.containers)
        assert engine.done.count("list") >= 2


async def test_a_list_older_than_the_event_does_not_overturn_it() -> None:
    engine = Script()
    engine.there = {container("a").id: container("a")}
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        [id] = store.containers
        engine.tell("die", container("a"), exitCode="3")
        reading = f"read {id}"
        for times in (1, 2, 3):
            await until(lambda times=times: engine.done.count(reading) >= times)  # type: ignore[misc]
            await asyncio.sleep(0.01)
            assert (store.containers[id].state, store.containers[id].exit_code) == ("exited", 3)
        engine.there[id] = container("a", "restarting")
        await until(lambda: store.containers[id].state == "restarting")
        read = engine.done.count(reading)
        await asyncio.sleep(0.3)
        assert engine.done.count(reading) == read


async def test_a_burst_costs_a_handful_of_requests() -> None:
    engine = Script()
    many = [container(f"c{number:03d}") for number in range(300)]
    engine.there = {c.id: c for c in many}
    async with watching(engine) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        for c in many:
            engine.tell("start", c)
        await until(lambda: sum(len(e.split()) - 1 for e in engine.done if e.startswith("read")) >= 300)
        assert sum(entry.startswith("read") for entry in engine.done) <= 12


async def test_after_a_break_everything_is_done_again_and_the_loss_is_said_meanwhile() -> None:
    first, second = Script(), Script()
    first.there = {"a": container("a"), "b": container("b")}
    second.there = {"b": container("b"), "c": container("c")}
    seen: list[LinkState] = []
    async with watching(first, ConnectionFailed("refused"), second) as (_, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        first.stream.put_nowait(StreamBroken("cut"))
        await until(lambda: seen.append(store.link.state) or store.link.state is LinkState.LOST)
        assert store.link.error in ("cut", "refused")
        assert {c.name for c in store.containers.values()} == {"a", "b"}  # stale, and said to be
        await until(lambda: store.link.state is LinkState.LIVE)
        assert {c.name for c in store.containers.values()} == {"b", "c"}
        assert "close" in first.done


async def test_an_engine_that_closes_its_stream_is_lost() -> None:
    engine = Script()
    async with watching(engine) as (watcher, store):
        await until(lambda: store.link.state is LinkState.LIVE)
        engine.stream.put_nowait(None)
        await until(lambda: store.link.state is LinkState.LOST)
        assert watcher.engine is None


async def test_a_frozen_engine_is_noticed_though_its_streams_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.sync.watcher.QUIET", 0.05)
    engine = Script()
    async with watching(engine) as (_, store):
        await until(lambda: engine.done.count("ping") > 2)
        assert store.link.state is LinkState.LIVE
        engine.frozen, froze = True, time.time()
        await until(lambda: store.link.state is LinkState.LOST)
        assert store.link.error in ("no answer", "nobody there")
        assert store.link.since <= froze, "it was seen when it gave a sign of life, not when it was missed"


async def test_an_engine_that_speaks_is_not_asked_whether_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sync.watcher.QUIET", 0.2)
    engine = Script()
    async with watching(engine) as (watcher, _):
        for _ in range(20):
            await asyncio.sleep(0.02)
            watcher.heard()
        assert "ping" not in engine.done


async def test_a_retry_by_hand_does_not_wait() -> None:
    engine = Script()
    failures = [ConnectionFailed("no")] * 6
    async with watching(*failures, engine) as (watcher, store):
        await until(lambda: store.link.state is LinkState.LOST)
        async with asyncio.timeout(1):
            while store.link.state is not LinkState.LIVE:
                watcher.retry_now()
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_waits_double_up_to_five_seconds(jitter: float) -> None:
    waits = delays(repeat(jitter))
    found = [next(waits) for _ in range(8)]
    scale = 1 - 0.25 * jitter
    assert found == [pytest.approx(scale * wait) for wait in (0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5)]
