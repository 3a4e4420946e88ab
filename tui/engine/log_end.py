"""The newest part of a container's log, within bounds: also of one that is written faster than it is read."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import AnswerTooLarge
from tui.engine.stdcopy import FramedLog, LogLine, RawLog
from tui.engine.wire import segment

if TYPE_CHECKING:
    from tui.engine.stdcopy import LogReader
    from tui.engine.wire import Wire

LINES = (50_000, 5_000, 500)
"""How many of the last lines are asked for; fewer, where those are too long to be read."""

MORE = 8
"""So many times as much as is kept is read of one log."""


class LogEnd(NamedTuple):
    """The last lines, as text from outside, and why there may be more than those; "" for no reason."""

    lines: tuple[LogLine, ...]
    cut: str = ""


class _Kept:
    """The newest lines that have come, of at most so many bytes."""

    def __init__(self, most: int) -> None:
        self.lines: deque[LogLine] = deque()
        self.dropped = 0
        self._most = most
        self._size = 0

    def add(self, lines: list[LogLine]) -> None:
        for line in lines:
            self.lines.append(line)
            self._size += len(line.text) + len(line.at)
        while self._size > self._most and self.lines:
            gone = self.lines.popleft()
            self._size -= len(gone.text) + len(gone.at)
            self.dropped += 1


async def log_end(wire: Wire, id: str, *, tty: bool, most: int, seconds: float) -> LogEnd:
    """Its last lines, of at most `most` bytes; what has come within so many `seconds`. Raises EngineError."""
    kept = _Kept(most)
    for lines in LINES:
        kept = _Kept(most)
        query: dict[str, str | int | bool] = {
            "stdout": True,
            "stderr": True,
            "timestamps": True,
            "tail": lines,
        }
        reader: LogReader = RawLog() if tty else FramedLog()
        try:
            async with (
                asyncio.timeout(seconds),
                wire.stream("GET", f"/containers/{segment(id)}/logs", query, chunked=False) as answer,
            ):
                async for chunk in answer.chunks(most=most * MORE):
                    kept.add(reader.feed(chunk))
        except TimeoutError:
            return LogEnd(tuple(kept.lines), f"it did not end within {seconds:.0f} s: what had come by then")
        except AnswerTooLarge:
            continue
        kept.add(reader.rest())
        before = kept.dropped or len(kept.lines) >= lines
        return LogEnd(tuple(kept.lines), f"the last {len(kept.lines):,} lines" if before else "")
    return LogEnd(tuple(kept.lines), f"more than {most * MORE:,} bytes: what was read of them last")
