"""Reading and writing settings: the last word, clear errors, nothing lost."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.policy import EngineSettings, Policy
from tui.settings.load import ConfigError, load
from tui.settings.save import save_choice
from tui.settings.schema import LogSettings, Settings

ROOT = Path(__file__).parents[3]


def user_file(home: dict[str, str]) -> Path:
    return Path(home["XDG_CONFIG_HOME"]) / "holdfast" / "config.toml"


def settings_file(home: dict[str, str]) -> Path:
    return user_file(home).with_name("settings.toml")


def problems(home: dict[str, str], text: str) -> tuple[str, ...]:
    user_file(home).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(None, home)
    return caught.value.problems


def test_without_any_file_everything_is_default(home: dict[str, str]) -> None:
    assert load(None, home) == Settings()


def test_later_files_win_and_tables_are_merged(home: dict[str, str], tmp_path: Path) -> None:
    user_file(home).write_text('theme = "nord"\n[log]\ntail = 10\nwrap = true\n')
    Path("holdfast.toml").write_text("[log]\ntail = 20\n")
    named = tmp_path / "named.toml"
    named.write_text('theme = "gruvbox"\n')
    settings = load(str(named), home)
    assert settings.theme == "gruvbox"
    assert settings.log == LogSettings(tail=20, wrap=True)


def test_the_example_loads_and_equals_the_defaults(home: dict[str, str]) -> None:
    example = str(ROOT / "config.example.toml")
    assert load(example, home)._replace(policy_files={}, files={}) == Settings(file=example)


def test_the_example_loads_with_every_line_in_force(home: dict[str, str], tmp_path: Path) -> None:
    text = re.sub(r'^# (?=")', "", (ROOT / "config.example.toml").read_text(), flags=re.M)
    (tmp_path / "all.toml").write_text(text)
    assert load(str(tmp_path / "all.toml"), home).keys == {
        "list.sort": ("o", "f3"),
        "container.menu": ("X",),
    }


def test_an_unknown_key_names_file_key_and_the_nearest(home: dict[str, str]) -> None:
    (problem,) = problems(home, 'them = "x"\n')
    assert problem == f"{user_file(home)}: them is unknown: did you mean theme?"
    (problem,) = problems(home, "[log]\ntial = 1\n")
    assert "[log] tial is unknown: did you mean tail?" in problem


def test_a_wrong_value_names_what_is_allowed(home: dict[str, str]) -> None:
    (problem,) = problems(home, "[log]\ntail = -1\n")
    assert "[log] tail = -1 is not allowed: it takes a whole number from 0 to 100000" in problem
    (problem,) = problems(home, '[containers]\nsort = "size"\n')
    assert '"state", "name"' in problem
    (problem,) = problems(home, "[log]\nwrap = 1\n")
    assert "true or false" in problem


def test_every_problem_is_said_at_once(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text("x = ?\n")
    found = problems(home, "theme = 1\nlog = 2\n[keys]\na = 3\n")
    assert len(found) == 4
    assert any("holdfast.toml: not valid TOML" in problem and "line" in problem for problem in found)


def test_what_is_still_to_come_is_refused_with_a_reason(home: dict[str, str]) -> None:
    (problem,) = problems(home, "[policy]\nswarm = true\n")
    assert problem == f"{user_file(home)}: [policy] swarm is not taken: Swarm comes in a later version"


def test_policy_and_engines_are_read_and_put_together(home: dict[str, str]) -> None:
    user_file(home).write_text(
        '[policy]\nmutable_tags = "latest"\nallow_dirty = true\n'
        '[engines.prod]\ncolour = "bright_red"\n[engines."unix:///run/docker.sock"]\ncolour = "#102030"\n'
    )
    Path("holdfast.toml").write_text("[policy]\nrequire_tests = false\n[engines.prod]\nprotected = true\n")
    settings = load(None, home)
    assert settings.policy == Policy(("latest",), require_tests=False, allow_dirty=True)
    assert settings.engines == {
        "prod": EngineSettings("bright_red", protected=True),
        "unix:///run/docker.sock": EngineSettings("#102030", host="unix:///run/docker.sock"),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[engines]\nprod = 1\n", "engines.prod is a table: write [engines.prod] above its keys"),
        ("engines = 1\n", "engines is a table: write [engines.NAME] above its keys"),
        ("[engines.prod]\ncolor = 1\n", "[engines.prod] color is unknown: did you mean colour?"),
        (
            '[engines.prod]\ncolour = "pink"\n',
            "[engines.prod] colour = 'pink' is not allowed: it takes \"#rrggbb\", or one of black, red, "
            'green, yellow, blue, magenta, cyan, white with or without "bright_" before it',
        ),
        (
            '[policy]\nmutable_tags = [""]\n',
            "[policy] mutable_tags = a list is not allowed: it takes a text, or a list of texts",
        ),
        ("[policy]\nrequire_test = true\n", "[policy] require_test is unknown: did you mean require_tests?"),
        ("[apps]\nweb = 1\n", "[apps.web] is a table, not 1: write [apps.web] above its keys"),
        ("apps = []\n", "apps is a table: write [apps.NAME] above its keys"),
        ("x = " + "[" * 2000, "not valid TOML: tables or lists are nested too deeply"),
    ],
)
def test_a_wrong_policy_or_engine_is_named(home: dict[str, str], text: str, sentence: str) -> None:
    assert problems(home, text) == (f"{user_file(home)}: {sentence}",)


def test_a_number_of_thousands_of_digits_is_no_crash(home: dict[str, str]) -> None:
    assert "not valid TOML" in problems(home, f"theme = {'9' * 5000}\n")[0]
    assert "not allowed" in problems(home, f"theme = 0x{'9' * 5000}\n")[0]


def test_a_wrong_configuration_is_exit_status_2() -> None:
    assert ConfigError(["x"]).exit_status == 2


def test_a_named_file_must_be_there(home: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"gone.toml: there is no such file \(--config\)"):
        load("gone.toml", home)


def test_a_choice_on_the_screen_holds_until_a_file_overrules_it(home: dict[str, str]) -> None:
    assert save_choice("theme", "nord", home) == ""
    assert load(None, home).theme == "nord"
    user_file(home).write_text('theme = "gruvbox"\n')
    settings = load(None, home)
    assert settings.theme == "gruvbox"
    assert "overrules" in settings.notes[0]


def test_saving_keeps_what_else_is_there_and_lets_nobody_read_it(home: dict[str, str]) -> None:
    settings_file(home).write_text('later = "kept"\n')
    save_choice("theme", "nord", home)
    assert tomllib.loads(settings_file(home).read_text()) == {"later": "kept", "theme": "nord"}
    assert stat.S_IMODE(settings_file(home).stat().st_mode) == 0o600


def test_a_fault_in_the_programs_own_file_stops_nobody(home: dict[str, str]) -> None:
    settings_file(home).write_text("theme = [")
    settings = load(None, home)
    assert settings.theme == Settings().theme
    assert "settings.toml: not valid TOML" in settings.notes[0]


def test_keys_need_no_quotes(home: dict[str, str]) -> None:
    user_file(home).write_text('[keys]\nlist.sort = "O"\n')
    assert load(None, home).keys == {"list.sort": ("O",)}


def test_a_crash_while_saving_leaves_the_old_file_and_nothing_else(
    home: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_choice("theme", "nord", home)

    def crash(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="no space"):
        save_choice("theme", "gruvbox", home)
    assert load(None, home).theme == "nord"
    assert [path.name for path in settings_file(home).parent.iterdir()] == ["settings.toml"]


def test_a_file_that_cannot_be_read_is_kept_aside_and_said(home: dict[str, str]) -> None:
    settings_file(home).write_text("theme = [")
    assert "settings.toml.broken" in save_choice("theme", "nord", home)
    assert settings_file(home).with_name("settings.toml.broken").read_text() == "theme = ["
    assert load(None, home).theme == "nord"


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=2),
)
NAMES = st.sampled_from(["theme", "engine", "log", "containers", "keys", "apps", "colour"])
INNER = st.dictionaries(st.sampled_from(["tail", "wrap", "sort", "a"]), VALUES, max_size=3)


@given(st.dictionaries(NAMES, st.one_of(VALUES, INNER), max_size=4))
def test_any_toml_is_either_read_or_refused_in_words(tmp_path_factory, content) -> None:  # type: ignore[no-untyped-def]
    import tomli_w

    folder = tmp_path_factory.mktemp("any")
    (folder / "c.toml").write_text(tomli_w.dumps(content))
    try:
        load(str(folder / "c.toml"), {"HOME": str(folder)})
    except ConfigError as error:
        assert all(str(folder) in problem for problem in error.problems)
