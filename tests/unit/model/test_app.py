"""Which references are an app's: however its repository is written."""

from __future__ import annotations

import pytest

from tui.model.app import AppSpec
from tui.settings.made import app_spec


@pytest.mark.parametrize(
    ("written", "listed", "registry"),
    [
        ("docker.io/alice/web", "alice/web", True),
        ("index.docker.io/alice/web", "alice/web", True),
        ("docker.io/library/nginx", "nginx", True),
        ("docker.io/nginx", "nginx", True),
        ("library/nginx", "nginx", True),
        ("alice/web", "alice/web", True),
        ("nginx", "nginx", False),
        ("registry:5000/team/web", "registry:5000/team/web", True),
    ],
)
def test_an_app_knows_its_images_as_the_engine_lists_them(written: str, listed: str, registry: bool) -> None:
    app = app_spec("web", {"image": written, "origin": "holdfast.toml"})

    assert app.repository == listed
    assert app.has_registry == registry
    assert app.owns(f"{listed}:v1.0.0")
    assert app.owns(f"{listed}@sha256:{'0' * 64}")
    assert app.owns(f"{written}:v1.0.0")
    assert not app.owns(f"other/{listed}:v1.0.0")
    assert not app.owns(f"{listed}2:v1.0.0")
    assert app_spec("web", {"image": app.image, "origin": "holdfast.toml"}) == app


def test_the_same_name_in_another_place_is_another_repository() -> None:
    app = AppSpec("web", "registry:5000/team/web", "holdfast.toml")

    assert not app.owns("team/web:v1")
    assert not app.owns("registry:5001/team/web:v1")
    assert not AppSpec("web", "alice/web", "holdfast.toml").owns("web:v1")


def test_tags_of_builds_are_no_versions() -> None:
    app = AppSpec("web", "docker.io/library/web", "holdfast.toml")
    listed = ["web:v1.0.0", "web:build-0123456789ab", "other:v2", "docker.io/library/web:v1.1.0"]

    assert app.versions_of(listed) == ["v1.0.0", "v1.1.0"]
    assert app.tags_of(listed) == ["v1.0.0", "build-0123456789ab", "v1.1.0"]
    assert app.digest_of(["other@sha256:1", "web@sha256:2"]) == "sha256:2"
