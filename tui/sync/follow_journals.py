"""Operations on one engine as their journals tell them: whoever started them under this account."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.endpoint import place_of
from tui.journal.folder import listed
from tui.journal.reader import Tail, events, is_alive, summary
from tui.model.operation import Started
from tui.store.operation import Operation

if TYPE_CHECKING:
    from pathlib import Path

    from tui.journal.reader import Summary
    from tui.model.operation import Event
    from tui.store.store import Store

LOOK_SECONDS = 0.5
"""Time between two looks at the folder while nothing runs: one call to the system each."""

FOLLOW_SECONDS = 0.05
"""Time between two reads of a journal that grows."""

ALIVE_SECONDS = 1.0
"""Time between two looks whether a silent operation still lives."""

TICK = 20_000_000
"""Nanoseconds, more than any file system's clock needs to go on."""

KNOWN = 60
"""How many operations are known after a start, the newest."""


class _New(NamedTuple):
    """What a look has found: operations with their journals, `tail` for those that still run."""

    summary: Summary
    tail: Tail | None


class JournalFollower:
    """Keeps the store's operations true. `run` is its task; it may be cancelled at any time.

    `engine` is the endpoint of the store's engine: an app of the same name on another one is another app, and
    what is done to it is not told here.
    """

    def __init__(self, store: Store, folder: Path, engine: str) -> None:
        self._store = store
        self.folder = folder
        self._engine = engine
        self._tails: dict[str, Tail] = {}
        self._paths: dict[str, Path] = {}
        self._seen: set[str] = set()
        self._stamp = 0
        self._looked = False
        self._nudged = asyncio.Event()
        self._looked_alive = 0.0

    def nudge(self) -> None:
        """An operation was started just now: look at once."""
        self._nudged.set()

    async def run(self) -> None:
        """Look and follow, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            self._nudged.clear()
            await self._look()
            await self._follow()
            if self._tails and loop.time() - self._looked_alive >= ALIVE_SECONDS:
                self._looked_alive = loop.time()
                await self._find_interrupted()
            wait = FOLLOW_SECONDS if self._tails else LOOK_SECONDS
            try:
                await asyncio.wait_for(self._nudged.wait(), wait)
            except TimeoutError:
                continue

    async def open(self, op: str) -> Operation | None:
        """An operation with everything that its journal holds, None where that is gone."""
        operation = self._store.operations.get(op)
        if operation is None or operation.complete or op in self._tails:
            return operation
        path = self._paths[op]
        try:
            found = await asyncio.to_thread(lambda: list(events(path)))
        except OSError:
            return None
        operation.complete = True
        operation.feed(found[1:])
        operation.alive = False
        return operation

    async def _look(self) -> None:
        stamp = _stamp(self.folder)
        if stamp == self._stamp:
            self._looked = True
            return
        # Within a tick of the file system's clock two journals leave the same stamp.
        self._stamp = stamp if time.time_ns() - stamp > TICK else -1
        found = await asyncio.to_thread(self._new)
        put = []
        for new in found:
            started = new.summary.started
            operation = Operation(started)
            self._paths[started.op] = new.summary.path
            if new.tail is not None:
                self._tails[started.op] = new.tail
                operation.complete = True
            else:
                operation.ended, operation.alive = new.summary.ended, False
            put.append(operation)
        self._store.put_operations(put)

    def _new(self) -> list[_New]:
        """The operations that are not known yet, oldest first. Runs in a thread, one at a time.

        One that was begun while this looks on is read from its beginning, even if it has ended already.
        """
        found = []
        for path in listed(self.folder)[:KNOWN]:
            if path.name in self._seen:
                continue
            try:
                one = summary(path)
            except OSError:
                continue
            if one is None:
                if is_alive(path):  # its first line is not written yet, and that will not touch the folder
                    self._stamp = -1
                else:
                    self._seen.add(path.name)
                continue
            self._seen.add(path.name)
            if place_of(one.started.engine) != place_of(self._engine):
                continue
            found.append(_New(one, Tail(path) if one.alive or self._looked else None))
        self._looked = True
        return found[::-1]

    async def _follow(self) -> None:
        for op, tail in tuple(self._tails.items()):
            try:
                news = await asyncio.to_thread(tail.read)
            except OSError:
                news = []
            if news:
                self._feed(op, news)

    def _feed(self, op: str, news: list[Event]) -> None:
        operation = self._store.operations[op]
        was_paused = operation.paused
        operation.feed(event for event in news if not isinstance(event, Started))
        if operation.ended is not None:
            del self._tails[op]
        if operation.ended is not None or operation.paused != was_paused:
            self._store.put_operations([operation])

    async def _find_interrupted(self) -> None:
        for op in tuple(self._tails):
            if not await asyncio.to_thread(is_alive, self._paths[op]):
                await self._follow()  # its last words may have come in between
                if op in self._tails:
                    del self._tails[op]
                    operation = self._store.operations[op]
                    operation.alive = False
                    operation.tell()
                    self._store.put_operations([operation])


def _stamp(folder: Path) -> int:
    """What differs whenever a journal was added to a folder; 0 while there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
