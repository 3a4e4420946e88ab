"""Which image of an app is meant, whatever way its repository is written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tui.engine.errors import NotFound
from tui.model.image import ImageConfig
from tui.operations.chosen import chosen
from tui.settings.made import app_spec

ID = "sha256:" + "1" * 64


class Images:
    """Of an engine that has one image."""

    def __init__(self, *tags: str) -> None:
        self.one = ImageConfig(ID, tags, (), 1.0, 1, "linux", "amd64")

    async def list(self) -> list[ImageConfig]:
        return [self.one]

    async def config(self, reference: str) -> ImageConfig:
        if reference in (ID, *self.one.tags):
            return self.one
        raise NotFound(404, "no such image")


@pytest.mark.parametrize("written", ["docker.io/alice/web", "index.docker.io/alice/web", "alice/web"])
async def test_the_image_of_an_app_is_found_by_what_the_engine_calls_it(
    written: str, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    engine = SimpleNamespace(images=Images("alice/web:v1.0.0", "alice/web:build-111111111111"))
    app = app_spec("web", {"image": written, "origin": "holdfast.toml"})

    found = await chosen(engine, app)

    assert found.image.id == ID
    assert found.tags == ("v1.0.0",)
