"""The pane of the log of one container."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.presentation.text import safe
from tui.store.output_file import save_output
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
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", self.subject)[:128] or "log"
        stem = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
        chunks = output.chunks(times=self._times)
        try:
            folders = Path.cwd(), Path.home()  # the first fails where the folder has been deleted
            path, count = await asyncio.to_thread(save_output, folders, stem, chunks)
        except OSError as error:
            said = f"the log could not be saved: {safe(str(error))}"
            self.notify(said, severity="error", markup=False, timeout=8)
        else:
            self.notify(f"{count:,} lines saved to {safe(str(path))}", markup=False, timeout=8)
