"""The lines of an output that are wanted, as an output of their own that goes on with it.

They are copied, so that they are drawn, searched and saved as any others; and those that were found stay when
the output itself has dropped them.
"""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from tui.store.matching import TooSlow, matching
from tui.store.output import Output, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.line_match import LineMatch

_SPARE = 4096
"""Numbers of dropped lines that are kept until they are forgotten together."""


class Filtered:
    """Looks through an output in a task until it is closed: first what is there, then what comes.

    lines      those that are wanted
    looked_at  how many lines were looked at
    slow       why no more is looked at, None while it goes on
    """

    def __init__(self, source: Output, match: LineMatch, told: Callable[[], None]) -> None:
        """`told` is called when more has been looked at."""
        self.source = source
        self.match = match
        self.lines = Output(source.max_lines, source.max_bytes, source.names)
        self.looked_at = 0
        self.slow: TooSlow | None = None
        self._told = told
        self._next = source.first
        self._numbers = array("q")
        self._before = 0
        self._more = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._unsubscribe = source.subscribe(self._more.set)
        self._task = asyncio.create_task(self._run(), name=f"filter {match.text}")

    async def _run(self) -> None:
        while True:
            self._more.clear()
            while self._next < self.source.end:
                try:
                    self._look()
                except TooSlow as error:
                    self.slow = error
                    self._told()
                    return
                self._told()
                await asyncio.sleep(0)
            self._caught_up.set()
            await self._more.wait()

    def _look(self) -> None:
        """Look at the next lines, as many as lie together."""
        first = max(self._next, self.source.first)
        lines = self.source.lines_from(first)
        found = matching(self.match, joined([text for _, _, text in lines]))
        self._next = first + len(lines)
        self.looked_at += len(lines)
        self._numbers.extend([first + place for place in found])
        self.lines.extend([lines[place] for place in found])
        gone = self.lines.first - self._before
        if gone > _SPARE:
            del self._numbers[:gone]
            self._before = self.lines.first

    async def caught_up(self) -> None:
        """Returns when all that was there has been looked at."""
        await self._caught_up.wait()

    def number_of(self, line: int) -> int:
        """The number in the source of one of the lines that are kept."""
        return self._numbers[line - self._before]

    def nearest(self, number: int) -> int:
        """The first of the lines that is not before a line of the source."""
        found = self._before + bisect_left(self._numbers, number)
        return min(max(found, self.lines.first), max(self.lines.end - 1, self.lines.first))

    def close(self) -> None:
        """Look at no more."""
        self._unsubscribe()
        self._task.cancel()
