"""The command as somebody types it, without a terminal: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TREE = os.path.abspath(f"{__file__}/../../..")
LONG = 180.0


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of an account that has nothing but a home; `more` variables besides."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": TREE, **more}


def run(*words: str, folder: Path, env: Mapping[str, str], status: int = 0) -> str:
    """What a command says, and that it ends so."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", *words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=LONG,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == status, f"{words}: {done.returncode}\n{said}"
    return said
