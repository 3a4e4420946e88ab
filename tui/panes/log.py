"""The pane of the log of one container, or of several."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.presentation.highlights import Highlights
from tui.presentation.layout import LOG
from tui.presentation.titles import pane_head
from tui.widgets.log_view import LogView
from tui.widgets.output_view import Saved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.keymap import Keymap
    from tui.model.time_range import TimeRange
    from tui.settings.schema import LogSettings
    from tui.store.output import Output


class LogPane(LogView):
    """Knows which container's log it shows, or of which several."""

    def __init__(self, settings: LogSettings, keymap: Keymap) -> None:
        super().__init__(pane_head(keymap, LOG), wrap=settings.wrap, times=settings.timestamps, id="log")
        self._keymap = keymap
        self.container_ids: tuple[str, ...] = ()
        self._marks = Highlights(settings.highlight)

    @property
    def container_id(self) -> str | None:
        """The container whose log it shows, None where it shows none, or several."""
        return self.container_ids[0] if len(self.container_ids) == 1 else None

    def describe(self) -> None:
        self.head = pane_head(self._keymap, LOG)
        super().describe()

    def take(self, settings: LogSettings) -> None:
        """Look as it is configured now."""
        self.configure(wrap=settings.wrap, times=settings.timestamps)
        self.highlight(settings.highlight)

    def open(self, ids: Sequence[str], name: str, output: Output, between: TimeRange | None = None) -> None:
        """Show the log of containers. A filter is that of a log: another one opens whole."""
        match = self._filtered.match if self._filtered is not None and name == self.subject else None
        self.container_ids = tuple(ids)
        self.show(name, output, str(between or ""), between.until if between is not None else None)
        self.set_filter(match)

    def saved(self) -> Saved | None:
        """What would be saved, None where there is nothing."""
        if self.output is None:
            return None
        count = f"{len(self.output):,} line{'' if len(self.output) == 1 else 's'}"
        what = f"{count} that match &{self.filter_text}" if self.filter_text else count
        return Saved(self.subject, what, partial(self.output.chunks, times=self._times))
