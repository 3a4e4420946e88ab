"""`[engines.NAME]` is a name for an engine wherever one is named, and says how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.model.app import AppSpec
from tui.model.policy import EngineSettings
from tui.operations.looking.endpoint_choice import (
    AmbientEngine,
    Named,
    current,
    fleet,
    home,
    lives_elsewhere,
    places,
    settings_of,
)
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

WEB, DB = "ssh://deploy@web-1", "tcp://db-1:2376"
ENGINES = {
    "web": EngineSettings(host=WEB, ssh_options=("ProxyJump=bastion",), colour="red"),
    "db": EngineSettings(host=DB, ca="/ca.pem", cert="/cert.pem", key="/key.pem", protected=True),
    "lab": EngineSettings(host="tcp://lab:2375", allow_plain=True),
}
SETTINGS = Settings(engines=ENGINES)
REACHED_WEB = Endpoint(WEB, "", ssh_options=("ProxyJump=bastion",))
REACHED_DB = Endpoint(DB, "", tls=Tls("/ca.pem", "/cert.pem", "/key.pem"))


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def app(*engines: str) -> AppSpec:
    return AppSpec("shop", "shop", "", engines=engines)


def test_wherever_an_engine_is_named_its_table_says_how_it_is_reached(environ: dict[str, str]) -> None:
    by_key = current(SETTINGS._replace(engine="web"), Named(), environ)
    assert by_key.endpoint == REACHED_WEB._replace(source="the configuration")
    by_option = current(SETTINGS, Named(context="db"), environ)
    assert by_option.endpoint == REACHED_DB._replace(source="[engines.db]")
    assert by_option.asked
    by_app = home(app("web"), SETTINGS, Named(), environ)
    assert by_app.endpoint == REACHED_WEB._replace(source="the configuration")
    assert by_app.name == "web"


def test_who_names_the_endpoint_itself_reaches_it_in_the_same_way(environ: dict[str, str]) -> None:
    assert current(SETTINGS, Named(host=WEB), environ).endpoint == REACHED_WEB._replace(source="--host")
    environ["DOCKER_HOST"] = DB
    assert current(SETTINGS, Named(), environ).endpoint == REACHED_DB._replace(source="DOCKER_HOST")
    environ["DOCKER_HOST"] = "tcp://lab:2375"
    assert current(SETTINGS, Named(), environ).endpoint.may_be_plain
    environ["DOCKER_HOST"] = "tcp://other:2375"
    assert not current(SETTINGS, Named(), environ).endpoint.may_be_plain


def test_dockers_variables_encrypt_what_the_table_leaves_open(environ: dict[str, str]) -> None:
    environ |= {"DOCKER_HOST": "tcp://lab:2375", "DOCKER_TLS_VERIFY": "1"}
    found = current(SETTINGS, Named(), environ).endpoint
    assert found.tls == Tls(f"{environ['HOME']}/.docker/ca.pem")


def test_a_variable_that_names_the_apps_own_engine_is_no_other(environ: dict[str, str]) -> None:
    environ["DOCKER_HOST"] = WEB
    assert home(app("web"), SETTINGS, Named(), environ).url == WEB
    with pytest.raises(AmbientEngine):
        home(app("db"), SETTINGS, Named(), environ)


def test_colour_and_protection_are_found_by_every_name(environ: dict[str, str]) -> None:
    shown = current(SETTINGS, Named(host=DB), environ)
    assert settings_of(ENGINES, shown, environ).protected
    assert settings_of(ENGINES, current(SETTINGS, Named(host=WEB), environ), environ).colour == "red"
    assert lives_elsewhere(app("db"), SETTINGS, shown._replace(asked=False), environ) == ""
    assert lives_elsewhere(app("web"), SETTINGS, shown._replace(asked=False), environ) == "web"


def test_one_engine_under_two_names_is_one_place(environ: dict[str, str]) -> None:
    settings = SETTINGS._replace(
        apps={"shop": app("web"), "site": app(WEB)._replace(name="site"), "db": app("db")._replace(name="db")}
    )
    found = places(settings, "", Named(), environ)
    assert [(place.name, place.apps) for place in found] == [("web", ("shop", "site")), ("db", ("db",))]


def test_an_app_of_several_engines_is_a_fleet(environ: dict[str, str]) -> None:
    several = app("web", "db", WEB)
    found = fleet(several, SETTINGS, Named(), environ)
    assert [(one.name, one.url) for one in found] == [("web", WEB), ("db", DB)], "one engine is one"
    assert fleet(app("web"), SETTINGS, Named(), environ) == ()
    assert fleet(several, SETTINGS, Named(context="web"), environ) == ()


@pytest.mark.parametrize("variable", ["DOCKER_HOST", "DOCKER_CONTEXT"])
def test_a_variable_makes_nothing_of_a_fleet(environ: dict[str, str], variable: str) -> None:
    environ[variable] = WEB
    with pytest.raises(AmbientEngine) as refused:
        fleet(app("web", "db"), SETTINGS, Named(), environ)
    assert refused.value.exit_status == 2
    assert f"unset {variable} for all of them" in refused.value.hint
