"""What `make test` generates is the same in every process, whatever was imported there before."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TREE = os.path.abspath(f"{__file__}/../../..")
PROGRAM = """
import sys
from tests.support import generated
generated.begin()
for name in sys.argv[1:]:
    __import__(name)
from hypothesis import given, strategies as st

@given(st.text(), st.integers(), st.floats())
def drawn(text, whole, real):
    print(ascii((text, whole, real)))

drawn()
"""


def drawn(program: Path, *modules: str, **env: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, program, *modules],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": TREE, **env},
    )
    return done.stdout.splitlines()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_examples_are_the_same_whatever_is_imported_and_wherever_it_runs(program: Path) -> None:
    usual = drawn(program)
    assert len(usual) >= 90
    assert drawn(program, "tui.model.app", "tui.settings.load", PYTHONHASHSEED="7", CI="true") == usual
    assert not set(usual) >= set(drawn(program, FUZZ_EXAMPLES="90"))
