"""Files are read in one place, which knows no others than regular ones within bounds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2] / "tui"
READING = {"read_text", "read_bytes"}
OWN = {"files.py", "demo/launch.py"}  # the demo reads what its own process has said


def reads(tree: ast.AST) -> list[int]:
    """The lines on which a file is opened for reading by its path."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=name) if name in READING:
                found.append(node.lineno)
            case ast.Name(id="open"):
                modes = [word.value for word in node.args[1:2] if isinstance(word, ast.Constant)]
                if not any(set(str(mode)) & set("wxa") for mode in modes):
                    found.append(node.lineno)
            case ast.Attribute(attr="open") if node.args and isinstance(node.args[0], ast.Constant):
                if str(node.args[0].value) in ("r", "rb"):
                    found.append(node.lineno)
    return found


@pytest.mark.parametrize(
    "text", ["open(p)", "open(p, 'rb')", "p.open('rb')", "p.read_text()", "f(p).read_bytes()"]
)
def test_reading_is_found(text: str) -> None:
    assert reads(ast.parse(text)) == [1]


def test_files_are_read_through_one_module() -> None:
    found = {
        f"{path.relative_to(TREE)}:{line}"
        for path in TREE.rglob("*.py")
        if str(path.relative_to(TREE)) not in OWN
        for line in reads(ast.parse(path.read_text()))
    }
    assert found == set(), "use tui.files.read_file or open_file"
