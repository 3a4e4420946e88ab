"""Remote tags: asked at the start and after pushes, bounded, and honest where the registry is away."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from tui.errors import HoldfastError
from tui.model.app import AppSpec
from tui.model.image import Image
from tui.model.operation import Ended, Started
from tui.model.remote import RemoteTag, listed_tags
from tui.store.operation import Operation
from tui.store.store import Link, LinkState, Store
from tui.sync import remote_tags
from tui.sync.remote_tags import RemoteTagsFollower

APP = AppSpec("web", "reg:5000/web", "holdfast.toml")


class Registry:
    insecure = True

    def __init__(self):
        self.held = {}
        self.error = ""
        self.asked = []

    async def listed(self):
        if self.error:
            raise HoldfastError(self.error)
        return listed_tags(self.held)

    async def digest(self, tag):
        self.asked.append(tag)
        if self.held[tag] is None:
            raise HoldfastError("the registry is gone")
        return self.held[tag]

    async def config(self, digest):
        return digest.replace("m", "c")


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
async def follower(store, registry):
    @asynccontextmanager
    async def opened(app):
        yield registry

    follower = RemoteTagsFollower(store, [APP], opened)
    task = asyncio.create_task(follower.run())
    yield follower
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.005)


def live(store):
    store.set_link(Link(LinkState.LIVE, 0.0))


async def test_nobody_is_asked_before_the_engine_answers(store, registry, follower):
    registry.held = {"v1": "sha256:m1"}
    await asyncio.sleep(0.05)
    assert not registry.asked

    live(store)

    await until(lambda: APP.image in store.remote)
    assert store.remote[APP.image].tags == {"v1": RemoteTag("sha256:m1")}
    assert store.remote[APP.image].plain


async def test_how_it_is_spoken_to_is_known_although_it_does_not_answer(store, registry, follower):
    registry.error = "closed"
    live(store)
    await until(lambda: APP.image in store.remote)
    assert (store.remote[APP.image].error, store.remote[APP.image].plain) == ("closed", True)


async def test_what_the_engine_never_pushed_is_compared_by_its_configuration(store, registry, follower):
    registry.held = {"v1": "sha256:m1", "v2": "sha256:m2"}
    store.set_images(
        [
            Image("sha256:c1", ("reg:5000/web:v1",), (), 0.0, 1),
            Image("sha256:c2", ("reg:5000/web:v2",), ("reg:5000/web@sha256:m2",), 0.0, 1),
        ]
    )

    live(store)

    await until(lambda: APP.image in store.remote)
    assert store.remote[APP.image].tags == {
        "v1": RemoteTag("sha256:m1", "sha256:c1"),
        "v2": RemoteTag("sha256:m2"),
    }


async def test_a_push_makes_it_ask_again(store, registry, follower):
    live(store)
    await until(lambda: APP.image in store.remote)
    registry.held = {"v1": "sha256:m1"}

    operation = Operation(Started(1.0, "op", "push", "web", "e", "me", "here", 1))
    operation.feed([Ended(2.0, True, 1.0)])
    store.put_operations([operation])

    await until(lambda: "v1" in store.remote[APP.image].tags)


async def test_a_registry_that_goes_away_is_said_and_what_was_known_stays(store, registry, follower):
    registry.held = {"v1": "sha256:m1"}
    live(store)
    await until(lambda: APP.image in store.remote)

    registry.held = {"v1": "sha256:m1", "v2": None}
    follower.nudge()

    await until(lambda: store.remote[APP.image].error)
    assert store.remote[APP.image].error == "the registry is gone"
    assert "v1" in store.remote[APP.image].tags

    registry.held = {"v1": "sha256:m1"}
    follower.nudge()
    await until(lambda: not store.remote[APP.image].error)


async def test_what_is_kept_of_images_is_no_tag_and_is_counted(store, registry, follower):
    hexadecimal = "a" * 64
    ends = ("", ".sig", ".att", ".sbom")
    registry.held = {"v1": "sha256:m1"} | {f"sha256-{hexadecimal}{end}": "sha256:m2" for end in ends}
    live(store)

    await until(lambda: APP.image in store.remote)
    found = store.remote[APP.image]
    assert (found.tags, found.more) == ({"v1": RemoteTag("sha256:m1")}, 0)
    assert found.evidence == {f"sha256:{hexadecimal}"}
    assert registry.asked == ["v1"]


async def test_of_very_many_tags_the_newest_versions_are_looked_at(store, registry, follower, monkeypatch):
    monkeypatch.setattr(remote_tags, "LOOKED_AT", 3)
    registry.held = {f"v1.{minor}.0": f"sha256:m{minor}" for minor in range(12)} | {"main": "sha256:m"}

    live(store)

    await until(lambda: APP.image in store.remote)
    found = store.remote[APP.image]
    assert set(found.tags) == {"v1.11.0", "v1.10.0", "v1.9.0"}
    assert found.more == 10


async def test_without_an_app_that_has_a_registry_nothing_runs(store):
    app = AppSpec("web", "web", "holdfast.toml")
    await asyncio.wait_for(RemoteTagsFollower(store, [app], lambda app: None).run(), 1)
