"""Starting the simulated engine as a child process.

Imported before Textual and before asyncio: nothing heavy at the top.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tui import own_folders
from tui.demo.home import DemoHome
from tui.engine.endpoint import Endpoint
from tui.errors import HoldfastError

PATIENCE = 15.0
"""Seconds that the child may take until it answers; it takes about 0.3."""

SOURCE = "demo"
"""The `source` of the endpoint that is given out."""


REGISTRY_PORT = 5577
"""Where the demo's registry is, unless something else is there already: then wherever there is room."""


class DemoFailed(HoldfastError):
    """The simulated engine could not be started."""


class DemoEngine:
    """The simulated engine in a process of its own, on a socket in a private (0700) folder.

    containers   hold a fleet of that many instead of the demo's story
    running      the share of the fleet that runs
    rate         start and die events a second in the fleet
    seed         two engines with the same seed tell the same story
    apps         have three apps with a past, whose configuration and state are in `home`
    pace         how long steps of builds and transfers take beside what is usual

    Its registry is at `registry`, "127.0.0.1:port", once it is started.

    The child ends with its standard input, so it never outlives this process, however this one ends.
    The socket is made here and handed over: a connection may be opened right after `start_process`,
    and is answered as soon as the child is ready.
    """

    def __init__(
        self,
        containers: int | None = None,
        running: float = 0.1,
        rate: float = 0.0,
        seed: str = "holdfast",
        pace: float = 1.0,
        *,
        apps: bool = False,
    ) -> None:
        self.registry = ""
        self._with_apps = apps
        self._arguments = [
            *("--running", str(running), "--rate", str(rate), "--seed", seed, "--pace", str(pace))
        ]
        if containers is not None:
            self._arguments += ["--containers", str(containers)]
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The child's process ID, 0 while there is none."""
        return self._process.pid if self._process else 0

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens; raises DemoFailed before it was started."""
        if self._folder is None:
            raise DemoFailed("the demo engine is not started")
        return Endpoint(f"unix://{self._folder / 'engine.sock'}", SOURCE)

    @property
    def home(self) -> DemoHome:
        """Where its apps are, once it is started. Raises DemoFailed before."""
        if self._folder is None:
            raise DemoFailed("the demo engine is not started")
        return DemoHome(self._folder / "home")

    def start_process(self) -> Endpoint:
        """Start the child and return at once; connections wait until it is ready. Raises DemoFailed."""
        try:
            folder = self._folder = Path(own_folders.made("demo"))
        except OSError as error:  # a full disk, among others
            raise DemoFailed(f"the demo engine could not be started: {error}") from error
        path = folder / "engine.sock"
        root = str(Path(__file__).parents[2])
        own = self.home.environment() if self._with_apps else {}
        environment = {
            **os.environ,
            **own,
            "PYTHONPATH": os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH")))),
        }
        try:
            with (
                socket.socket(socket.AF_UNIX) as listening,
                _on_loopback() as registry,
                (folder / "errors.txt").open("wb") as errors,
            ):
                listening.bind(str(path))
                listening.listen(4096)
                number = listening.fileno()
                self.registry = f"127.0.0.1:{registry.getsockname()[1]}"
                arguments = [*self._arguments]
                if self._with_apps:
                    self.home.make(self.registry, self.endpoint.url)
                    arguments += ["--home", str(self.home.folder)]
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-P",
                        "-m",
                        "tui.demo",
                        str(path),
                        "--listening",
                        str(number),
                        "--registry",
                        str(registry.fileno()),
                        *arguments,
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=environment,
                    pass_fds=(number, registry.fileno()),
                    start_new_session=True,
                )
        except OSError as error:
            self.stop_process()
            raise DemoFailed(f"the demo engine could not be started: {error}") from error
        return self.endpoint

    def wait_ready(self, seconds: float = PATIENCE) -> None:
        """Wait until the child answers; raises DemoFailed where it ends or takes too long."""
        process = self._process
        if process is None or process.stdout is None:
            raise DemoFailed("the demo engine is not started")
        limit = time.monotonic() + seconds
        while select.select([process.stdout], [], [], max(0.0, limit - time.monotonic()))[0]:
            if os.read(process.stdout.fileno(), 64):
                return
            break
        said = self._errors()
        self.stop_process()
        raise DemoFailed(f"the demo engine did not start: {said or 'it did not answer in time'}")

    def _errors(self) -> str:
        """The last line that the child wrote to its standard error."""
        if self._folder is None:
            return ""
        lines = (self._folder / "errors.txt").read_text(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line), "")

    def stop_process(self) -> None:
        """End the child and remove its folder; nothing happens where it ended already."""
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        folder, self._folder = self._folder, None
        if folder is not None:
            own_folders.remove(str(folder))

    async def start(self) -> Endpoint:
        """Start the child and wait until it answers. Raises DemoFailed."""
        import asyncio

        endpoint = self.start_process()
        try:
            await asyncio.to_thread(self.wait_ready)
        except asyncio.CancelledError:
            self.stop_process()
            raise
        return endpoint

    async def stop(self) -> None:
        """End the child and remove its folder."""
        import asyncio

        await asyncio.to_thread(self.stop_process)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()


def _on_loopback() -> socket.socket:
    """A socket that listens, for the registry."""
    listening = socket.socket(socket.AF_INET)
    try:
        try:
            listening.bind(("127.0.0.1", REGISTRY_PORT))
        except OSError:
            listening.bind(("127.0.0.1", 0))
        listening.listen(128)
    except BaseException:
        listening.close()
        raise
    return listening
