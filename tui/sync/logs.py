"""Following the log of one container, over its restarts and those of the engine."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineError, NotFound
from tui.model.digest import short_id
from tui.store.store import Change, LinkState, Store, Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.engine.stdcopy import LogLine
    from tui.model.time_range import TimeRange

GRACE = 2.0
"""Seconds for which lines may be late that were written before the end of a range that is still to come."""


class LogWanted(NamedTuple):
    """What is wanted of a log.

    tail    lines of the past; all since `since`, where that is given
    since   seconds since the epoch, None for the newest `tail` lines
    until   the same for its end, None to follow it
    """

    tail: int
    since: float | None = None
    until: float | None = None

    @classmethod
    def of(cls, tail: int, between: TimeRange) -> LogWanted:
        return cls(tail, between.since, between.until)


class LogFollower:
    """Follows one container's log until it is closed.

    When the stream ends (the container has exited, the engine is gone) it waits until the container runs
    again, and goes on after the last line that it has. A range that has an end is read once.

    take    is given lines, oldest first
    say     is told what the container does that sends no lines, "" when it does send some
    fail    is told what is wrong with the engine, "" when nothing is any more
    begun   is called when a stream has been opened
    """

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine | None],
        container_id: str,
        wanted: LogWanted,
        *,
        take: Callable[[list[LogLine]], None],
        say: Callable[[str], None],
        fail: Callable[[str], None],
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._id = container_id
        self._wanted = wanted
        self._take = take
        self._say = say
        self._fail = fail
        self._begun = begun
        self._last = b""
        self._changed = asyncio.Event()
        self._unsubscribe = [store.subscribe(topic, self._look) for topic in (Topic.CONTAINERS, Topic.LINK)]
        self._task = asyncio.create_task(self._run(), name=f"log {short_id(container_id)}")

    def _look(self, change: Change) -> None:
        if change.topic is Topic.LINK or self._id in change.put or self._id in change.removed:
            self._changed.set()

    async def _run(self) -> None:
        while True:
            engine = self._engine()
            if engine is not None:
                try:
                    await self._stream(engine)
                    if self._wanted.until is not None:
                        self._say("the range has ended")
                        return
                except NotFound:  # the event of its removal may be late
                    self._say("the container is gone")
                    self._begun()
                    return
                except EngineError as error:
                    self._fail(error.message)
            await self._until_running()

    async def _stream(self, engine: Engine) -> None:
        self._say("")
        self._fail("")
        wanted, last = self._wanted, self._last
        since = last.decode("ascii", "replace")
        if not since and wanted.since is not None:
            since = f"{wanted.since:.9f}"
        # After a gap everything since then is wanted, however much it is.
        tail = -1 if since else wanted.tail
        until = "" if wanted.until is None else f"{wanted.until:.9f}"
        left = None if wanted.until is None else max(wanted.until - time.time(), 0.0)
        opened = engine.containers.logs(self._id, tail=tail, since=since, until=until, follow=left != 0.0)
        try:
            # The engine ends such a stream with the first line that comes too late, which may never come.
            async with asyncio.timeout(left + GRACE if left else None), opened as batches:
                self._begun()
                async for batch in batches:
                    if last:  # the engine counts the line at `since` in
                        batch = [line for line in batch if line.at > last]
                        last = b""
                    if batch:
                        self._last = batch[-1].at
                        self._take(batch)
        except TimeoutError:
            pass

    async def _until_running(self) -> None:
        while True:
            container = self._store.containers.get(self._id)
            if container is not None and container.running and self._engine() is not None:
                # A stream that ended while the container runs is being restarted: not in a tight loop.
                await asyncio.sleep(0.2)
                return
            if self._store.link.state is LinkState.LIVE:
                self._say(f"the container is {container.state if container else 'gone'}")
            self._changed.clear()
            await self._changed.wait()

    def stop(self) -> asyncio.Task[None]:
        """Follow no more; what is still to end."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._task.cancel()
        return self._task

    async def close(self) -> None:
        """Stop following."""
        await asyncio.gather(self.stop(), return_exceptions=True)
