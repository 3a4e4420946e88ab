"""Where journals are: $XDG_STATE_HOME/holdfast/operations/ID.jsonl."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING

from tui.model.operation_id import DIGITS, OperationId
from tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEPT = 500
"""How many journals are kept, the newest."""

SUFFIX = ".jsonl"


def operations_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the journals."""
    return state_folder(environ) / "operations"


def new_id(verb: str, app: str, now: float) -> str:
    """An operation's ID, which sorts by time: "20261124-093000-build-web-3f2a9c"."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    return OperationId(stamp, verb, app, secrets.token_hex(DIGITS // 2)).text


def journal_path(folder: Path, op: str) -> Path:
    """The file of an operation."""
    return folder / f"{op}{SUFFIX}"


def listed(folder: Path) -> list[Path]:
    """The journals, newest first; none where there is no folder yet. Raises OSError."""
    try:
        return sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
    except FileNotFoundError:
        return []
