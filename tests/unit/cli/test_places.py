"""Which engines the command line looks at, and which of them are protected."""

from __future__ import annotations

import pytest

from tui.cli.places import Asked, Place, merged, places, unknown
from tui.model.app import AppSpec
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import is_protected
from tui.settings.schema import Settings

HERE, THERE = "unix:///here.sock", "unix:///there.sock"


def app(name, *engines):
    return AppSpec(name, f"registry:5000/{name}", "holdfast.toml", engines=engines)


def settings(*apps, engine=""):
    return Settings()._replace(apps={one.name: one for one in apps}, engine=engine)


def test_every_app_where_it_lives():
    found = places(settings(app("web"), app("api", THERE), app("both", HERE, THERE)), "")
    assert found == [Place("", ("web",)), Place(THERE, ("api", "both")), Place(HERE, ("both",))]


def test_one_app_at_its_engines_only():
    assert places(settings(app("web"), app("api", THERE)), "api") == [Place(THERE, ("api",))]
    assert places(settings(app("web", HERE, THERE)), "web") == [Place(HERE, ("web",)), Place(THERE, ("web",))]


def test_without_apps_the_current_engine_tells_of_its_own():
    assert places(settings(engine=HERE), "") == [Place(HERE)]


def test_an_engine_on_which_no_app_lives_is_not_asked():
    assert places(settings(app("api", THERE)), "") == [Place(THERE, ("api",))]


def test_what_is_not_configured_is_looked_for_on_the_current_engine():
    assert places(settings(app("api", THERE), engine=HERE), "other") == [Place(HERE, ("other",))]


def test_an_engine_that_is_asked_for_stands_for_all():
    known = places(settings(app("web"), app("api", THERE), app("both", HERE, THERE)), "")
    [only] = merged(Asked(host=HERE), settings(), known)
    assert only.apps == ("web", "api", "both")


def test_a_context_that_is_missing_stays_for_whoever_connects_there(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    known = [Place("gone", ("web",)), Place(HERE, ("api",))]
    assert merged(Asked(), settings(), known) == known


def test_a_mistyped_app_is_told_its_nearest():
    assert unknown("wep", ["web", "api"]).hint == "did you mean web?"
    assert unknown("zzz", ["web", "api"]).hint == "there are web, api"
    assert "holdfast init" in unknown("zzz", []).hint


@pytest.mark.parametrize(("name", "protected"), [
    ("/here.sock", True), (HERE, True), (THERE, False), ("no-such-context", False),
])  # fmt: skip
def test_an_engine_is_protected_by_whatever_name(name, protected, tmp_path):
    engines = {name: EngineSettings(protected=True)}
    environ = {"DOCKER_HOST": HERE, "HOME": str(tmp_path)}
    assert is_protected(engines, HERE, environ) is protected
    assert not is_protected({name: EngineSettings(protected=False)}, HERE, environ)


def test_a_context_is_protected_when_it_is_reached_by_its_endpoint(tmp_path):
    import hashlib
    import json

    folder = tmp_path / "contexts/meta" / hashlib.sha256(b"prod").hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": HERE}}}))
    engines = {"prod": EngineSettings(protected=True)}
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "other"}
    assert is_protected(engines, HERE, environ)
    assert not is_protected(engines, THERE, environ)
