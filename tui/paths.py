"""Where files are (XDG Base Directory Specification 0.8)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def base_folder(environ: Mapping[str, str], variable: str, fallback: str) -> str:
    """What a variable names, else `fallback` in the home folder. A string: pathlib costs 3 ms at start."""
    named = environ.get(variable, "")
    # The specification: a path that is not absolute is to be ignored.
    return (
        named
        if named.startswith("/")
        else os.path.join(environ.get("HOME") or os.path.expanduser("~"), fallback)
    )


def docker_folder(environ: Mapping[str, str]) -> str:
    """The folder of Docker's configuration."""
    return environ.get("DOCKER_CONFIG") or os.path.join(
        environ.get("HOME") or os.path.expanduser("~"), ".docker"
    )


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """$XDG_STATE_HOME/holdfast."""
    from pathlib import Path

    return Path(base_folder(environ, "XDG_STATE_HOME", ".local/state")) / "holdfast"
