"""One table of settings: loader, screen, documentation and example say the same."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tui.commands.keymap import Keymap
from tui.presentation.settings import shown_value
from tui.presentation.settings_page import settings_page
from tui.settings.keymaps import KEYMAPS
from tui.settings.load import load
from tui.settings.save import save_choice
from tui.settings.schema import KEYMAPS as NAMES
from tui.settings.schema import SETTINGS, Settings, value_of, with_value
from tui.settings.where import line_of

ROOT = Path(__file__).parents[3]


def environ(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}


def file(folder: Path) -> Path:
    path = folder / "config" / "holdfast" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_the_page_is_up_to_date() -> None:
    page = ROOT / "docs" / "configuration.md"
    assert page.read_text(encoding="utf-8") == settings_page(), "write it again: make docs"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.id)
def test_a_default_is_allowed_and_stands_in_the_example(setting: Any) -> None:
    example = tomllib.loads((ROOT / "config.example.toml").read_text())
    table, _, name = setting.id.rpartition(".")
    value = (example[table] if table else example)[name]
    assert setting.rule.check(value) == setting.default


@pytest.mark.parametrize("name", NAMES)
def test_a_keymap_gives_no_key_twice_and_names_commands_that_are_there(name: str) -> None:
    assert Keymap(KEYMAPS[name]).problems == []


CHOSEN = [
    ("theme", "nord"), ("keymap", "k9s"), ("mouse", False), ("log.tail", 7), ("log.wrap", True),
    ("containers.sort", "age"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "value"), CHOSEN)
def test_what_is_chosen_holds_until_a_file_says_otherwise(
    id: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = environ(tmp_path)
    save_choice(id, value, env)
    settings = load(environ=env)
    assert value_of(settings, id) == value
    assert settings.chosen == {id: value}
    assert not settings.notes

    setting = next(one for one in SETTINGS if one.id == id)
    table, _, name = id.rpartition(".")
    entry = {name: setting.default}
    own = file(tmp_path).with_name("config.toml")
    own.write_text(tomli_w.dumps({table: entry} if table else entry))
    settings = load(environ=env)
    assert value_of(settings, id) == setting.default
    assert settings.files[id] == str(own)
    [note] = settings.notes
    assert str(own) in note and id in note and "overrules" in note

    save_choice(id, None, env)
    own.unlink()
    assert load(environ=env) == Settings()


def test_keys_of_a_newer_version_stay_and_what_cannot_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    env = environ(tmp_path)
    file(tmp_path).write_text('later = 1\n[log]\nlater = "x"\ntail = "many"\n[later_table]\nx = 2\n')
    settings = load(environ=env)
    assert settings.log.tail == 500
    [note] = settings.notes
    assert "log.tail is not obeyed: it takes a whole number" in note
    save_choice("log.wrap", True, env)
    assert tomllib.loads(file(tmp_path).read_text()) == {
        "later": 1,
        "log": {"later": "x", "tail": "many", "wrap": True},
        "later_table": {"x": 2},
    }


@given(st.dictionaries(st.sampled_from(SETTINGS), st.booleans(), max_size=6))
def test_another_value_changes_that_one_alone(some: dict[Any, bool]) -> None:
    settings = Settings()
    for setting in some:
        settings = with_value(settings, setting.id, ("other",))
    for setting in SETTINGS:
        assert value_of(settings, setting.id) == (("other",) if setting in some else setting.default)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[log]\ntail = 1\n", 2),
        ("\n# tail = 2\n[ log ] # of logs\n\n 'tail'=1", 5),
        ("log.tail = 1", 1),
        ("tail = 1\n[containers]\ntail = 2", 0),
        ("", 0),
    ],
)
def test_a_line_is_found_as_people_write_it(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    assert line_of(str(path), "log.tail") == line


def test_of_an_address_whose_path_may_be_its_secret_only_the_host_is_shown() -> None:
    [setting] = [one for one in SETTINGS if one.id == "notify.webhook"]
    shown = shown_value(setting, "https://me:word@hooks.example.com/services/SECRET?t=SECRET")
    assert shown == "https://hooks.example.com/…"
    assert shown_value(setting, "") == "none"
