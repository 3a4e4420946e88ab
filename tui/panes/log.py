"""The pane of the log of one container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.layout import LOG
from tui.presentation.titles import pane_head
from tui.widgets import saving
from tui.widgets.log_view import LogView

if TYPE_CHECKING:
    from tui.commands.keymap import Keymap
    from tui.settings.schema import LogSettings
    from tui.store.output import Output


class LogPane(LogView):
    """Knows which container's log it shows, and saves it."""

    def __init__(self, settings: LogSettings, keymap: Keymap) -> None:
        super().__init__(pane_head(keymap, LOG), wrap=settings.wrap, times=settings.timestamps, id="log")
        self._keymap = keymap
        self.container_id: str | None = None

    def describe(self) -> None:
        self.head = pane_head(self._keymap, LOG)
        super().describe()

    def take(self, settings: LogSettings) -> None:
        """Look as it is configured now."""
        self.configure(wrap=settings.wrap, times=settings.timestamps)

    def open(self, container_id: str, name: str, output: Output) -> None:
        """Show the log of a container."""
        self.container_id = container_id
        self.show(name, output)

    def save(self) -> None:
        """Save everything to a file."""
        if self.output is not None:
            self.run_worker(saving.save(self, self.subject, self.output.chunks(times=self._times)))
