"""Every engine that somebody has named is listed once, whatever it is called by."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.operations.test_endpoint_choice import app
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineError
from tui.engine.ref import EngineRef
from tui.model.policy import EngineSettings
from tui.operations.looking.engines import known_engines
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tui.model.app import AppSpec
    from tui.operations.looking.engines import KnownEngine

HERE = EngineRef(Endpoint("unix:///here.sock", "default socket"))


def made_context(folder: Path, name: str, host: str | None) -> None:
    place = folder / ".docker" / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    place.mkdir(parents=True)
    endpoints = {"docker": {"Host": host}} if host is not None else {}
    (place / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": endpoints}))


def known(
    home: Path, engines: dict[str, EngineSettings], *apps: AppSpec, engine: str = ""
) -> dict[str, KnownEngine]:
    settings = Settings(apps={one.name: one for one in apps}, engines=engines, engine=engine)
    found = known_engines(settings, [HERE], {"HOME": str(home)})
    return {one.called: one for one in found}


@pytest.fixture(autouse=True)
def no_default_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.contexts.DEFAULT_SOCKET", "/nowhere.sock")


def test_configured_ones_those_of_apps_and_contexts_are_all_there(tmp_path: Path) -> None:
    made_context(tmp_path, "desk", "unix:///desk.sock")
    engines = {"prod": EngineSettings(host="ssh://deploy@prod", colour="red", protected=True)}
    found = known(tmp_path, engines, app("web", "prod", "unix:///lab.sock"), app("api"))
    assert [*found] == ["unix:///here.sock", "prod", "unix:///lab.sock", "desk"]
    assert found["prod"].said.protected
    assert found["prod"].apps == ("web",)
    assert found["unix:///lab.sock"].apps == ("web",)
    assert found["unix:///here.sock"].apps == ("api",), "an app that names no engine lives on the current one"
    assert found["desk"].url == "unix:///desk.sock"


def test_one_engine_under_several_names_is_one_row_with_its_names(tmp_path: Path) -> None:
    made_context(tmp_path, "desk", "unix:///here.sock")
    engines = {
        "mine": EngineSettings(host="unix:///here.sock", colour="blue"),
        "unix:///here.sock": EngineSettings(host="unix:///here.sock", protected=True, maintenance=99.0),
    }
    [one] = known(tmp_path, engines).values()
    assert one.names == ("mine", "desk", "unix:///here.sock")
    assert (one.said.colour, one.said.protected, one.said.maintenance) == ("blue", True, 99.0)
    assert isinstance(one.found, EngineRef)
    assert one.found.called == "mine"


def test_a_table_goes_before_a_context_of_the_same_name(tmp_path: Path) -> None:
    made_context(tmp_path, "prod", "unix:///context.sock")
    found = known(tmp_path, {"prod": EngineSettings(host="unix:///table.sock")})
    assert found["prod"].url == "unix:///table.sock"
    assert len(found) == 2


def test_a_name_that_leads_nowhere_is_listed_with_why(tmp_path: Path) -> None:
    made_context(tmp_path, "empty", None)
    found = known(tmp_path, {}, app("web", "gone"))
    assert isinstance(found["gone"].found, EngineError)
    assert "none of that name" in found["gone"].found.message
    assert isinstance(found["empty"].found, EngineError)


def test_a_file_that_is_no_context_is_no_engine(tmp_path: Path) -> None:
    folder = tmp_path / ".docker" / "contexts" / "meta" / "x"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text("[1]")
    assert [*known(tmp_path, {})] == ["unix:///here.sock"]


def test_the_demo_is_alone(tmp_path: Path) -> None:
    made_context(tmp_path, "desk", "unix:///desk.sock")
    settings = Settings(engines={"prod": EngineSettings(host="unix:///prod.sock")})
    [one] = known_engines(settings, [HERE._replace(demo=True)], {"HOME": str(tmp_path)})
    assert one.url == "unix:///here.sock"


@pytest.mark.parametrize(
    ("said", "alone"),
    [
        (EngineSettings(), False),
        (EngineSettings(enabled=False), True),
        (EngineSettings(maintenance=20.0), True),
        (EngineSettings(maintenance=5.0), False),
    ],
)
def test_which_is_left_alone(said: EngineSettings, alone: bool) -> None:
    assert said.is_left_alone(10.0) is alone
