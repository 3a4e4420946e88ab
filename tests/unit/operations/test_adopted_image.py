"""Which version a container that is adopted is said to run: one that its image has as this app's, or none."""

from __future__ import annotations

import pytest

from tests.support.containers import inspected_container
from tui.engine.container.adoption import Adoption
from tui.model.app import RunSpec
from tui.operations.verbs.adopted_image import image_of

ID = "sha256:" + "ab" * 32
DIGEST = "sha256:" + "cd" * 32


def made_of(image: str, *names: str) -> Adoption:
    return Adoption(inspected_container(image=image, image_id=ID), RunSpec(), (), {}, names)


@pytest.mark.parametrize("id", [ID, ID[7:19]])
@pytest.mark.parametrize(
    ("names", "repository", "version"),
    [
        (("backup:keep", "team/web:v1"), "team/web", "v1"),
        (("team/web:v1",), "team/web", "v1"),
        (("team/web:latest",), "team/web", "latest"),
        (("team/web:latest", "team/web:v1"), "team/web", "v1"),
        (("team/web:v1", "team/web:build-abababababab"), "team/web", "v1"),
        (("team/web:v1", "team/web:v2"), "team/web", ""),
        (("team/site:v7",), "team/site", "v7"),
        (("backup:keep", "team/site:v7"), "backup", ""),
        (("a/web:v1", "b/web:v2"), "a/web", ""),
        ((), "web", ""),
    ],
)
def test_made_by_id(id: str, names: tuple[str, ...], repository: str, version: str) -> None:
    found = image_of(made_of(id, *names), "web")
    assert (found.repository, found.version) == (repository, version)
    assert (found.reference, found.digest) == (ID, "")


def test_the_repository_of_a_configured_app_is_the_one() -> None:
    names = ("team/web:v1", "reg.example.com/shop:v7", f"reg.example.com/shop@{DIGEST}")
    found = image_of(made_of(ID, *names), "web", "reg.example.com/shop")
    assert found == ("reg.example.com/shop", "v7", f"reg.example.com/shop@{DIGEST}", DIGEST)


def test_of_names_that_are_nobodys_the_one_with_a_registry_counts_without_its_tag() -> None:
    found = image_of(made_of(ID, "backup:keep", "r.io/site:v7", f"r.io/site@{DIGEST}"), "web")
    assert (found.repository, found.version, found.digest) == ("r.io/site", "", DIGEST)


def test_made_by_name() -> None:
    assert image_of(made_of("team/web:v1", "other:v9"), "web").version == "v1"
    assert image_of(made_of("team/web", "other:v9"), "web").version == "latest"
    found = image_of(made_of(f"reg.example.com/web@{DIGEST}", "reg.example.com/web:v3"), "web")
    assert (found.version, found.digest) == ("", DIGEST)
