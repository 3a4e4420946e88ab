"""The engines that the programs are opened on: a private real one, and the demo engine as a load."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import psutil

from tests.bench.programs import TREE
from tests.bench.wire import EngineError, answers, call, last_words
from tests.support.busybox import IMAGE
from tests.support.private_engine import PrivateEngine


class Engine(Protocol):
    """What a measure of events asks for, on either engine. Names are container names."""

    path: str

    def create(self, name: str) -> None: ...
    def start(self, name: str) -> None: ...
    def kill(self, name: str) -> None: ...
    def rename(self, name: str, new: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def calm(self) -> None: ...


class RealEngine:
    """A Docker Engine that belongs to the tests; every container on it may be removed."""

    def __init__(self, path: str) -> None:
        self.path = path

    def _container(self, method: str, name: str, action: str) -> None:
        call(self.path, method, f"/containers/{name}{action}")

    def create(self, name: str) -> None:
        wanted = {"Image": IMAGE, "Cmd": ["/bin/sleep", "100000"], "HostConfig": {"NetworkMode": "none"}}
        call(self.path, "POST", f"/containers/create?name={name}", json.dumps(wanted).encode())

    def start(self, name: str) -> None:
        self._container("POST", name, "/start")

    def kill(self, name: str) -> None:
        self._container("POST", name, "/kill")

    def rename(self, name: str, new: str) -> None:
        self._container("POST", name, f"/rename?name={new}")

    def remove(self, name: str) -> None:
        self._container("DELETE", name, "?force=1")

    def calm(self) -> None:
        """Wait for what an ended program had asked of it."""
        time.sleep(0.3)

    def fill(self, containers: int, running: int) -> None:
        """Make it hold exactly this many containers, anew."""
        for found in json.loads(call(self.path, "GET", "/containers/json?all=1")):
            self.remove(found["Id"])
        for number in range(containers):
            self.create(f"bench{number:03d}")
            if number < running:
                self.start(f"bench{number:03d}")


def _demo_command(path: str, containers: int, running: float) -> list[str]:
    size = ["--containers", str(containers), "--running", str(running)]
    return [sys.executable, "-m", "tui.demo", path, "--script", "fleet", *size]


class LoadEngine:
    """The demo engine in a process of its own, told to hold `containers`; it ends with its standard input."""

    def __init__(self, path: str, containers: int, running: float) -> None:
        self.path = path
        command = _demo_command(path, containers, running)
        log = Path(path).with_suffix(".log")
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                command, cwd=TREE, stdin=subprocess.PIPE, stdout=said, stderr=said
            )
        # lazydocker opens a connection for every container; a refused one would be our fault, not its
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(self._process.pid, resource.RLIMIT_NOFILE, (most, most))
        if not answers(path, lambda: self._process.poll() is None):
            self.close()
            raise EngineError(f"the demo engine did not start: {last_words(log)}")

    def calm(self) -> None:
        """Wait until it has done with what an ended program had asked of it, 15 s at most."""
        process = psutil.Process(self._process.pid)
        process.cpu_percent()
        for _ in range(60):
            time.sleep(0.25)
            if process.cpu_percent() < 10:
                return

    def control(self, action: str, **arguments: object) -> Any:
        """Tell the engine what to do next; not part of the Engine API."""
        return json.loads(call(self.path, "POST", f"/_ctl/{action}?{urlencode(arguments)}"))

    def names(self) -> list[str]:
        found = json.loads(call(self.path, "GET", "/containers/json?all=1"))
        return [container["Names"][0].removeprefix("/") for container in found]

    def create(self, name: str) -> None:
        """A running one: only those are sure to stand at the top of a long list.

        No real engine makes one so, and the event does not tell it: a program that believes the event shows
        it when it has read it again.
        """
        self.control("create", name=name, state="running")

    def start(self, name: str) -> None:
        self.control("toggle", name=name)

    def kill(self, name: str) -> None:
        self.control("toggle", name=name)

    def rename(self, name: str, new: str) -> None:
        self.control("rename", name=name, new=new)

    def remove(self, name: str) -> None:
        self.control("remove", name=name)

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Engines:
    """Engines started when a measure first asks for them, and ended together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._real: RealEngine | None = None
        self._loads: dict[tuple[int, float], LoadEngine] = {}
        self._stack = ExitStack()

    def real(self) -> RealEngine:
        if self._real is None:
            self._real = RealEngine(self._stack.enter_context(PrivateEngine()).host.removeprefix("unix://"))
        return self._real

    def load(self, containers: int, running: float = 0.1) -> LoadEngine:
        """One with so many containers, of which the part `running` runs."""
        key = containers, running
        if key not in self._loads:
            self._loads[key] = LoadEngine(str(self._folder / f"load-{containers}.sock"), containers, running)
            self._stack.callback(self._loads[key].close)
        return self._loads[key]

    def calm(self) -> None:
        """Wait until no engine is busy with what an ended program had asked of it."""
        for engine in self._loads.values():
            engine.calm()

    def close(self) -> None:
        self._stack.close()
