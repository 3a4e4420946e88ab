"""Values say what their fields are where they are made."""

from __future__ import annotations

import ast
from pathlib import Path

TREE = Path(__file__).parents[2] / "tui"
MOST = 4


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def by_position(trees: dict[str, ast.AST]) -> list[str]:
    """Where a named tuple is made of more than so many fields by their position."""
    nodes = [(place, node) for place, tree in trees.items() for node in ast.walk(tree)]
    classes = [node for _, node in nodes if isinstance(node, ast.ClassDef)]
    values = {one.name for one in classes if "NamedTuple" in map(name_of, one.bases)}
    calls = [(place, node) for place, node in nodes if isinstance(node, ast.Call) and len(node.args) > MOST]
    return [f"{place}:{call.lineno}" for place, call in calls if name_of(call.func) in values]


def test_one_made_by_position_is_found() -> None:
    made = ast.parse("class A(NamedTuple):\n    a: int\n\nA(1, 2, 3, 4, e=5)\nx.A(1, 2, 3, 4, 5)")
    assert by_position({"here": made}) == ["here:5"]


def test_a_value_of_many_fields_is_made_by_their_names() -> None:
    trees = {str(path.relative_to(TREE)): ast.parse(path.read_text()) for path in TREE.rglob("*.py")}
    assert by_position(trees) == []
