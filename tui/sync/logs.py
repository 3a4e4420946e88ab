"""Following the log of one container, over its restarts and those of the engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError, NotFound
from tui.model.digest import short_id
from tui.store.store import Change, LinkState, Store, Topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.store.output import Output


class LogFollower:
    """Fills one Output with one container's log until it is closed.

    When the stream ends (the container has exited, the engine is gone) it waits until the container runs
    again, and goes on after the last line that it has. `say` is told why nothing comes, "" when it does.
    """

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine | None],
        container_id: str,
        output: Output,
        tail: int,
        say: Callable[[str], None],
    ) -> None:
        self._store = store
        self._engine = engine
        self._id = container_id
        self._output = output
        self._tail = tail
        self._say = say
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
                except NotFound:  # the event of its removal may be late
                    self._say("the container is gone")
                    return
                except EngineError as error:
                    self._say(error.message)
            await self._until_running()

    async def _stream(self, engine: Engine) -> None:
        self._say("")
        since = self._last.decode("ascii", "replace")
        # After a gap everything since then is wanted, however much it is.
        tail = -1 if since else self._tail
        async with engine.containers.logs(self._id, tail=tail, since=since) as batches:
            async for batch in batches:
                if since:  # the engine counts the line at `since` in
                    batch = [line for line in batch if line.at > self._last]
                    since = ""
                if batch:
                    self._last = batch[-1].at
                    self._output.extend(batch)

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

    async def close(self) -> None:
        """Stop following."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
