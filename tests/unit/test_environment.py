"""Tests see nothing of the environment that their runner happens to have."""

from __future__ import annotations

import os
import subprocess


def test_a_child_finds_no_size_of_a_terminal() -> None:
    """Not even one that only C knows of; with it every program in a terminal would draw for 80 columns."""
    said = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
    names = {line.partition("=")[0] for line in said.splitlines()}
    assert not names & {"COLUMNS", "LINES"}
    assert not any(name.startswith(("DOCKER_", "HOLDFAST_")) for name in names)
    assert os.environ["HOME"].startswith("/tmp/") or "holdfast-home-" in os.environ["HOME"]
