"""The client against a real engine: images."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import docker
import pytest

from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
def made(engine_host: str) -> str:
    """The ID of a new image with one file, named holdfast-test/made:1."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
        entry = tarfile.TarInfo("hello")
        entry.size = 1000
        archive.addfile(entry, io.BytesIO(b"x" * 1000))
    with docker.APIClient(base_url=engine_host) as client:
        client.import_image_from_data(
            file.getvalue(),
            repository="holdfast-test/made",
            tag="1",
            changes=['LABEL team="web"', "ENV API_TOKEN=hunter2hunter2", "EXPOSE 80"],
        )
        id: str = client.inspect_image("holdfast-test/made:1")["Id"]
    return id


async def test_an_image_is_listed_tagged_untagged_and_gone(engine: Engine, made: str) -> None:
    [image] = [image for image in await engine.images.list() if image.id == made]
    assert (image.tags, image.labels["team"], image.size) == (("holdfast-test/made:1",), "web", 1000)
    await engine.images.tag(made, "holdfast-test/made", "2")
    [image] = [image for image in await engine.images.list() if image.id == made]
    assert set(image.tags) == {"holdfast-test/made:1", "holdfast-test/made:2"}
    with pytest.raises(Conflict, match="repositories"):
        await engine.images.remove(made)
    assert await engine.images.remove("holdfast-test/made:1") == ["holdfast-test/made:1"]
    went = await engine.images.remove("holdfast-test/made:2")
    assert went[0] == "holdfast-test/made:2"
    assert made in went
    with pytest.raises(NotFound):
        await engine.images.details(made)


async def test_an_image_without_a_tag_is_dangling(engine: Engine, made: str, engine_host: str) -> None:
    with docker.APIClient(base_url=engine_host) as client:
        client.import_image_from_data(b"\0" * 1024, repository="holdfast-test/made", tag="1")
    [image] = [image for image in await engine.images.list() if image.id == made]
    assert image.dangling
    await engine.images.remove("holdfast-test/made:1")


async def test_details_of_an_image(engine: Engine, made: str) -> None:
    details = await engine.images.details("holdfast-test/made:1")
    facts = {section.title: dict(section.facts) for section in details.sections}
    assert details.title == "holdfast-test/made:1"
    assert facts["Identity"]["ID"] == made
    assert facts["Ports"] == {"80/tcp": "exposed"}
    assert "hunter2hunter2" not in str(details)
    assert sum(layer.size for layer in details.layers) == 1000
    assert details.layers[0].tags == ("holdfast-test/made:1",)
    await engine.images.remove("holdfast-test/made:1")
