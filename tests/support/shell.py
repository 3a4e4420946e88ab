"""Running `holdfast` as its users do in a shell: another process, a folder, a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TREE = os.path.abspath(f"{__file__}/../../..")


class Shell:
    """Runs `holdfast` in a folder of its own, against one engine.

    environ   what it is started with
    folder    where holdfast.toml is
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.environ = {
            **os.environ, "HOME": str(folder / "home"), "PYTHONPATH": TREE, "DOCKER_HOST": engine,
            "TERM": "xterm-256color",
        }  # fmt: skip
        (folder / "home").mkdir()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *arguments], cwd=self.folder, env=self.environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run it to its end, which must be this exit status."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=100)
        assert process.returncode == status, f"{process.returncode}\n{out}\n{err}"
        return subprocess.CompletedProcess(arguments, status, out, err)

    def events(self, *arguments: str, status: int = 0) -> list[dict[str, object]]:
        """Its events, checked: each a line, the outcome last, and nothing on standard error."""
        done = self.run(*arguments, "--json", status=status)
        assert done.stderr == ""
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert [event["kind"] for event in found].count("outcome") == 1
        assert found[-1]["kind"] == "outcome"
        return found
