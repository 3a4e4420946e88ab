"""Which image of an app is meant, whatever way its repository is written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tui.engine.errors import NotFound, RequestRefused
from tui.model.app import AppSpec, BuildSpec
from tui.model.image import ImageConfig
from tui.model.reference import split_reference
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


class Strict(Images):
    """An engine takes each reference apart, and refuses what is none."""

    digest = "reg:5000/shop@sha256:" + "d" * 64

    async def config(self, reference: str) -> ImageConfig:
        taken = split_reference(reference)
        if ":" in taken.repository.rpartition("/")[2] or (taken.digest and taken.digest[:7] != "sha256:"):
            raise RequestRefused(400, "invalid reference format")
        if reference in (self.digest, ID[7:19], ID[:19]):
            return self.one
        return await super().config(reference)


@pytest.mark.parametrize(
    "wanted", ["v1.1.0", ID, ID[7:19], ID[:19], "reg:5000/shop:v1.1.0", Strict.digest, Strict.digest[14:]]
)
async def test_an_image_is_wanted_by_any_of_its_names(wanted: str, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    engine = SimpleNamespace(images=Strict("reg:5000/shop:v1.1.0"))
    found = await chosen(engine, AppSpec("shop", "reg:5000/shop", "holdfast.toml"), wanted)
    assert found.image.id == ID


@pytest.mark.parametrize("wanted", ["hello:v9", "a b", "x@y", "sha256:zz", "v9"])
async def test_what_names_nothing_is_said_in_the_words_that_were_given(
    wanted: str, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    engine = SimpleNamespace(images=Strict("hello:v1.0.0"))
    with pytest.raises(NoSuchImage) as caught:
        await chosen(engine, AppSpec("hello", "hello", "holdfast.toml"), wanted)
    assert caught.value.message == f"there is no image {wanted} on this engine"
