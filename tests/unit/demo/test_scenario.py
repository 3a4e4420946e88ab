"""The demo's shop and its story."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tui.demo import scenario
from tui.demo.shell import Write
from tui.demo.simulation import Simulation
from tui.demo.story import ORDER, Story
from tui.demo.stream import STDERR
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def shop() -> AsyncIterator[Simulation]:
    simulation = Simulation("test")
    scenario.populate(simulation)
    yield simulation
    await simulation.runtime.close()


async def test_every_state_is_there(shop: Simulation) -> None:
    containers = shop.state.containers.values()
    assert len(containers) == 12
    assert Counter(container.state for container in containers) >= Counter(
        running=8, paused=1, restarting=1, exited=1
    )
    healths = Counter(container.health.status for container in containers if container.health)
    assert healths["unhealthy"] == 1
    assert healths["healthy"] >= 3
    assert {"shop", "mail", "metrics"} <= {
        container.labels.get("com.docker.compose.project") for container in containers
    }
    assert shop.state.find("metrics-loki-1").exit_code == 137


async def test_images_have_several_names_and_some_have_none(shop: Simulation) -> None:
    images = shop.state.library.images.values()
    assert len(images) >= 10
    assert max(len(image.tags) for image in images) >= 3
    assert sum(not image.tags for image in images) == 2
    for image in images:
        assert image.size > 1_000_000
        assert len(image.history) >= 2
        assert {split_reference(digest).repository for digest in image.digests} == {
            split_reference(tag).repository for tag in image.tags
        }


async def test_nothing_is_told_as_news_at_the_beginning(shop: Simulation) -> None:
    told = [happening for happening in shop.state.journal.past if happening.kind in ("container", "image")]
    assert told == []


async def test_every_container_is_listed_with_its_own_image_name(shop: Simulation) -> None:
    for entry in json.loads(shop.listing.body(everything=True)):
        assert ":" in entry["Image"]
        assert not entry["Image"].startswith("sha256:")


async def test_logs_have_a_past_and_both_streams(shop: Simulation) -> None:
    for container in shop.state.containers.values():
        book = shop.book(container)
        if container.name == "mail-queue-1":
            continue
        assert len(book.messages) >= scenario.BACKLOG
        times = [message.time for message in book.messages]
        assert times == sorted(times)
        assert times[-1] <= shop.clock()
    worker = shop.book(shop.state.find("shop-worker-1"))
    assert any(b"\x1b[32m" in message.text for message in worker.messages)
    assert any(message.stream == STDERR and b"Traceback" in message.text for message in worker.messages)
    api = shop.book(shop.state.find("shop-api-1"))
    assert all(json.loads(message.text)["level"] for message in api.messages)


async def test_no_line_holds_anything_but_colours(shop: Simulation) -> None:
    for container in shop.state.containers.values():
        for message in shop.book(container).messages:
            escapes = message.text.count(b"\x1b")
            assert escapes == message.text.count(b"\x1b[")
            assert all(byte >= 32 or byte in b"\n\x1b" for byte in message.text)


async def test_the_same_seed_writes_the_same_lines(shop: Simulation) -> None:
    def lines(seed: str) -> list[bytes]:
        found = scenario.program(seed, shop.state.find("shop-worker-1"))
        assert found is not None
        return [step.text for step in (next(found.steps) for _ in range(40)) if isinstance(step, Write)]

    assert lines("a") == lines("a") != lines("b")


async def test_a_story_goes_round_without_breaking(shop: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    real_sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real_sleep(min(seconds, 0.01)))
    story = Story(shop)
    names = set(shop.state.names)
    for what in ORDER * 2:
        await story.happen(what)
    actions = Counter(happening.action for happening in shop.state.journal.past)
    assert actions["tag"] == actions["untag"] == 2
    assert actions["destroy"] == 6
    assert actions["health_status: healthy"] >= 1
    assert actions["health_status: unhealthy"] >= 1
    assert actions["restart"] == 2
    assert actions["pause"] == actions["unpause"] == 2
    assert set(shop.state.names) == names


async def test_a_story_goes_on_when_everything_was_removed(
    shop: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real_sleep(min(seconds, 0.01)))
    for container in tuple(shop.state.containers.values()):
        shop.state.remove(container, force=True)
    shop.state.library.prune(dangling=False)
    told = len(shop.state.journal.past)
    story = Story(shop)
    for what in ORDER:
        await story.happen(what)
    assert len(shop.state.journal.past) == told


async def test_something_happens_every_ten_to_twenty_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation("pace")
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 20:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await Story(simulation).tell()
    assert all(10 <= pause <= 20 for pause in pauses)


async def test_a_crashing_service_comes_back_by_itself(
    shop: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_sleep = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: real_sleep(min(seconds, 0.01)))
    queue = shop.state.find("mail-queue-1")
    while queue.restarts < 2:
        await shop.runtime.moved.wait()
    told = [happening.action for happening in shop.state.journal.past if happening.id == queue.id]
    assert told[:3] in (["start", "die", "start"], ["die", "start", "die"])
    assert b"ENOTFOUND" in b"".join(message.text for message in shop.book(queue).messages)
