"""What pauses a deploy does no harm while it is still being planned."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.support import command

if TYPE_CHECKING:
    from pathlib import Path


def test_the_pausing_signal_does_not_end_a_plan(tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text('[apps.web]\nimage = "web"\n')
    with socket.socket(socket.AF_UNIX) as silent:  # an engine that never answers
        silent.bind(str(tmp_path / "docker.sock"))
        silent.listen()
        silent.settimeout(30)
        process = subprocess.Popen(
            [sys.executable, "-m", "tui", "deploy", "web", "v1", "--host", f"unix://{tmp_path}/docker.sock"],
            cwd=tmp_path,
            env=command.environment(tmp_path / "home"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            silent.accept()
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.3)
            assert process.poll() is None
        finally:
            process.terminate()
            process.communicate()
