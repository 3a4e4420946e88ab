"""Files are short enough to be read in one go."""

from __future__ import annotations

from pathlib import Path

TREE = Path(__file__).parents[2] / "tui"

LONGEST = 400
"""Lines of a module; app and main screen hold the parts together and do nothing else."""

SHORTER = {"app.py": 250, "screens/main.py": 250}


def test_no_module_is_longer_than_its_limit() -> None:
    too_long = {
        name: lines
        for path in TREE.rglob("*.py")
        if not path.name.endswith("_pb2.py")
        and (lines := path.read_text().count("\n"))
        > SHORTER.get(name := str(path.relative_to(TREE)), LONGEST)
    }
    assert too_long == {}, "take apart what does more than one thing"
