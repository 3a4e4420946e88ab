"""Copying in a real tmux: its buffer has the text, however it is configured."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 45.0


class Tmux:
    """A server of the test's own, without anybody's configuration."""

    def __init__(self, folder: Path) -> None:
        self._base = ["tmux", "-f", os.devnull, "-S", str(folder / "tmux.socket")]

    def __call__(self, *words: str) -> str:
        return subprocess.run([*self._base, *words], capture_output=True, text=True, check=False).stdout

    def wait(self, text: str, *words: str) -> str:
        end = time.monotonic() + PATIENCE
        while text not in (found := self(*words or ("capture-pane", "-p", "-t", "0"))):
            assert time.monotonic() < end, f"{text!r} is not on:\n{found}"
            time.sleep(0.05)
        return found


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    server = Tmux(tmp_path)
    yield server
    server("kill-server")


def test_lines_of_a_log_go_into_the_buffer(tmux: Tmux, tmp_path: Path) -> None:
    seen = tmp_path / ".local/state/holdfast-demo/seen"
    seen.parent.mkdir(parents=True)
    seen.touch()
    command = f"env HOME={tmp_path} PYTHONPATH={TREE} {sys.executable} -m tui --demo"
    tmux("new-session", "-d", "-x", "120", "-y", "40", command)
    assert "external" in tmux("show-options", "-s", "set-clipboard")  # sequences from inside are ignored
    tmux.wait("● live")
    tmux("send-keys", "-t", "0", "4", "l")
    tmux.wait("5 Log  ")
    tmux.wait("following")
    tmux("send-keys", "-t", "0", "f", "y")
    tmux.wait("into tmux's buffer too")
    lines = tmux("show-buffer").splitlines()
    assert len(lines) > 3
    assert lines[0][:40] in tmux("capture-pane", "-p", "-t", "0")
    tmux("send-keys", "-t", "0", "Y")
    tmux.wait("docker --host unix://", "show-buffer")
    tmux("send-keys", "-t", "0", "C-c")
