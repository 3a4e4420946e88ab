"""Which engine is meant: what is asked for now comes before what a file says; several are never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.model.app import AppSpec
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import (
    WhichEngine,
    elsewhere,
    endpoint,
    home,
    is_protected,
    lives_elsewhere,
)
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

HERE, THERE, CURRENT = "unix:///here.sock", "unix:///there.sock", "unix:///current.sock"


def app(name: str, *engines: str) -> AppSpec:
    return AppSpec(name, f"registry:5000/{name}", "holdfast.toml", engines=engines)


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


def test_an_operation_goes_to_the_one_engine_of_the_app() -> None:
    assert home(app("web", THERE), CURRENT).url == THERE
    assert home(app("web"), CURRENT).url == CURRENT
    assert home(None, CURRENT).url == CURRENT
    assert home(app("web", THERE), CURRENT, HERE).url == HERE


@pytest.mark.parametrize("variable", ["", "DOCKER_HOST"])
def test_of_several_engines_none_is_guessed(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the current one, which may be none of them, nor what the environment happens to say."""
    if variable:
        monkeypatch.setenv(variable, HERE)
    with pytest.raises(WhichEngine, match=f"web lives on prod, {HERE}") as raised:
        home(app("web", "prod", HERE), CURRENT)
    assert raised.value.exit_status == 2
    assert raised.value.hint == f"name one: --context prod or --host {HERE}"
    assert home(app("web", "prod", HERE), CURRENT, host=THERE).url == THERE
    assert home(app("web", "prod", HERE), CURRENT, docker_context="default").source == "default socket"


@pytest.mark.parametrize(
    ("engines", "options", "away"),
    [
        ((), {}, CURRENT),
        ((HERE,), {}, ""),
        ((THERE,), {}, THERE),
        ((THERE, HERE), {}, ""),
        ((THERE, "gone"), {}, f"{THERE}, gone"),
        ((THERE, "gone"), {"host": HERE}, ""),
    ],
)
def test_an_app_of_several_engines_lives_at_each_of_them_and_nowhere_else(
    engines: tuple[str, ...], options: dict[str, str], away: str
) -> None:
    assert lives_elsewhere(app("web", *engines), CURRENT, HERE, **options) == away
    found = elsewhere(
        Settings(apps={"web": app("web", *engines)}, engine=CURRENT), HERE, options.get("host", ""), ""
    )
    assert found == ({"web": away} if away else {})


def test_the_environment_moves_an_app_of_one_engine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", HERE)
    assert lives_elsewhere(app("web", THERE), "", HERE) == ""
    assert lives_elsewhere(app("web", THERE, CURRENT), "", HERE) == f"{THERE}, {CURRENT}"


def test_a_socket_is_the_same_engine_by_whatever_path_leads_to_it(tmp_path: Path) -> None:
    """/var/run is a link to /run on most machines: a protected engine is protected by both."""
    (tmp_path / "run").mkdir()
    (tmp_path / "var").symlink_to(tmp_path / "run")
    one, other = f"unix://{tmp_path}/run/docker.sock", f"unix://{tmp_path}/var/docker.sock"
    assert is_protected({one: EngineSettings(protected=True)}, other)
    assert is_protected({other: EngineSettings(protected=True)}, one)
    assert not is_protected({one: EngineSettings(protected=True)}, f"unix://{tmp_path}/docker.sock")
    assert lives_elsewhere(app("web", one), "", other) == ""
