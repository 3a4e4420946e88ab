"""The pane of one operation: it takes the place of the log."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from tui.store.operation_file import operation_chunks
from tui.store.store import Change, Store, Topic
from tui.widgets.operation_view import OperationView
from tui.widgets.output_view import Saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.commands.keymap import Keymap
    from tui.store.operation import Operation


class OperationPane(OperationView):
    """Reads an operation from the store, and what the same took the last time."""

    def __init__(self, store: Store, keymap: Keymap, clock: Callable[[], float] = time.time) -> None:
        super().__init__(keymap, clock=clock, id="operation")
        self._store = store

    def on_mount(self) -> None:
        self._store.subscribe(Topic.OPERATIONS, self._changed)

    def open(self, operation: Operation) -> None:
        """Show an operation."""
        self.show(operation, self._last_time(operation))

    def _changed(self, change: Change) -> None:
        shown = self.operation
        if shown is None or shown.id not in change.put:
            return
        now = self._store.operations[shown.id]
        if now is not shown or not now.running:  # else it was paused, or goes on: its rows stand as they are
            self.open(now)

    def _last_time(self, operation: Operation) -> float | None:
        """Seconds that the same verb took on the same app the last time it went well before this."""
        started = operation.started
        for other in self._store.operations_of(started.app):
            ended = other.ended
            earlier = other.started.t < started.t and other.started.verb == started.verb
            if earlier and ended is not None and ended.ok:
                return ended.seconds
        return None

    def saved(self) -> Saved | None:
        """What would be saved, None where there is nothing."""
        if self.operation is None:
            return None
        started = self.operation.started
        chunks = partial(operation_chunks, self.operation, self.end_texts())
        return Saved(f"{started.app}-{started.verb}", "everything", chunks)
