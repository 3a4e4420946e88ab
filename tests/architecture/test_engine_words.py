"""Words of the wire stand in one place each."""

from __future__ import annotations

from pathlib import Path

TREE = Path(__file__).parents[2] / "tui"


def test_names_of_labels_stand_in_one_place() -> None:
    found = [str(path.relative_to(TREE)) for path in TREE.rglob("*.py") if "io.holdfast" in path.read_text()]
    assert found == ["model/labels.py"]
