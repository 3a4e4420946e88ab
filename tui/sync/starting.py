"""Operations that are being started here: shown at once, known until their journals tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import Ended, Failure
from tui.store.operation import Operation

if TYPE_CHECKING:
    from tui.model.operation import Started
    from tui.store.store import Store


class Starting:
    """Puts operations into the store before their processes have written a word."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def expect(self, started: Started) -> Operation:
        """An operation whose journal will come; until then this is what is known of it."""
        operation = Operation(started)
        operation.complete = True
        self._store.put_operations([operation])
        return operation

    def end(self, operation: Operation, t: float, problem: Failure) -> None:
        """It came to nothing. One whose journal has come meanwhile goes on."""
        if self._store.operations.get(operation.id) is operation and operation.running:
            operation.feed([Ended(t, False, t - operation.started.t, error=problem)])
            self._store.put_operations([operation])
