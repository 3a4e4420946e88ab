"""A home of the demo's own: its apps, its configuration, and what is kept of what is done in it.

Nothing of it is ever among the user's: the environment says where an account keeps things, and the dashboard
and its operation processes take that over for as long as the demo lasts. It goes with the engine.

Imported before Textual and before asyncio: nothing heavy at the top.
"""

from __future__ import annotations

import os
import shlex
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "DOCKER_CONFIG")
"""What says where an account keeps things. HOME stays: a shell that is opened from the demo is the user's."""

DATABASE_AGE = 5 * 3600
"""Seconds since the scanner's database was built."""


class DemoHome:
    """The folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def config(self) -> Path:
        """The configuration with the demo's apps."""
        return self.folder / "config.toml"

    @property
    def projects(self) -> Path:
        return self.folder / "projects"

    @property
    def programs(self) -> Path:
        """Programs that come before those of the machine: the demo's scanner."""
        return self.folder / "bin"

    @property
    def began(self) -> int:
        """When it was made, seconds since the epoch, 0 where it is not: the past is told from then back."""
        try:
            return int(read_file(self._began))
        except (OSError, ValueError):
            return 0

    @property
    def _began(self) -> Path:
        return self.folder / "began"

    def environment(self) -> dict[str, str]:
        """Variables that keep everything in here."""
        return {name: str(self.folder / name.lower()) for name in VARIABLES}

    def make(self, registry: str, engine: str) -> None:
        """Write it, for apps of the registry at an address, on an engine. Blocks. Raises OSError."""
        from tui.demo.past_journals import write_past
        from tui.demo.projects import CONFIG, PROJECTS
        from tui.journal.folder import operations_folder

        for name, files in PROJECTS.items():
            for path, text in files.items():
                file = self.projects / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        self.config.write_text(CONFIG.format(registry=registry, folder=self.projects))
        now = int(time.time())
        self._began.write_text(str(now))
        write_past(operations_folder(self.environment()), engine, registry, now)
        self._make_scanner(now)

    def _make_scanner(self, now: float) -> None:
        """A program that is called trivy, and its database: what it starts has nothing of our environment."""
        from tui.demo.scanner import write_database

        root = str(Path(__file__).parents[2])
        words = ("exec", sys.executable, "-P", "-m", "tui.demo.scanner")
        self.programs.mkdir(parents=True, exist_ok=True)
        program = self.programs / "trivy"
        program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(root)} {shlex.join(words)} "$@"\n')
        program.chmod(0o755)
        cache = Path(self.environment()["XDG_CACHE_HOME"])
        write_database(cache / "holdfast" / "trivy", now - DATABASE_AGE)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While it lasts, this process and those that it starts keep everything in here."""
        before = {name: os.environ.get(name) for name in (*VARIABLES, "PATH")}
        folder = os.getcwd()  # noqa: PTH109 -- pathlib resolves it, and it may be gone
        os.environ.update(self.environment())
        os.environ["PATH"] = os.pathsep.join((str(self.programs), os.environ.get("PATH", os.defpath)))
        os.chdir(self.folder)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
            os.chdir(folder)
