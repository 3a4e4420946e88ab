"""Lines of several containers put in one order, that of the moments which the engine gave them."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from operator import itemgetter
from typing import TYPE_CHECKING

from tui.store.output import marked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    Line = tuple[int, bytes, bytes]

DELAY = 0.1
"""Seconds for which a line waits for earlier ones of others; one that comes later goes where it arrives."""

OPENING = 2.0
"""Seconds for which the past of all of them is waited for at most."""

MOST_LINES, MOST_BYTES = 50_000, 8 * 2**20
"""What waits at most: more goes on at once."""

_moment = itemgetter(1)


class Merging:
    """Passes on to `put` what it is given, in order; `sources` is how many there are."""

    def __init__(self, put: Callable[[list[Line]], None], sources: int) -> None:
        self._put = put
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Line] = []
        self._bytes = 0
        self._batches: deque[tuple[float, bytes]] = deque()
        self._last = [b""] * sources
        self._unopened = set(range(sources))
        self._opens_until = self._loop.time() + OPENING
        self._timer: asyncio.TimerHandle | None = None

    def begun(self, source: int) -> None:
        """Its past comes now, if it has one."""
        self._unopened.discard(source)

    def take(self, source: int, lines: Iterable[Line]) -> None:
        """Take lines, oldest first; one without a moment is as old as the one before it."""
        mark, last = marked(source), self._last[source]
        batch = [(mark + stream, (last := at or last), text) for stream, at, text in lines]
        if not batch:
            return
        self._last[source] = last
        self._waiting += batch
        self._bytes += sum([len(text) for _, _, text in batch])
        self._batches.append((self._loop.time(), max(map(_moment, batch))))
        if len(self._waiting) >= MOST_LINES or self._bytes >= MOST_BYTES:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._due)

    def note(self, source: int, words: str) -> None:
        """A remark on a container, behind its last line."""
        self.take(source, [(0, b"", words.encode("utf-8", "replace"))])

    def _due(self) -> None:
        """Pass on what has waited, and with it what is older although it came later."""
        self._timer = None
        now = self._loop.time()
        quiet = not self._batches or now - self._batches[-1][0] >= DELAY / 2
        if now < self._opens_until and (self._unopened or not quiet):
            self._timer = self._loop.call_later(DELAY, self._due)
            return
        self._opens_until = 0.0
        newest = b""
        while self._batches and self._batches[0][0] <= now - DELAY * 0.9:
            newest = max(newest, self._batches.popleft()[1])
        if not self._batches:
            self.flush()
            return
        self._waiting.sort(key=_moment)
        count = bisect_right(self._waiting, newest, key=_moment)
        ready, self._waiting = self._waiting[:count], self._waiting[count:]
        self._bytes -= sum([len(text) for _, _, text in ready])
        self._timer = self._loop.call_later(DELAY, self._due)
        if ready:
            self._put(ready)

    def flush(self) -> None:
        """Pass on all of it."""
        ready, self._waiting, self._bytes = self._waiting, [], 0
        self._batches.clear()
        ready.sort(key=_moment)
        if ready:
            self._put(ready)

    def close(self) -> None:
        """Pass on nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def in_order(
    streams: Sequence[AsyncIterator[list[Line]]], put: Callable[[list[Line]], Awaitable[None]]
) -> None:
    """Pass on lines of streams that end, in the order of their moments; it reads no further than it has to.

    Lines of one stream stay as they are to each other, so far as their moments do not go back.
    """
    waiting: list[list[Line]] = [[] for _ in streams]
    last = [b""] * len(streams)
    reading = set(range(len(streams)))
    while True:
        for source in sorted(reading):
            if waiting[source]:
                continue
            try:
                batch = await anext(streams[source])
            except StopAsyncIteration:
                reading.discard(source)
                continue
            mark, before = marked(source), last[source]
            waiting[source] = [(mark + stream, (before := at or before), text) for stream, at, text in batch]
            last[source] = before
        if any(not waiting[source] for source in reading):
            continue
        limit = min((max(map(_moment, waiting[source])) for source in reading), default=None)
        ready = [line for lines in waiting for line in lines if limit is None or line[1] <= limit]
        if limit is not None:
            waiting = [[line for line in lines if line[1] > limit] for lines in waiting]
        ready.sort(key=_moment)
        if ready:
            await put(ready)
        if not reading:
            return
