"""The Docker contexts that there are on this machine, by name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.endpoint import DEFAULT_SOCKET
from tui.files import read_file
from tui.paths import docker_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 1000
"""Contexts that are listed."""


def context_names(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Their names in order; "default" first, where the default socket is there.

    What is no context is left out: whoever names it is told what is wrong with it. Blocks for a moment.
    """
    folder = Path(docker_folder(environ), "contexts", "meta")
    try:
        paths = sorted(folder.glob("*/meta.json"))[:MOST]
    except OSError:
        paths = []
    names = sorted(name for path in paths if (name := _name(path)) and name != "default")
    return ["default", *names] if os.path.exists(DEFAULT_SOCKET) else names  # noqa: PTH110


def _name(path: Path) -> str:
    try:
        told = json.loads(read_file(path))
    except (OSError, ValueError, RecursionError):
        return ""
    name = told.get("Name") if isinstance(told, dict) else None
    return name if isinstance(name, str) else ""
