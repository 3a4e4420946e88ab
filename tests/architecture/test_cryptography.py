"""The library behind keys is loaded where one is used, and nowhere else: most have none configured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).parents[2]

USING = ("algorithms", "secretbox", "cosign_key")
"""Modules of tui.trust that need it; only functions import these."""

SCRIPT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print("cryptography" in sys.modules)
"""


def loads_it(*names: str, script: str = SCRIPT) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", script, *names], cwd=TREE, capture_output=True, text=True, check=True
    )
    return done.stdout.strip() == "True"


def test_nothing_loads_the_library_before_a_key_is_used() -> None:
    names = [
        ".".join(path.relative_to(TREE).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((TREE / "tui").rglob("*.py"))
        if path.name != "__main__.py"
    ]
    using = {f"tui.trust.{name}" for name in USING}
    assert using < {*names}
    assert not loads_it(*(name for name in names if name not in using))


def test_nothing_loads_sigstore_before_an_identity_is_verified() -> None:
    """Not even what verifies it: it takes half a second, and need not be installed."""
    script = SCRIPT.replace("cryptography", "sigstore")
    names = ["tui.trust.keyless", "tui.trust.reading", *(f"tui.trust.{name}" for name in USING)]
    assert not loads_it(*names, script=script)
    assert loads_it(*names, "sigstore", script=script)


def test_that_it_is_loaded_would_be_found() -> None:
    assert all(loads_it(f"tui.trust.{name}") for name in USING)
