"""The rows of one operation: its steps, output beneath those that are open, and how it ended.

Arithmetic and words; what is looked at of them is the widget's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import FAILED, RUNNING
from tui.presentation.operations import end_rows, output_row, step_row
from tui.presentation.outline import HEAD, Outline, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.commands.keymap import Keymap
    from tui.presentation.log_lines import Look
    from tui.presentation.style import Line
    from tui.store.operation import Operation, Step
    from tui.store.output import OutputLine


class OperationRows:
    """The rows of the operation that was counted last.

    outline   which row is which step, or which line of its output
    """

    def __init__(self, keymap: Keymap) -> None:
        self.outline = Outline()
        self._keymap = keymap
        self._folds: dict[str, bool] = {}
        self._end: list[Line] = []
        self._arranged: object = None
        self._end_for: object = None

    def leave(self) -> None:
        """The operation is not shown any more: the next one is counted, also where it bears the same ID."""
        self._arranged = self._end_for = None

    def unfold(self) -> None:
        """Forget what was folded by hand."""
        self._folds = {}

    def is_open(self, step: Step) -> bool:
        """Whether its output is shown: that of what runs or has failed, unless it was folded by hand."""
        return self._folds.get(step.id, step.state in (RUNNING, FAILED))

    def fold(self, step: str, *, opened: bool) -> None:
        """Show or hide the output of a step from now on."""
        self._folds[step] = opened

    def count(self, operation: Operation, width: int, before: float | None) -> None:
        """Bring the arithmetic up to date; `before`: seconds that the same took the last time."""
        shape = operation.id, operation.changes
        if self._arranged != shape:
            self._arranged = shape
            self.outline.arrange(operation.in_order())
        end_for = operation.id, operation.state, len(operation.warnings), width, before
        if self._end_for != end_for:
            self._end_for = end_for
            self._end = end_rows(operation, width, before, self._keymap) if width else []
        self.outline.count(self.is_open, len(self._end))

    def row(self, number: int, look: Look, now: float, current: Spot | None, *, alive: bool) -> Line:
        """One row; `current` is where a search has arrived."""
        outline = self.outline
        if number >= outline.steps_end:
            return self._end[number - outline.steps_end]
        (step, depth), line = outline.place(number)
        found = current == (step.id, line)
        if line != HEAD:
            return output_row(step, depth, line, look, current=found)
        opened = self.is_open(step)
        return step_row(
            step, depth, look.cells, now, opened=opened, needle=look.needle, current=found, alive=alive
        )

    def goal(self, operation: Operation) -> int:
        """The row to be seen while following: the end of what runs, or of everything."""
        if not operation.running:
            return max(self.outline.total - 1, 0)
        begun = [step for step, _ in self.outline.entries if step.started is not None]
        running = [step for step in begun if step.state == RUNNING]
        last = (running or begun)[-1:]
        return self.outline.last_row_of(last[0].id) if last else 0

    def output_lines(self, first: int, count: int) -> Iterator[OutputLine]:
        """The lines of output among these rows."""
        for number in range(first, min(first + count, self.outline.steps_end)):
            entry, line = self.outline.place(number)
            output = entry.step.output
            if output is not None and line >= output.first:
                yield output[line]

    def end_texts(self) -> list[str]:
        """How it ended, in words."""
        return ["".join(text for text, _ in line).rstrip() for line in self._end]
