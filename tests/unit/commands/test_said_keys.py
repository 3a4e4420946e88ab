"""Sentences name keys as they are bound: whatever [keys] says, none names a key that does something else."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tui.commands.command import LIST_SCOPES, Scope, Situation
from tui.commands.keymap import PALETTE, Keymap, spoken
from tui.commands.table import BY_ID, TABLE, menu_with
from tui.commands.view import HINTS
from tui.model import verb as verbs
from tui.presentation.help import help_lines
from tui.presentation.lines import plain
from tui.presentation.operation_words import operation_state, operation_title
from tui.presentation.operations import end_rows
from tui.presentation.release_record import record_lines
from tui.presentation.titles import apps_title, containers_title, images_title, tabs, tags_title, unread_title

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_700_000_000.0
LIVE = "5" * 64
USUAL = Keymap()
OTHER = {command.id: [f"f{100 + number}"] for number, command in enumerate(TABLE)}
REBOUND = Keymap(OTHER)
ID = {spoken(keys[0]): id for id, keys in OTHER.items()}

LETTER = re.compile(r"(?<![^\s(])(?:[B-Zb-z?*:/>,]|Ctrl\+.|Space|Tab|[→←])(?=[\s,;.:)]|$)")
"""A word that can only be a key: no word of English has one letter but "a" and "I"."""

TREE = Path(__file__).parents[3] / "tui"
DOES = "|".join(
    (
        "begins|brings|cancels|changes|chooses|copies|does|ends|finishes|folds|follows|goes|hides|looks"
        "|marks|names|opens|quits|reads|removes|saves|searches|shows|sorts|starts|stops|takes|undoes|unfolds",
        *(verb.does.partition(" ")[0] for verb in (*verbs.VERBS.values(), verbs.UNLOCK)),
    )
)
"""What sentences say of a key: what the program does, and the verbs."""

LITERAL = re.compile(
    rf"(?<![^\s(])(?:[A-Za-z0-9?*:/>,]|X [a-z]|Ctrl\+.|Space|Tab|PgUp|PgDn|[→←]) "
    rf"(?:is bound|(?:in the \w+ )?(?:{DOES})\b)"
)
"""A key and what it does, as sentences put it: "C cancels", "X c in the apps finishes"."""


def situations() -> Iterator[Situation]:
    """Of every kind that reasons tell apart."""
    web, local = fakes.app("web"), fakes.app("api", built=False)._replace(image="api")
    container = fakes.kept_containers(NOW)[0]
    releases = (
        None,
        fakes.releases(NOW, LIVE),
        fakes.interrupted(NOW, LIVE),
        fakes.releases(NOW, LIVE)._replace(foreign="f" * 64),
        fakes.releases(NOW, LIVE)._replace(error="it cannot be read"),
    )
    for pane, apps, running, known, containers in itertools.product(
        (Scope.APPS, Scope.CONTAINERS, Scope.IMAGES),
        ((), (web,), (local,), (web, local)),
        ((), (fakes.build_running(NOW),)),
        releases,
        ((), (container,), (container._replace(state="exited"),), (container, container)),
    ):
        yield Situation(pane, containers, apps=apps, running=running, releases=known)


def sentences(keymap: Keymap) -> Iterator[str]:
    """Everything that the program says and that may name a key, titles apart."""
    for situation in situations():
        for command in TABLE:
            yield keymap.unavailable(command, situation)
    for command in TABLE:
        yield command.title
    for hint in HINTS.values():
        yield keymap.say(hint).partition(": ")[2]
    for verb in verbs.VERBS:
        cut_off = fakes.operation(verb, "web", NOW, alive=False)
        yield from (plain(line) for line in end_rows(cut_off, 200, None, keymap))
    build = fakes.build_running(NOW)
    yield operation_state(build, NOW, keymap, following=False).removeprefix("◐")
    yield from (plain(line) for line in record_lines(fakes.interrupted(NOW, LIVE), 6, NOW, keymap))


def titles(keymap: Keymap) -> Iterator[tuple[str, str]]:
    """Panes, and what their titles begin with."""
    yield "apps", apps_title(keymap, 3)[0]
    yield "images", images_title(keymap, 3, 0)[0]
    yield "tags", tags_title(keymap, 3, 3)[0]
    yield "containers", containers_title(keymap, 3, 3)[0]
    yield "log", operation_title(fakes.build_running(NOW), keymap)
    for pane in LIST_SCOPES:
        yield pane.value, unread_title(keymap, pane.value)[0]


def as_usual(text: str) -> str:
    """The rebound keys of a text put back: what the same text says with the usual keys."""
    return re.sub(r"\bF1\d\d\b", lambda found: USUAL.hint(BY_ID[ID[found[0]]]), text)


def test_every_command_is_said_by_the_key_that_does_it() -> None:
    for command in TABLE:
        said = REBOUND.say(f"<{command.id}> does it").removesuffix(" does it")
        assert said == spoken(OTHER[command.id][0])
        usual = USUAL.say(f"<{command.id}>")
        menu = menu_with(command)
        assert usual == (
            USUAL.hint(command) or (f"{USUAL.hint(menu)} {command.menu}" if menu is not None else PALETTE)
        )


def test_a_command_without_a_key_is_said_by_its_menu_or_the_palette() -> None:
    keymap = Keymap(
        {"app.build": [], "view.help": [], "pane.apps": [], "app.menu": ["Y"], "list.sort": ["B"]}
    )
    assert keymap.say("<app.build> builds one") == "Y b builds one"
    assert keymap.say("<app.recover> in the apps") == "Y c in the apps"
    assert keymap.say("<view.help> shows the keys") == f"{PALETTE} shows the keys"
    assert apps_title(keymap, 3)[0] == "Apps  3"
    assert Keymap({"app.menu": []}).say("<app.recover>") == PALETTE


def test_a_key_that_another_command_has_taken_is_not_said() -> None:
    keymap = Keymap({"container.inspect": ["B"], "container.stopped": ["B", "F2"]})
    assert keymap.say("<container.stopped>") == "F2"
    everywhere = Keymap({"container.inspect": ["F3"], "app.build": ["F3", "F4"]})
    assert everywhere.say("<app.build>") == "F4", "among the containers F3 inspects"


def test_what_only_looks_like_a_command_stays() -> None:
    for text in ("<none>", "<a.b>", "1 < 2 > 1", "<app.build", "<no.such_command>"):
        assert USUAL.say(text) == text


def test_rebound_keys_are_said_in_every_sentence() -> None:
    usual, rebound = list(sentences(USUAL)), list(sentences(REBOUND))
    changed = {(one, other) for one, other in zip(usual, rebound, strict=True) if one != other}
    assert len(changed) > 10
    for one, other in changed:
        for command in TABLE:  # what is in a menu only, the usual keys do by the menu's letter
            if not command.keys and (menu := menu_with(command)) is not None:
                other = other.replace(spoken(OTHER[command.id][0]), f"{USUAL.hint(menu)} {command.menu}")
        assert as_usual(other).strip() == one.strip()


def test_no_sentence_names_a_key_that_is_not_bound() -> None:
    for sentence in dict.fromkeys(sentences(REBOUND)):
        assert not LETTER.search(sentence), sentence
        assert "<" not in sentence.replace("<none>", ""), sentence


def test_titles_and_tabs_begin_with_the_keys_that_go_there() -> None:
    for keymap, keys in ((USUAL, {id: command.keys for id, command in BY_ID.items()}), (REBOUND, OTHER)):
        said = {pane: spoken(keys[f"pane.{pane}"][0]) for pane, _ in tabs(keymap)}
        assert list(said) == [*(pane.value for pane in LIST_SCOPES), "log"]
        assert dict(tabs(keymap)) == {pane: f"{key} {pane.capitalize()}" for pane, key in said.items()}
        for pane, title in titles(keymap):
            assert title.partition(" ")[0] == said[pane]


def test_the_help_says_the_menu_in_which_a_command_is() -> None:
    keymap = Keymap({"container.menu": ["F"], "app.menu": ["W"]})
    rows = [plain(line) for line in help_lines(keymap, Scope.CONTAINERS)]
    assert any(row.split()[:2] == ["F", "a"] and "Adopt" in row for row in rows)
    assert any(row.split()[:2] == ["W", "c"] and "Recover" in row for row in rows)


# No literal key stands in a sentence.


def literals(source: str) -> list[tuple[int, str]]:
    """The texts of a module that name a key and what it does, docstrings apart."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.lineno, found[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
        if (found := LITERAL.search(node.value)) is not None
    ]


@pytest.mark.parametrize(
    "text",
    [
        "nothing runs; a shows stopped ones",
        "x is not bound here; ? shows the keys",
        "X c in the apps finishes or undoes it",
        "web is being built: C cancels",
        "paused, f follows",
        "no release is selected: → shows those of the app",
        "there is no version of web yet: B builds one",
        "1 goes to the apps",
        "Ctrl+R reads the configuration again",
    ],
)
def test_a_literal_key_is_found(text: str) -> None:
    assert literals(f"said = {text!r}")
    assert literals(f"said = f'{{name}} {text}'")


@pytest.mark.parametrize(
    "text",
    [
        "<app.build> builds one",
        "a test that passes",
        "it is that of r3",
        "Enter does it, Esc cancels",
        "r1 serves",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert not literals(f"said = {text!r}")


def test_no_literal_key_stands_in_a_sentence_of_the_screen() -> None:
    folders = ("commands", "presentation", "panes", "widgets", "screens", "operations", "app.py")
    found = [
        f"{path.relative_to(TREE)}:{line}: {text}"
        for folder in folders
        for path in ([TREE / folder] if folder.endswith(".py") else sorted((TREE / folder).rglob("*.py")))
        for line, text in literals(path.read_text())
        if not (path.name == "view.py" and text[1:] == " is bound")  # the key that was pressed
    ]
    assert found == [], "name the command, as in <app.build>: the keymap says its key"
