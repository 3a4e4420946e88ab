"""Whose builds stand folded together."""

from __future__ import annotations

from tui.model.app import AppSpec
from tui.model.image import Image
from tui.model.labels import APP
from tui.presentation.folding import app_of_builds, names_of_builds


def built_for(app: str) -> Image:
    return Image("sha256:a", ("hello:build-0123456789ab",), (), 1.0, 1, labels={APP: app} if app else {})


def test_a_repository_of_two_apps_is_called_after_neither() -> None:
    hello, web = AppSpec("hello", "hello", "f"), AppSpec("old-web", "hello", "f")
    assert names_of_builds([hello]) == {"hello": "hello"}
    assert names_of_builds([hello, web, AppSpec("api", "team/api", "f")]) == {"team/api": "api"}


def test_builds_are_of_the_app_that_their_label_names() -> None:
    assert app_of_builds([built_for("hello"), built_for("hello")]) == "hello"
    assert app_of_builds([built_for("hello"), built_for("old-web")]) == ""
    assert app_of_builds([built_for("")]) == app_of_builds([]) == ""
