"""Words of the wire stand in one place each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2] / "tui"


OUTSIDE = [path for path in TREE.rglob("*.py") if path.relative_to(TREE).parts[0] not in ("engine", "demo")]
"""Modules that know values of the model alone, and none of the engine's keys."""

KEY = re.compile(r"(?=.*[a-z])[A-Z][A-Za-z]+|OS|ID")

OTHERS = {"Accept", "Authorization", "Link", "Location", "Mapping"}
"""Names of that form that are none of the engine's: headers of HTTP, and a type."""


def keys(tree: ast.AST) -> list[tuple[int, str]]:
    """Where something is read or written by a name of the form of the engine's: `HostConfig`."""
    found = []
    for node in ast.walk(tree):
        given: list[ast.expr | None] = []
        match node:
            case ast.Subscript(slice=key):
                given = [key]
            case ast.Dict(keys=several):
                given = [*several]
            case ast.Call(func=ast.Attribute(attr="get" | "pop" | "setdefault"), args=[key, *_]):
                given = [key]
        for one in given:
            match one:
                case ast.Constant(value=str(word)) if KEY.fullmatch(word) and word not in OTHERS:
                    found.append((node.lineno, word))
    return found


@pytest.mark.parametrize(
    "text", ['body["HostConfig"]', '{"Image": 1}', 'one.get("Env") or ()', 'one.pop("Labels", None)']
)
def test_a_key_is_found(text: str) -> None:
    assert keys(ast.parse(text))


def test_no_other_than_the_engine_s_package_and_the_demo_knows_keys_of_the_engine_s_json() -> None:
    found = {
        f"{path.relative_to(TREE)}:{line} {word}"
        for path in OUTSIDE
        for line, word in keys(ast.parse(path.read_text()))
    }
    assert found == set(), "let tui.engine make and read it"


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
