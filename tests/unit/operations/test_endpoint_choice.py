"""Which engine is meant: what is asked for now comes before what a file says; several are never guessed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.support.refs import ref
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EndpointUnusable, EngineError
from tui.engine.ref import AppKey, EngineRef
from tui.model.app import AppSpec
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import (
    AmbientEngine,
    Elsewhere,
    Named,
    WhichEngine,
    current,
    elsewhere,
    home,
    is_protected,
    lives_elsewhere,
    places,
    refuse_elsewhere,
    settings_of,
    simulated,
)
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

HERE, THERE, CURRENT = "unix:///here.sock", "unix:///there.sock", "unix:///current.sock"
NOTHING = Named()


def app(name: str, *engines: str) -> AppSpec:
    return AppSpec(name, f"registry:5000/{name}", "holdfast.toml", engines=engines)


def settings(*apps: AppSpec, engine: str = "") -> Settings:
    return Settings(apps={one.name: one for one in apps}, engine=engine)


def shown(url: str) -> EngineRef:
    """An engine that the command line does not name."""
    return EngineRef(Endpoint(url, "default socket"))


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_file_is_asked_last(monkeypatch: pytest.MonkeyPatch) -> None:
    written = settings(engine="unix:///file.sock")
    assert current(written, NOTHING).url == "unix:///file.sock"
    assert current(written, NOTHING).endpoint.source == "the configuration"
    monkeypatch.setenv("DOCKER_HOST", "unix:///environment.sock")
    assert current(written, NOTHING).url == "unix:///environment.sock"
    assert current(written, Named("unix:///line.sock")).url == "unix:///line.sock"


def test_a_context_on_the_command_line_is_not_overruled_by_the_file() -> None:
    assert current(settings(engine="unix:///file.sock"), Named("", "default")).url.endswith("/docker.sock")


def test_an_operation_goes_to_the_one_engine_of_the_app() -> None:
    written = settings(engine=CURRENT)
    assert home(app("web", THERE), written, NOTHING).url == THERE
    assert home(app("web"), written, NOTHING).url == CURRENT
    assert home(None, written, NOTHING).url == CURRENT
    assert home(app("web", THERE), written, Named(HERE)).url == HERE


@pytest.mark.parametrize("variable", ["", "DOCKER_HOST"])
def test_of_several_engines_none_is_guessed(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the current one, which may be none of them, nor what the environment happens to say."""
    if variable:
        monkeypatch.setenv(variable, HERE)
    both, written = app("web", "prod", HERE), settings(engine=CURRENT)
    with pytest.raises(WhichEngine, match=f"web lives on prod, {HERE}") as raised:
        home(both, written, NOTHING)
    assert raised.value.exit_status == 2
    assert raised.value.hint == f"name one: --context prod or --host {HERE}"
    assert home(both, written, Named(THERE)).url == THERE
    assert home(both, written, Named("", "default")).endpoint.source == "default socket"


# Where apps live


def named_places(found: Settings, name: str, asked: Named = NOTHING) -> list[tuple[str, tuple[str, ...]]]:
    return [(place.name, place.apps) for place in places(found, name, asked)]


def test_every_app_where_it_lives() -> None:
    found = settings(app("web"), app("api", THERE), app("both", HERE, THERE))
    assert named_places(found, "") == [("", ("web",)), (THERE, ("api", "both")), (HERE, ("both",))]


def test_one_app_at_its_engines_only() -> None:
    assert named_places(settings(app("web"), app("api", THERE)), "api") == [(THERE, ("api",))]
    found = settings(app("web", HERE, THERE))
    assert named_places(found, "web") == [(HERE, ("web",)), (THERE, ("web",))]


def test_without_apps_the_current_engine_tells_of_its_own() -> None:
    assert named_places(settings(engine=HERE), "") == [(HERE, ())]


def test_an_engine_on_which_no_app_lives_is_not_asked() -> None:
    assert named_places(settings(app("api", THERE)), "") == [(THERE, ("api",))]


def test_what_is_not_configured_is_looked_for_on_the_current_engine() -> None:
    assert named_places(settings(app("api", THERE), engine=HERE), "other") == [(HERE, ("other",))]


def test_an_engine_that_is_asked_for_stands_for_all() -> None:
    found = settings(app("web"), app("api", THERE), app("both", HERE, THERE))
    [only] = places(found, "", Named(HERE))
    assert only.apps == ("web", "api", "both")
    assert only.engine == EngineRef(Endpoint(HERE, "--host"), HERE, asked=True)


def test_the_same_engine_under_two_names_is_one() -> None:
    [only] = places(settings(app("web", HERE, "/here.sock"), app("api", "/here.sock")), "", NOTHING)
    assert (only.name, only.apps) == (HERE, ("web", "api"))


def test_a_context_that_is_missing_is_told_to_whoever_connects_there() -> None:
    gone, here = places(settings(app("web", "gone"), app("api", HERE)), "", NOTHING)
    assert (gone.name, gone.apps) == ("gone", ("web",))
    with pytest.raises(EngineError, match='names the Docker context "gone"'):
        _ = gone.engine
    assert here.engine.url == HERE


@pytest.mark.parametrize(
    ("engines", "asked", "away"),
    [
        ((), False, CURRENT),
        ((HERE,), False, ""),
        ((THERE,), False, THERE),
        ((THERE, HERE), False, ""),
        ((THERE, "gone"), False, f"{THERE}, gone"),
        ((THERE, "gone"), True, ""),
    ],
)
def test_an_app_of_several_engines_lives_at_each_of_them_and_nowhere_else(
    engines: tuple[str, ...], asked: bool, away: str
) -> None:
    web = app("web", *engines)
    written, here = settings(web, engine=CURRENT), shown(HERE)._replace(asked=asked)
    assert lives_elsewhere(web, written, here) == away
    assert elsewhere(written, here) == ({"web": away} if away else {})
    if not away:
        refuse_elsewhere(web, written, here)
        return
    with pytest.raises(Elsewhere, match=f"web lives on {away}, not on {HERE}"):
        refuse_elsewhere(web, written, here)


def test_every_app_is_looked_for_in_the_demo() -> None:
    demo = simulated(Endpoint("unix:///demo.sock", "the demo"))
    assert demo.demo
    assert elsewhere(settings(app("web", THERE), app("api", "gone", HERE)), demo) == {}


@pytest.mark.parametrize("variable", ["DOCKER_HOST", "DOCKER_CONTEXT"])
def test_the_environment_moves_no_app_away_from_its_own_engine(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = HERE if variable == "DOCKER_HOST" else "staging"
    monkeypatch.setenv(variable, said)
    with pytest.raises(AmbientEngine) as raised:
        home(app("web", THERE), settings(), NOTHING)
    assert raised.value.exit_status == 2
    assert raised.value.message == f"{variable} names {said}, and web lives on {THERE}"
    assert raised.value.hint.startswith(
        f"unset {variable}, or name the engine that is meant: --host {THERE}, or "
    )
    assert home(app("web", THERE), settings(), Named(HERE)).url == HERE


def test_the_environment_may_name_an_apps_own_engine_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", THERE)
    assert home(app("web", "/there.sock"), settings(), NOTHING).url == THERE
    assert home(app("web"), settings(engine=HERE), NOTHING).url == THERE  # it names no engine itself


def test_apps_are_looked_at_where_they_live_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", CURRENT)
    found = places(
        settings(app("web", THERE), app("api"), app("both", HERE, THERE), engine="gone"), "", NOTHING
    )
    assert [(place.engine.url, place.apps) for place in found] == [
        (CURRENT, ("api",)),
        (THERE, ("web", "both")),
        (HERE, ("both",)),
    ]


def test_the_environment_moves_only_apps_that_name_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", HERE)
    assert lives_elsewhere(app("web", THERE), settings(), shown(HERE)) == THERE
    assert lives_elsewhere(app("web"), settings(engine=THERE), shown(HERE)) == ""
    assert lives_elsewhere(app("web", THERE, CURRENT), settings(), shown(HERE)) == f"{THERE}, {CURRENT}"


# What the configuration says of an engine


@pytest.mark.parametrize(
    ("name", "found"), [("/here.sock", True), (HERE, True), (THERE, False), ("no-such-context", False)]
)
def test_an_engine_is_itself_by_whatever_name(name: str, found: bool, tmp_path: Path) -> None:
    said = EngineSettings(colour="bright_red", protected=True)
    environ = {"DOCKER_HOST": HERE, "HOME": str(tmp_path)}
    assert settings_of({name: said}, shown(HERE), environ) == (said if found else EngineSettings())
    assert is_protected({name: said}, shown(HERE), environ) is found
    assert not is_protected({name: said._replace(protected=False)}, shown(HERE), environ)


def test_what_several_names_say_of_one_engine_is_put_together() -> None:
    engines = {
        THERE: EngineSettings("green"),
        "/here.sock": EngineSettings("", protected=True),
        HERE: EngineSettings("red"),
        "unix:////here.sock": EngineSettings("blue"),
    }
    assert settings_of(engines, shown(HERE)) == EngineSettings("red", protected=True)


def test_a_context_is_protected_when_it_is_reached_by_its_endpoint(tmp_path: Path) -> None:
    folder = tmp_path / "contexts/meta" / hashlib.sha256(b"prod").hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": HERE}}}))
    engines = {"prod": EngineSettings(protected=True)}
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "other"}
    assert is_protected(engines, ref(HERE), environ)
    assert not is_protected(engines, ref(THERE), environ)


def test_a_socket_is_the_same_engine_by_whatever_path_leads_to_it(tmp_path: Path) -> None:
    """/var/run is a link to /run on most machines: a protected engine is protected by both."""
    (tmp_path / "run").mkdir()
    (tmp_path / "var").symlink_to(tmp_path / "run")
    one, other = f"unix://{tmp_path}/run/docker.sock", f"unix://{tmp_path}/var/docker.sock"
    assert is_protected({one: EngineSettings(protected=True)}, shown(other))
    assert is_protected({other: EngineSettings(protected=True)}, shown(one))
    assert not is_protected({one: EngineSettings(protected=True)}, shown(f"unix://{tmp_path}/docker.sock"))
    assert lives_elsewhere(app("web", one), settings(), shown(other)) == ""
    assert AppKey.of(one, "web") == AppKey.of(other, "web") != AppKey.of(one, "api")


def test_a_name_that_nobody_has_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    written = settings()._replace(engines={"edge-1": EngineSettings(host="ssh://edge-1")})
    with pytest.raises(EndpointUnusable) as refused:
        current(written, Named("", "nope"), {"HOME": str(tmp_path)})
    assert refused.value.message == (
        '--context names "nope", and there is no Docker context of that name, and no [engines.nope]'
    )
    assert refused.value.hint.startswith("[engines] has edge-1; docker context ls shows")
