from __future__ import annotations

import pytest

from tui.commands.command import Scope, Situation
from tui.commands.keymap import Keymap
from tui.commands.table import BY_ID, TABLE, applies
from tui.commands.view import HINTS
from tui.model.container import Container

WEB = Container("a" * 64, "web", "app:1", "sha256:b", "", 50.0, "running")


def test_no_two_commands_share_a_key_in_one_place() -> None:
    assert Keymap().problems == []


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(TABLE)


def test_lower_case_and_enter_change_nothing_but_by_a_shell() -> None:
    for command in TABLE:
        if command.changes and command.id != "container.shell":
            assert not any(key.islower() or key == "enter" for key in command.keys), command.id
        assert not (command.changes and any(key.startswith("ctrl+") for key in command.keys)), command.id


def test_letters_that_hint_are_bound_to_nothing() -> None:
    keymap = Keymap()
    for key in HINTS:
        assert all(keymap.find(pane, key) is None for pane in Scope)


def test_overrides_replace_keys_and_clashes_are_found() -> None:
    keymap = Keymap({"list.sort": ["O"], "pane.zoom": ["o", "O"]})
    assert keymap.find(Scope.IMAGES, "O") is BY_ID["list.sort"]
    assert keymap.find(Scope.IMAGES, "o") is BY_ID["pane.zoom"]
    assert any("list.sort" in problem and "pane.zoom" in problem for problem in keymap.problems)


def test_an_unknown_command_in_keys_is_said() -> None:
    assert "no.such" in Keymap({"no.such": ["a"]}).problems[0]


@pytest.mark.parametrize("command", [command for command in TABLE if command.changes], ids=lambda c: c.id)
def test_read_only_makes_every_change_unavailable_and_says_so(command) -> None:  # type: ignore[no-untyped-def]
    situation = Situation(command.scope, containers=(WEB,), tags=("a:1",), read_only=True)
    assert "read-only" in command.unavailable(situation)


def test_unavailable_says_why() -> None:
    situation = Situation(Scope.CONTAINERS, containers=(WEB,))
    assert BY_ID["container.start"].unavailable(situation) == "web already running"
    assert BY_ID["container.stop"].unavailable(situation) == ""
    assert "no container" in BY_ID["container.stop"].unavailable(Situation(Scope.CONTAINERS))


def test_a_command_applies_in_its_pane_only() -> None:
    assert applies(BY_ID["list.filter"], Scope.TAGS)
    assert not applies(BY_ID["list.filter"], Scope.LOG)
    assert not applies(BY_ID["container.stop"], Scope.IMAGES)
