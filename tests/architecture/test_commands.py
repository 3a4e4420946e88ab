"""A command carries what does it: nothing between a key and its deed asks for its ID."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tui.app import Holdfast
from tui.commands.command import Asks
from tui.commands.keymap import Keymap
from tui.commands.table import BY_ID, FORMER, TABLE
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.settings.schema import Settings
from tui.store.store import Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf

TREE = Path(__file__).parents[2] / "tui"
LAYERS = ("commands", "controllers", "screens", "panes", "widgets", "operations")
MODULES = sorted([*(path for layer in LAYERS for path in (TREE / layer).rglob("*.py")), TREE / "app.py"])
TABLES = re.compile(
    r"commands/(apps|container_actions|containers|images|log|fleets|releases|resources|table|view)\.py$"
)
"""Where commands are declared, each with its ID."""


@pytest.fixture
def app() -> Holdfast:
    ref = EngineRef(Endpoint("unix:///var/run/docker.sock", "default socket"))
    return Holdfast(
        EngineSession(ref, Settings(), Store()), ThemeShelf("holdfast-dark", {"HOME": "/nowhere"})
    )


def test_every_command_is_carried_out_by_one_controller(app: Holdfast) -> None:
    carried_out = Counter(command for controller in app.controllers for command in controller.handlers())
    assert {command.id: count for command, count in carried_out.items()} == dict.fromkeys(BY_ID, 1)


def _names_an_id(node: ast.AST) -> bool:
    """Whether an expression is the ID of something that may be a command: `command.id`, or `id` itself."""
    return (isinstance(node, ast.Attribute) and node.attr == "id" and _is_command(node.value)) or (
        isinstance(node, ast.Name) and node.id == "command_id"
    )


def _is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and "command" in node.id


def _dispatches(tree: ast.AST) -> list[int]:
    """The lines that decide by a command's ID, or find what does it by a name that is put together."""
    lines = []
    for node in ast.walk(tree):
        match node:
            case ast.Match(subject=subject) if _names_an_id(subject):
                lines.append(node.lineno)
            case ast.Compare(left=left, comparators=others) if any(map(_names_an_id, (left, *others))):
                lines.append(node.lineno)
            case ast.Attribute(value=value) if _names_an_id(value):  # .startswith, .split, .partition
                lines.append(node.lineno)
            case ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_]) if not isinstance(
                name, (ast.Constant, ast.Name)
            ):
                lines.append(node.lineno)
            case ast.Constant(value=str(text)) if text in BY_ID or text in FORMER:
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TREE)))
def test_nothing_dispatches_on_the_id_of_a_command(path: Path) -> None:
    if not TABLES.search(str(path)):
        assert _dispatches(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "written",
    [
        'match command.id:\n    case "x":\n        pass',
        'command.id == "container.stop"',
        'command.id.startswith("app.")',
        'getattr(view, "do_" + command.id)',
        'BY_ID["app.deploy"]',
    ],
)
def test_a_dispatch_on_an_id_would_be_found(written: str) -> None:
    assert _dispatches(ast.parse(written))


def test_what_changes_something_for_others_is_asked_with_its_plan_or_is_confirmed() -> None:
    at_once = {command.id for command in TABLE if command.changes and command.asks is Asks.NOTHING}
    assert at_once == {
        "app.build", "app.test", "app.scan",
        "container.start", "container.unpause", "container.rename", "container.shell",
    }  # fmt: skip
    assert not any(command.asks is Asks.TYPED for command in TABLE)


def test_keys_under_the_former_names_of_commands_work() -> None:
    keymap = Keymap({"app.quit": ["f9"], "app.theme": ["f8"], "view.theme": ["f7"], "app.help": []})
    assert keymap.problems == []
    assert keymap.keys_of(BY_ID["view.quit"]) == ("f9",)
    assert keymap.keys_of(BY_ID["view.theme"]) == ("f7",), "the name of today counts where both are given"
    assert keymap.keys_of(BY_ID["view.help"]) == ()
    assert not FORMER.keys() & BY_ID.keys()
    assert {*FORMER.values()} <= BY_ID.keys()
