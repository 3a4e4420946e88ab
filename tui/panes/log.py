"""The pane of the log of one container."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.store.output_file import write_output
from tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from tui.settings.schema import LogSettings
    from tui.store.output import Output


class LogPane(LogView):
    """Knows which container's log it shows, and saves it."""

    def __init__(self, settings: LogSettings) -> None:
        super().__init__(wrap=settings.wrap, times=settings.timestamps, id="log")
        self.container_id: str | None = None

    def open(self, container_id: str, name: str, output: Output) -> None:
        """Show the log of a container."""
        self.container_id = container_id
        self.show(name, output)

    def do_log_save(self) -> None:
        if self.output is not None:
            self.run_worker(self._save(self.output))

    async def _save(self, output: Output) -> None:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", self.subject) or "log"
        folder = Path.cwd() if os.access(Path.cwd(), os.W_OK) else Path.home()
        path = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.log"
        try:
            count = await asyncio.to_thread(write_output, path, output.chunks(times=self._times))
        except OSError as error:
            said = f"the log could not be saved to {path}: {error.strerror}"
            self.notify(said, severity="error", markup=False, timeout=8)
        else:
            self.notify(f"{count:,} lines saved to {path}", markup=False, timeout=8)
