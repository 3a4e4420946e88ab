"""Which row of the screen is what, in a tree of steps with their output beneath: arithmetic only.

A step takes one row; the lines of its output follow where it is open. Only open steps count in a sum, so
that a row is found among thousands of steps, and 100,000 lines in one of them, by bisection.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.store.operation import Step

HEAD = -1
"""Instead of a line's number: the row of the step itself."""


class Spot(NamedTuple):
    """A row by what stands there, so that it is found again when rows come and go above.

    step   a step's ID, "" for what follows the steps
    line   the number of a line of its output, or HEAD; for what follows the steps its row, from 0
    """

    step: str = ""
    line: int = HEAD


class OutlineStep(NamedTuple):
    """A step and how deep it is in the tree."""

    step: Step
    depth: int


class Outline:
    """The rows of some entries, and of `tail` rows after them."""

    def __init__(self) -> None:
        self.entries: list[OutlineStep] = []
        self.tail = 0
        self._rank: dict[str, int] = {}
        self._open: list[int] = []
        self._heads: list[int] = []
        self._before: list[int] = [0]

    def arrange(self, entries: Iterable[tuple[Step, int]]) -> None:
        """Take other entries; `count` has to follow."""
        self.entries = [OutlineStep(step, depth) for step, depth in entries]
        self._rank = {entry.step.id: rank for rank, entry in enumerate(self.entries)}

    def count(self, is_open: Callable[[Step], bool], tail: int) -> None:
        """Count the rows anew: lines were added, steps opened or folded, something follows them."""
        self.tail = tail
        self._open = [
            rank for rank, (step, _) in enumerate(self.entries) if step.output is not None and is_open(step)
        ]
        counts = [lines(self.entries[rank].step) for rank in self._open]
        self._before = [0, *accumulate(counts)]
        self._heads = [rank + before for rank, before in zip(self._open, self._before, strict=False)]

    @property
    def steps_end(self) -> int:
        """The number of rows of steps and output."""
        return len(self.entries) + self._before[-1]

    @property
    def total(self) -> int:
        return self.steps_end + self.tail

    def at(self, row: int) -> Spot:
        """What stands at a row, from 0 up to `total`."""
        if row >= self.steps_end:
            return Spot("", row - self.steps_end)
        entry, line = self.place(row)
        return Spot(entry.step.id, line)

    def place(self, row: int) -> tuple[OutlineStep, int]:
        """The entry at a row before `steps_end`, and the number of the line of its output, or HEAD."""
        index = bisect_left(self._heads, row) - 1  # the last open step above the row
        if index >= 0:
            below = row - self._heads[index] - 1
            if below < self._before[index + 1] - self._before[index]:
                entry = self.entries[self._open[index]]
                return entry, first_line(entry.step) + below
        return self.entries[row - self._before[index + 1]], HEAD

    def row_of(self, spot: Spot) -> int:
        """The row where something stands now; the nearest one where it is not shown any more."""
        if not spot.step:
            return min(self.steps_end + max(spot.line, 0), max(self.total - 1, 0))
        rank = self._rank.get(spot.step)
        if rank is None:
            return 0
        index = bisect_left(self._open, rank)
        head = rank + self._before[index]
        if spot.line == HEAD or index == len(self._open) or self._open[index] != rank:
            return head
        step = self.entries[rank].step
        return head + 1 + max(0, min(spot.line - first_line(step), lines(step) - 1))

    def last_row_of(self, id: str) -> int:
        """The last row of a step: of its output where that is shown."""
        return self.row_of(Spot(id, 1 << 62))

    def head_above(self, row: int) -> int:
        """The row of the step whose output stands at a row; the row itself where none does."""
        index = bisect_right(self._heads, row) - 1
        if index < 0 or row > self._heads[index] + self._before[index + 1] - self._before[index]:
            return row
        return self._heads[index]


def first_line(step: Step) -> int:
    """The number of the first line; before the oldest that is kept stands a note when others have left."""
    output = step.output
    if output is None:
        return 0
    return output.first - 1 if output.dropped else output.first


def lines(step: Step) -> int:
    """How many rows the output of a step takes when it is open."""
    output = step.output
    return output.end - first_line(step) if output is not None else 0
