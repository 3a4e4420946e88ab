"""What import-linter cannot see: imports at run time, and the rules of names and folders."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
MODULES = sorted((TREE / "tui").rglob("*.py"))
HEADLESS = (
    "model", "store", "settings", "sync", "operations", "commands", "engine", "registry", "ledger", "journal",
    "evidence", "scanners", "notices", "trust",
    "demo",
)  # fmt: skip
BANNED = {"manager", "helper", "util", "utils", "handler", "data", "info", "misc", "common", "context"}

IMPORT_ALL = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "rich"}))
"""


def _name(path: Path) -> str:
    parts = path.relative_to(TREE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _loaded(modules: list[str]) -> list[str]:
    """Which terminal libraries importing these loads, in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *modules], cwd=TREE, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("layer", HEADLESS)
def test_no_headless_layer_loads_a_terminal_library(layer: str) -> None:
    names = [_name(path) for path in MODULES if path.relative_to(TREE / "tui").parts[0] == layer]
    assert names
    assert _loaded([name for name in names if not name.endswith("__main__")]) == []


def test_a_terminal_library_would_be_found() -> None:
    assert _loaded(["textual.app"]) == ["rich", "textual"]


def test_every_module_says_what_it_is() -> None:
    silent = [_name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_no_name_of_a_module_says_nothing() -> None:
    idle = [_name(path) for path in MODULES if BANNED & set(re.split(r"[._]", _name(path)))]
    assert idle == []


def test_nothing_in_the_program_looks_like_a_test() -> None:
    assert [_name(path) for path in MODULES if path.name.startswith("test_")] == []


@pytest.mark.parametrize("top", ["tui", "tests"])
def test_every_folder_is_a_package(top: str) -> None:
    folders = {path.parent for path in (TREE / top).rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_one_module_says_which_engine_is_meant() -> None:
    """What makes an endpoint of words, variables and contexts is asked there alone: others get the answer."""
    asking = {
        _name(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "tui.engine.endpoint"
        if {"resolve", "named"} & {alias.name for alias in node.names}
    }
    assert asking == {"tui.operations.looking.endpoint_choice"}
