"""What a tag holds, compared with an image: by what this platform gets of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.memory_registry import MemoryRegistry
from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST
from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.model.app import AppSpec
from tui.model.image import ImageConfig
from tui.operations.looking.app_repository import Remote
from tui.registry.errors import RegistryUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.client import Engine

PATH = "team/web"
OURS, OTHER = "sha256:" + "1" * 64, "sha256:" + "2" * 64


@pytest.fixture
async def memory() -> AsyncIterator[MemoryRegistry]:
    async with MemoryRegistry() as made:
        yield made


def image(id: str) -> ImageConfig:
    return ImageConfig(id=id, tags=(), digests=(), created=0.0, size=0, os="linux", architecture="amd64")


def index_around(memory: MemoryRegistry, *configs: str, tag: str = "v1") -> None:
    """An index with a manifest for this platform of each configuration, and what a builder attests of it."""
    named = []
    for platform, config in (*(("linux/amd64", one) for one in configs), ("unknown/unknown", OTHER)):
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config, "size": 2},
            "layers": [],
        }
        system, architecture = platform.split("/")
        named.append(
            {
                "mediaType": OCI_MANIFEST,
                "digest": memory.put_manifest(PATH, manifest),
                "size": 100,
                "platform": {"os": system, "architecture": architecture},
            }
        )
    memory.put_manifest(
        PATH, {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": named}, tag, OCI_INDEX
    )


@pytest.mark.parametrize(
    ("configs", "same"),
    [((OURS,), True), ((OTHER,), False), ((OURS, OTHER), False)],
    ids=["ours", "other bytes", "nobody knows which"],
)
async def test_an_index_around_the_image_has_its_bytes(
    engine: Engine, memory: MemoryRegistry, configs: tuple[str, ...], same: bool
) -> None:
    index_around(memory, *configs)
    app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
    async with Remote(engine, app) as remote:
        held = await remote.held("v1", image(OURS))
    assert held.digest == memory.tags[PATH, "v1"]
    assert held.same is same


@pytest.mark.parametrize("url", ["https://web-1", "tcp://web-1:2376"])
async def test_a_registry_on_a_remote_engine_s_loopback_is_not_the_one_of_this_machine(
    memory: MemoryRegistry, url: str
) -> None:
    memory.put_manifest(PATH, {"mediaType": OCI_MANIFEST}, "v1")
    app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
    async with Remote(None, app, insecure=True, endpoint=Endpoint(url, "--host", Tls())) as remote:
        with pytest.raises(RegistryUnreachable, match="on the loopback of the engine's own host") as caught:
            await remote.listed()
        assert url in caught.value.message
    for near in ("unix:///run/docker.sock", "tcp://127.0.0.1:2376"):
        async with Remote(None, app, insecure=True, endpoint=Endpoint(near, "--host", Tls())) as remote:
            assert await remote.tags() == ["v1"]
