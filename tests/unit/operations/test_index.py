"""An index is judged, signed and compared by the manifest that an engine takes of it, or only by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST, digest_of
from tui.errors import Refused
from tui.model.app import AppSpec
from tui.operations.attesting.attest import place_of
from tui.operations.deploying.targets import resolve_version
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.image_chain import platform_manifests

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.client import Engine

PATH = "team/web"


class Place:
    """A registry with two images, and indexes of them."""

    def __init__(self, memory: MemoryRegistry, engine: Engine) -> None:
        self.memory = memory
        self.engine = engine
        self.app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        self.good, self.config = self.image(b"good")
        self.bad, _ = self.image(b"bad")

    def image(self, layer: bytes) -> tuple[str, str]:
        """Its digest, and its configuration's, which is another for each."""
        item, blobs = hollow_image(layer)
        config = json.dumps(json.loads(blobs[0]) | {"comment": layer.decode()}).encode()
        item["config"] |= {"digest": digest_of(config), "size": len(config)}
        for blob in (config, layer):
            self.memory.put_blob(PATH, blob)
        return self.memory.put_manifest(PATH, item), digest_of(config)

    def index(self, bad: str) -> str:
        """One that names the bad image first, for a platform "os/architecture", and for ours the good one."""
        entries = [
            {
                "mediaType": OCI_MANIFEST,
                "digest": digest,
                "size": len(self.memory.manifests[PATH, digest][0]),
                "platform": dict(zip(("os", "architecture"), platform.split("/"), strict=True)),
            }
            for digest, platform in ((self.bad, bad), (self.good, "linux/amd64"))
        ]
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
        return self.memory.put_manifest(PATH, index, "v1", OCI_INDEX)


@pytest.fixture
async def place(engine: Engine) -> AsyncIterator[Place]:
    async with MemoryRegistry() as memory:
        yield Place(memory, engine)


@pytest.mark.parametrize("bad", ["linux/arm64", "linux/386", "unknown/unknown"])
async def test_what_the_engine_takes_is_judged_and_signed_beside_the_index(place: Place, bad: str) -> None:
    digest = place.index(bad)
    target = await resolve_version(place.engine, place.app, "v1")
    assert (target.digest, target.manifest, target.config) == (digest, place.good, place.config)
    assert target.size == len(b"good")
    for image in (target.config, target.manifest, target.digest):
        target.check("web", image)
    with pytest.raises(Refused, match="not the one that was judged"):
        target.check("web", "sha256:" + "b" * 64)
    async with Remote(place.engine, place.app) as remote:
        found = await place_of(remote.registry, place.app, digest, "linux/amd64")
        assert found.digests == (digest, place.good)
        assert platform_manifests(found.manifest, "linux/amd64") == (place.good,)


@pytest.mark.parametrize("bad", ["linux/x86_64", "linux/x86-64", "linux/AMD64", "linux/amd64"])
async def test_where_it_may_take_another_only_the_index_counts(place: Place, bad: str) -> None:
    digest = place.index(bad)
    target = await resolve_version(place.engine, place.app, "v1")
    assert (target.digest, target.manifest, target.config) == (digest, "", "")
    async with Remote(place.engine, place.app) as remote:
        found = await place_of(remote.registry, place.app, digest, "linux/amd64")
        assert found.digests == (digest,)
        assert platform_manifests(found.manifest, "linux/amd64") == ()


async def test_an_index_over_which_engines_end_is_not_given_to_one(place: Place) -> None:
    place.index("Linux/amd64")
    with pytest.raises(Refused, match="spells a platform as no builder does"):
        await resolve_version(place.engine, place.app, "v1")


async def test_an_image_without_an_index_is_itself(place: Place) -> None:
    place.memory.tags[PATH, "v1"] = place.good
    target = await resolve_version(place.engine, place.app, "v1")
    assert (target.digest, target.manifest, target.config) == (place.good, place.good, place.config)
    async with Remote(place.engine, place.app) as remote:
        assert (await place_of(remote.registry, place.app, place.good, "linux/amd64")).digests == (
            place.good,
        )
