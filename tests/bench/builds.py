"""Builds beside the docker command line: the same folders, the same engine, in turns.

Docker's figure is the whole command `docker build`. Ours is the operation, from "go" to its outcome in the
journal, as the dashboard sees it; the row below it is the whole command `holdfast build`, with the start of
Python (about 0.2 s) that comes before, and which has a goal of its own. A build of some seconds, as most are,
is held to the goal as a whole command. The docker command line is the one of the distribution's docker.io,
whose BuildKit client needs no plugin.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.programs import TREE
from tests.bench.run import spread
from tests.bench.table import Result, at_most, times
from tests.support.busybox import IMAGE
from tests.support.private_engine import PrivateEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.run import Run

DOCKER = "/usr/bin/docker"
FILES, BYTES = 20_000, 500_000_000

DESCRIPTION = 45
"""Bytes that describe a file to the engine, at most, with names as short as here."""

STEPS = f"""\
FROM {IMAGE}
COPY src /src
RUN ls -R /src > /list
RUN md5sum /list > /sum
RUN cat /sum
"""

WORK = f"""\
FROM {IMAGE}
COPY src /src
RUN for i in 1 2 3 4; do head -c 200000000 /dev/zero | md5sum; done
RUN for i in 1 2 3 4; do head -c 200000000 /dev/zero | sha1sum; done
"""
"""Some seconds of it."""


class Built(NamedTuple):
    """One build: seconds of the whole command, and what ours says of itself."""

    seconds: float
    sent: int = 0
    inner: float = 0.0


class Pair:
    """One folder, built by both."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder = folder
        self.host = host
        self._home = folder.parent / "home"
        self._home.mkdir(exist_ok=True)
        (folder / "holdfast.toml").write_text(
            '[apps.bench]\nimage = "bench/app"\n[apps.bench.build]\ncontext = "."\nnetwork = "none"\n'
        )
        (folder / ".dockerignore").write_text("holdfast.toml\n.dockerignore\nDockerfile\n")

    def _environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "PYTHONPATH": str(TREE),
            "DOCKER_HOST": self.host,
            "DOCKER_BUILDKIT": "1",
            "LANG": "C.UTF-8",
        }

    def _run(self, *words: str) -> tuple[float, str]:
        began = time.perf_counter()
        done = subprocess.run(
            words, cwd=self.folder, env=self._environ(), capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - began
        if done.returncode:
            raise OSError(f"{words[0]} build failed: {done.stdout[-300:]}{done.stderr[-300:]}")
        return seconds, done.stdout

    def ours(self, *options: str) -> Built:
        seconds, output = self._run(sys.executable, "-m", "tui", "build", "bench", "--json", *options)
        lines = [json.loads(line) for line in output.splitlines()]
        sent = {
            line["step"]: line["current"]
            for line in lines
            if line["kind"] == "progress" and line["unit"] == "bytes" and line["step"] != "build"
        }
        return Built(seconds, sum(sent.values()), lines[-1]["seconds"])

    def docker(self, *options: str) -> Built:
        seconds, _ = self._run(
            DOCKER, "build", "--progress=plain", "--network=none", "-t", "bench/docker", *options, "."
        )
        return Built(seconds)

    def forget(self) -> None:
        """Empty the engine's build cache, with the files that it was sent."""
        self._run(DOCKER, "builder", "prune", "-af")


def _source(folder: Path, files: int, size: int) -> None:
    """Files of random bytes, in folders of 200."""
    each = size // files
    seed = random.randbytes(each + files)
    for number in range(files):
        path = folder / "src" / f"{number // 200:03d}" / f"{number:05d}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(seed[number : number + each])


def _in_turns(
    pair: Pair, repeats: int, before: Callable[[], None], *options: str
) -> tuple[list[Built], list[Built]]:
    ours, docker = [], []
    for _ in range(repeats):
        before()
        ours.append(pair.ours(*options))
        before()
        docker.append(pair.docker(*options))
    return ours, docker


def _rows(name: str, ours: list[Built], docker: list[Built], limit: float) -> list[Result]:
    beside = spread([built.seconds for built in docker]).median
    operation = spread([built.inner for built in ours]).median
    return [
        Result(name, operation, beside, "ms", (times(limit),), "the operation beside `docker build`"),
        _whole("  the whole command", ours, docker),
    ]


def _whole(name: str, ours: list[Built], docker: list[Built], *limits: float) -> Result:
    return Result(
        name,
        spread([built.seconds for built in ours]).median,
        spread([built.seconds for built in docker]).median,
        "ms",
        tuple(times(limit) for limit in limits),
        "`holdfast build` beside `docker build`",
    )


def measure(run: Run) -> list[Result]:
    """Every row's second figure is the docker command line's."""
    if not Path(DOCKER).exists():
        run.remarks.add(f"builds: {DOCKER} is not there, nothing to compare with.")
        return []
    repeats = run.either(9, 3)
    files, size = run.either(FILES, FILES // 10), run.either(BYTES, BYTES // 10)
    folder = run.home / "builds"
    rows = []
    with PrivateEngine() as engine:
        small = Pair(_made(folder / "small", 20, 200_000, STEPS), engine.host)
        small.docker()
        anew, cached = _in_turns(small, repeats, _nothing, "--no-cache"), _in_turns(small, repeats, _nothing)
        rows += _rows("build, every step anew", *anew, 1.05)
        rows += _rows("build, every step cached", *cached, 1.05)

        work = Pair(_made(folder / "work", 20, 200_000, WORK), engine.host)
        work.docker()
        both = _in_turns(work, run.either(5, 1), _nothing, "--no-cache")
        rows.append(_whole("build of some seconds, the whole command", *both, 1.05))

        large = Pair(_made(folder / "large", files, size, "FROM scratch\nCOPY src /\n"), engine.host)
        title = f"build sending {size // 1_000_000} MB in {files:,} files"
        rows += _rows(title, *_in_turns(large, run.either(5, 1), large.forget), 1.0)

        changed = large.folder / "src" / "000" / "00000.bin"

        def change() -> None:
            changed.write_bytes(random.randbytes(10_000))

        large.ours()
        ours, docker = _in_turns(large, run.either(3, 1), change)
        rows += _rows("build after one file of these has changed", ours, docker, 1.05)
        sent = max(built.sent for built in ours)
        # The protocol describes everything each time, so does docker's client: name, mode, size and date.
        limit = 10 + files * DESCRIPTION / 1000
        rows.append(
            Result("sent then: its 10 kB, and descriptions", sent / 1000, None, "kB", (at_most(limit),))
        )
    shutil.rmtree(folder)
    return rows


def _made(folder: Path, files: int, size: int, dockerfile: str) -> Path:
    folder.mkdir(parents=True)
    _source(folder, files, size)
    (folder / "Dockerfile").write_text(dockerfile)
    return folder


def _nothing() -> None:
    """Nothing has to happen between two builds."""
