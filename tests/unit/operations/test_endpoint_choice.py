"""Which engine the dashboard opens: what is asked for now comes before what a file says."""

from __future__ import annotations

import pytest

from tui.operations.where import endpoint


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_file_is_asked_last(monkeypatch: pytest.MonkeyPatch) -> None:
    assert endpoint("", "", "unix:///file.sock").url == "unix:///file.sock"
    assert endpoint("", "", "unix:///file.sock").source == "the configuration"
    monkeypatch.setenv("DOCKER_HOST", "unix:///environment.sock")
    assert endpoint("", "", "unix:///file.sock").url == "unix:///environment.sock"
    assert endpoint("unix:///line.sock", "", "unix:///file.sock").url == "unix:///line.sock"


def test_a_context_on_the_command_line_is_not_overruled_by_the_file() -> None:
    assert endpoint("", "default", "unix:///file.sock").url.endswith("/docker.sock")
