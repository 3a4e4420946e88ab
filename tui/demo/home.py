"""A home of the demo's own: its apps, its configuration, and what is kept of what is done in it.

Nothing of it is ever among the user's: the environment says where an account keeps things, and the dashboard
and its operation processes take that over for as long as the demo lasts. It goes with the engine.

Imported before Textual and before asyncio: nothing heavy at the top.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLES = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "DOCKER_CONFIG")
"""What says where an account keeps things. HOME stays: a shell that is opened from the demo is the user's."""


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

    def environment(self) -> dict[str, str]:
        """Variables that keep everything in here."""
        return {name: str(self.folder / name.lower()) for name in VARIABLES}

    def make(self, registry: str) -> None:
        """Write it, for apps of the registry at an address. Blocks. Raises OSError."""
        from tui.demo.projects import CONFIG, PROJECTS

        for name, files in PROJECTS.items():
            for path, text in files.items():
                file = self.projects / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        self.config.write_text(CONFIG.format(registry=registry, folder=self.projects))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While it lasts, this process and those that it starts keep everything in here."""
        before = {name: os.environ.get(name) for name in VARIABLES}
        folder = os.getcwd()  # noqa: PTH109 -- pathlib resolves it, and it may be gone
        os.environ.update(self.environment())
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
