"""Which image of an app is meant, whatever way its repository is written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tui.engine.errors import NotFound
from tui.model.app import AppSpec, BuildSpec
from tui.model.image import ImageConfig
from tui.operations.looking.image_choice import NoSuchImage, chosen
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


@pytest.mark.parametrize(
    ("image", "build", "words"),
    [
        ("alice/web", BuildSpec(".", "Dockerfile"), "holdfast build web"),
        ("alice/web", None, "docker pull alice/web:VERSION"),
        ("web", None, "docker tag IMAGE web:VERSION"),
    ],
)
async def test_the_remedy_is_one_that_works(
    image: str, build: BuildSpec | None, words: str, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    engine = SimpleNamespace(images=Images("other:v1"))
    app = AppSpec("web", image, "holdfast.toml", build)

    with pytest.raises(NoSuchImage) as raised:
        await chosen(engine, app)

    assert words in raised.value.hint
    assert (build is None) == ("holdfast build" not in raised.value.hint)


async def test_a_tag_that_is_nearly_right_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    engine = SimpleNamespace(images=Images("web:v1.0.0"))

    with pytest.raises(NoSuchImage) as raised:
        await chosen(engine, AppSpec("web", "web", "holdfast.toml"), "1.0.0")

    assert raised.value.hint == "did you mean v1.0.0?"
