"""Releases are read when a container of an app changes or an operation ends, and never otherwise."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tui.errors import HoldfastError
from tui.model.app import AppSpec
from tui.model.container import Container
from tui.model.drift import Drift
from tui.model.labels import APP
from tui.model.operation import Ended
from tui.model.releases import Holder, Releases
from tui.model.standing import Standing
from tui.store.store import Link, LinkState, Store
from tui.sync import releases as module
from tui.sync.releases import ReleasesFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.sync.releases import Known

LIVE = Link(LinkState.LIVE, 1.0)


class Reader:
    """Counts what was read; `answer` is what comes of it."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.answer: Releases | HoldfastError | None = Releases(Standing("web"), at=1.0)

    async def __call__(self, app: str) -> Releases | None:
        self.read.append(app)
        if isinstance(self.answer, HoldfastError):
            raise self.answer
        return self.answer

    async def settled(self) -> list[str]:
        """What was read until nothing more is."""
        await asyncio.sleep(0.05)
        for _ in range(50):  # where all timers were due at once, what they began comes only now
            await asyncio.sleep(0)
        found, self.read = self.read, []
        return sorted(found)

    async def times(self, count: int) -> None:
        """Wait until so much was read."""
        async with asyncio.timeout(30):
            while len(self.read) < count:
                await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHER", 0.01)
    monkeypatch.setattr(module, "LEASE_SECONDS", 0.02)


@asynccontextmanager
async def following(
    store: Store, reader: Reader, known: dict[str, Known] | None = None
) -> AsyncIterator[None]:
    follower = ReleasesFollower(store, ("api", "web"), reader, {} if known is None else known)
    task = asyncio.create_task(follower.run())
    try:
        await asyncio.sleep(0)
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def container(id: str, name: str, state: str = "running", **labels: str) -> Container:
    return Container(id, name, "", "", "", 0.0, state, labels={APP: labels["app"]} if labels else {})


async def test_everything_is_read_once_the_engine_answers_and_again_after_a_break() -> None:
    store, reader = Store(), Reader()
    async with following(store, reader):
        store.put_containers([container("1", "web")])
        assert await reader.settled() == []
        store.set_link(LIVE)
        assert await reader.settled() == ["api", "web"]
        assert await reader.settled() == []
        store.set_link(Link(LinkState.LOST, 2.0))
        store.set_link(LIVE._replace(since=3.0))
        assert await reader.settled() == ["api", "web"]
    assert set(store.releases) == {"api", "web"}


async def test_only_containers_of_an_app_have_it_read() -> None:
    store, reader = Store(), Reader()
    store.set_link(LIVE)
    async with following(store, reader):
        await reader.settled()
        store.put_containers([container("1", "other"), container("2", "website"), container("3", "x.web")])
        assert await reader.settled() == []
        for changed in (
            container("4", "web"),
            container("5", "web.r12", "exited"),
            container("6", "web.lease", "created"),
            container("7", "called-otherwise", app="web"),
            container("4", "web", "exited"),
            container("4", "web.r13", "exited"),
        ):
            store.put_containers([changed])
            assert await reader.settled() == ["web"], changed
        store.put_containers([container("4", "web.r13", "exited")._replace(health="unhealthy", since=9.0)])
        assert await reader.settled() == []
        store.remove_containers(["5"])
        assert await reader.settled() == ["web"]
        store.remove_containers(["1"])
        assert await reader.settled() == []


async def test_a_burst_is_one_reading() -> None:
    store, reader = Store(), Reader()
    store.set_link(LIVE)
    async with following(store, reader):
        await reader.settled()
        for number in range(20):
            store.put_containers([container("1", "web", ("running", "exited")[number % 2])])
        assert await reader.settled() == ["web"]


async def test_the_end_of_an_operation_has_its_app_read() -> None:
    store, reader = Store(), Reader()
    store.set_link(LIVE)
    deploy = fakes.deploying(100.0)
    async with following(store, reader):
        await reader.settled()
        store.put_operations([deploy])
        assert await reader.settled() == []
        deploy.feed([Ended(101.0, True, 1.0)])
        store.put_operations([deploy])
        assert await reader.settled() == ["web"]


async def test_while_somebody_has_the_lease_it_is_read_again_and_again() -> None:
    store, reader = Store(), Reader()
    store.set_link(LIVE)
    holder = Holder("alice", "op", "Deploy web v1", "stop r1", True, "")
    reader.answer = Releases(Standing("web"), holder=holder, at=1.0)
    async with following(store, reader):
        await reader.times(3 * 2)
        reader.answer = Releases(Standing("web"), holder=holder._replace(alive=False), at=1.0)
        await reader.settled()
        await reader.settled()
        assert await reader.settled() == []


async def test_what_cannot_be_read_keeps_what_was_known_and_says_why() -> None:
    store, reader = Store(), Reader()
    store.set_link(LIVE)
    reader.answer = Releases(Standing("web", {}, {1: True}), at=5.0)
    async with following(store, reader):
        await reader.settled()
        reader.answer = HoldfastError("the ledger cannot be read")
        store.put_containers([container("1", "web")])
        await reader.settled()
        assert store.releases["web"].error == "the ledger cannot be read"
        assert store.releases["web"].standing.good == [1]
        assert store.releases["web"].at == 5.0


async def test_readers_are_told_of_differences_only() -> None:
    store = Store()
    told: list[tuple[str, ...]] = []
    from tui.store.store import Topic

    store.subscribe(Topic.RELEASES, lambda change: told.append(change.put))
    store.put_releases("web", Releases(Standing("web"), at=1.0))
    store.put_releases("web", Releases(Standing("web"), at=2.0))
    store.put_releases("web", Releases(Standing("web", {}, {1: True}), at=3.0))
    assert told == [("web",), ("web",)]
    assert store.releases["web"].at == 3.0


async def test_known_drift_stays_where_the_configuration_is_read_again_and_goes_with_the_container() -> None:
    store, reader = Store(), Reader()
    known: dict[str, Known] = {}
    store.set_link(LIVE)
    store.put_containers([container("1", "web")])
    async with following(store, reader, known):
        await reader.settled()
        store.put_drift(Drift("web", (), (), 1.0))
    async with following(store, reader, known):
        await reader.settled()
        assert "web" in store.drift
    store.put_containers([container("1", "web", "exited")])  # while nobody follows
    async with following(store, reader, known):
        await reader.settled()
        assert "web" not in store.drift
        store.put_drift(Drift("web", (), (), 2.0))
    store.remove_containers(["1"])
    async with following(store, reader, known):
        await reader.settled()
        assert "web" not in store.drift


def test_known_drift_of_an_app_that_is_defined_otherwise_is_forgotten() -> None:
    store = Store()
    apps = {name: AppSpec(name, name, "apps.toml") for name in ("api", "web")}
    store.set_apps(apps, {})
    for name in apps:
        store.put_drift(Drift(name, (), (), 1.0))
    store.set_apps({**apps, "web": AppSpec("web", "another", "apps.toml")}, {})
    assert list(store.drift) == ["api"]
