from __future__ import annotations

import pytest

from tests.ui import fakes
from tui.commands.command import Scope, Situation
from tui.commands.keymap import Keymap
from tui.commands.table import BY_ID, TABLE, applies
from tui.commands.view import HINTS
from tui.model.container import Container
from tui.settings.keymaps import KEYMAPS

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


def test_only_g_and_e_mean_something_else_in_one_pane() -> None:
    keymap = Keymap()
    for pane in (Scope.LOG, Scope.OPERATION):
        assert keymap.find(pane, "G") is BY_ID["log.last"]
        assert not keymap.has_key(BY_ID["app.tag"], pane)
    everywhere = [command for command in TABLE if command.scope is Scope.ANYWHERE]
    hidden = {
        (key, pane)
        for pane in Scope
        for command in everywhere
        for key in command.keys
        if keymap.find(pane, key) not in (None, command)
    }
    assert hidden == {("G", Scope.LOG), ("G", Scope.OPERATION), ("e", Scope.OPERATION)}


def test_a_key_of_everywhere_that_the_configuration_hides_is_a_clash() -> None:
    assert any("app.build" in problem for problem in Keymap({"list.sort": ["B"]}).problems)


def test_verbs_say_why_not() -> None:
    web = fakes.app("web")
    situation = Situation(Scope.CONTAINERS, apps=(web,))
    verbs = [BY_ID[f"app.{verb}"] for verb in ("build", "test", "tag", "push")]
    assert [verb.unavailable(situation) for verb in verbs] == [""] * 4
    assert all("holdfast init" in verb.unavailable(situation._replace(apps=())) for verb in verbs)
    busy = situation._replace(running=(fakes.build_running(0.0),))
    assert {verb.unavailable(busy) for verb in verbs} == {"web is being built: <operation.cancel> cancels"}
    assert all("does not answer" in verb.unavailable(situation._replace(live=False)) for verb in verbs)
    assert BY_ID["operation.cancel"].unavailable(situation) == "nothing is running"
    assert BY_ID["operation.cancel"].unavailable(busy._replace(live=False)) == ""
    local = situation._replace(apps=(web._replace(image="web"),))
    assert "no registry" in BY_ID["app.push"].unavailable(local)
    unbuilt = situation._replace(apps=(web._replace(build=None),))
    assert "has no [apps.web.build]" in BY_ID["app.build"].unavailable(unbuilt)


def test_menus_take_the_letters_of_the_keymap() -> None:
    keymap = Keymap(KEYMAPS["lazydocker"])
    menu = {letter: command.id for letter, command in keymap.menu(Scope.CONTAINERS).items()}
    assert menu["s"] == "container.stop"
    assert menu["S"] == "container.start"
    assert "t" not in menu
    for pane in Scope:
        for letter, command in keymap.menu(pane).items():
            found = keymap.find(pane, letter)
            assert found is command or found not in keymap.menu(pane).values()
    assert keymap.say("<container.start>") == "x S"


def test_menus_keep_their_letters_without_a_keymap_and_never_have_one_twice() -> None:
    assert all(letter == command.menu for pane in Scope for letter, command in Keymap().menu(pane).items())
    same = {"container.stop": ("s",), "container.kill": ("s",), "container.restart": ("S",)}
    menu = Keymap(same).menu(Scope.CONTAINERS)
    assert len(menu) == len(Keymap().menu(Scope.CONTAINERS))
