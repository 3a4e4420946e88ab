"""A Docker Engine of the benchmark's own, so that a user's containers are neither seen nor touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.wire import EngineError, answers, last_words

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def private_engine() -> Iterator[str]:
    """Start dockerd with folders of its own; its socket. Raises OSError where that is not possible here."""
    dockerd = shutil.which("dockerd")
    if dockerd is None or os.geteuid() != 0:
        raise OSError("a private engine needs root and dockerd (Debian: apt-get install docker.io)")
    folder = Path(tempfile.mkdtemp(prefix="holdfast-bench-engine-"))
    socket = folder / "docker.sock"
    command = [dockerd, "--host", f"unix://{socket}", "--pidfile", str(folder / "pid")]
    command += ["--data-root", str(folder / "root"), "--exec-root", str(folder / "exec")]
    command += ["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"]
    with (folder / "log").open("wb") as log:
        engine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        if not answers(str(socket), lambda: engine.poll() is None):
            raise EngineError(f"dockerd did not start: {last_words(folder / 'log')}")
        yield str(socket)
    finally:
        engine.terminate()
        engine.wait()
        shutil.rmtree(folder, ignore_errors=True)
