from __future__ import annotations

from pathlib import Path

import pytest

from tui.model.fleet import ALL, Fleet, OnFailure, Share, Unreachable
from tui.settings.fleets import apps_fleet
from tui.settings.load import ConfigError, load


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"HOME": str(tmp_path)}


def test_a_fleet_is_read_and_its_apps_live_on_its_engines(environ: dict[str, str]) -> None:
    Path("holdfast.toml").write_text(
        """
        [fleets.edge]
        engines = ["edge-1", "edge-2", "edge-3"]
        waves = [1, "25%", "100%"]
        parallel = 2
        bake = "1m30s"
        max_failures = 1
        on_unreachable = "skip"
        on_failure = "all-back"
        [apps.shop]
        fleet = "edge"
        [apps.site]
        engines = ["a", "b"]
        [apps.alone]
        engine = "a"
        """
    )
    settings = load(environ=environ)
    edge = Fleet(
        "edge",
        ("edge-1", "edge-2", "edge-3"),
        (Share(1), Share(25, percent=True), ALL),
        parallel=2,
        bake=90.0,
        max_failures=1,
        on_unreachable=Unreachable.SKIP,
        on_failure=OnFailure.ALL_BACK,
    )
    assert settings.fleets == {"edge": edge}
    found = {name: apps_fleet(app.fleet, app.engines, settings.fleets) for name, app in settings.apps.items()}
    assert found == {"shop": edge, "site": Fleet("", ("a", "b")), "alone": None}
    assert settings.apps["shop"].engines == edge.engines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[fleets.e]\nengines = []", "[fleets.e] engines is not allowed: a fleet has at least one engine"),
        ("[fleets.e]\nwaves = [1]", "[fleets.e] waves is not allowed: the last wave is"),
        ('[fleets.e]\nwaves = ["0%"]', "[fleets.e] waves[0] = '0%' is not allowed: it takes a number"),
        ('[fleets.e]\nwaves = ["101%"]', "waves[0] = '101%' is not allowed"),
        ('[fleets.e]\nwaves = ["²5%", "100%"]', "is not allowed: it takes a number of engines"),
        ('[fleets.e]\nwaves = ["50%", "25%", "100%"]', "waves is not allowed: each wave says how many"),
        ('[fleets.e]\nwaves = [2, 2, "100%"]', "waves is not allowed: each wave says how many"),
        ("[fleets.e]\nwaves = []", "it takes at least one wave"),
        ("[fleets.e]\nbake = 1", "[fleets.e] engines is missing"),
        ('[fleets.e]\nengines = ["a", "a"]', "engines is not allowed: a is named twice"),
        ('[fleets.e]\nengines = ["a"]\non_failure = "back-all"', "it takes one of"),
        ('[fleets.e]\nengines = ["a"]\nwave = 1', "[fleets.e] wave is unknown: did you mean waves?"),
        ("[fleets]\ne = 1", "fleets.e is a table: write [fleets.e] above its keys"),
        ('[apps.shop]\nfleet = "e"', "[apps.shop] fleet names 'e', and there is no [fleets.e]"),
        ('[fleets.e]\nengines = ["a"]\n[apps.shop]\nfleet = "f"', "there is no [fleets.f]: there are e"),
        ('[apps.shop]\nfleet = "e"\nengine = "a"', "is not allowed beside"),
    ],
)
def test_a_fault_names_the_file_the_key_and_the_remedy(environ: dict[str, str], text: str, said: str) -> None:
    Path("holdfast.toml").write_text(text)
    with pytest.raises(ConfigError) as problem:
        load(environ=environ)
    assert said in str(problem.value)
    assert "holdfast.toml" in str(problem.value)


def test_a_pulled_file_changes_no_fleet_of_the_user_and_leaves_no_engine_of_his_alone(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / ".config" / "holdfast"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        '[engines.a]\nhost = "ssh://a"\n[fleets.prod]\nengines = ["a"]\nbake = 60\non_failure = "all-back"\n'
    )
    Path("holdfast.toml").write_text(
        '[engines.a]\nenabled = false\n[fleets.prod]\nengines = ["a"]\nmax_failures = 1000\n'
        '[fleets.own]\nengines = ["a"]\n'
    )
    settings = load(environ=environ)
    assert settings.fleets["prod"] == Fleet("prod", ("a",), bake=60.0, on_failure=OnFailure.ALL_BACK)
    assert "own" in settings.fleets
    assert settings.engines["a"].enabled
    assert {note.partition(" is not obeyed")[0] for note in settings.not_obeyed} == {
        "holdfast.toml: [fleets.prod] anew",
        "holdfast.toml: [engines.a] enabled anew",
    }
