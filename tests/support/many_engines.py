"""Many simulated engines in one process: `python -m tests.support.many_engines FOLDER COUNT CONTAINERS`.

Each listens in the folder, on e0.sock, e1.sock and so on, until standard input is closed.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.demo.server import Options, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0


@contextmanager
def many_engines(folder: Path, count: int, containers: int) -> Iterator[list[Path]]:
    """Their sockets, once they are there."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.support.many_engines", str(folder), str(count), str(containers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        try:
            sockets = [folder / f"e{number}.sock" for number in range(count)]
            end = time.monotonic() + PATIENCE
            while not all(socket.exists() for socket in sockets):
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError("the engines did not come")
                time.sleep(0.1)
            yield sockets
        finally:
            process.kill()


def _end_with_input() -> None:
    """Of the engines only one hears that it is to end: all do, as soon as nobody holds the other end."""
    sys.stdin.buffer.read()
    os._exit(0)


async def _serve(folder: Path, count: int, containers: int) -> None:
    threading.Thread(target=_end_with_input, daemon=True).start()
    await asyncio.gather(
        *(
            serve(
                Options(
                    path=folder / f"e{number}.sock",
                    listening=None,
                    containers=containers,
                    running=0.5,
                    rate=0.0,
                    seed=f"engine {number}",
                )
            )
            for number in range(count)
        )
    )


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
