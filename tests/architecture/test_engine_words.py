"""Words of the wire stand in one place each."""

from __future__ import annotations

import ast
from pathlib import Path

TREE = Path(__file__).parents[2] / "tui"


def test_ids_and_digests_are_shortened_in_one_place() -> None:
    found = {
        f"{path.relative_to(TREE)}:{node.lineno}"
        for path in TREE.rglob("*.py")
        if path.relative_to(TREE).parts[0] != "demo"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Slice) and isinstance(node.upper, ast.Constant)
        if node.upper.value in (12, 19) and node.lower is None
    }
    assert found == set(), "use tui.model.digest.short_id"


def test_names_of_labels_stand_in_one_place() -> None:
    found = [str(path.relative_to(TREE)) for path in TREE.rglob("*.py") if "io.holdfast" in path.read_text()]
    assert found == ["model/labels.py"]
