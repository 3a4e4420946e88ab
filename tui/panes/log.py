"""The pane of the log of one container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.layout import LOG
from tui.presentation.titles import pane_head
from tui.widgets.log_view import LogView
from tui.widgets.saving import save

if TYPE_CHECKING:
    from tui.commands.keymap import Keymap
    from tui.settings.schema import LogSettings
    from tui.store.output import Output


class LogPane(LogView):
    """Knows which container's log it shows, and saves it."""

    def __init__(self, settings: LogSettings, keymap: Keymap) -> None:
        super().__init__(pane_head(keymap, LOG), wrap=settings.wrap, times=settings.timestamps, id="log")
        self.container_id: str | None = None

    def open(self, container_id: str, name: str, output: Output) -> None:
        """Show the log of a container."""
        self.container_id = container_id
        self.show(name, output)

    def do_log_save(self) -> None:
        if self.output is not None:
            self.run_worker(save(self, self.subject, self.output.chunks(times=self._times)))
