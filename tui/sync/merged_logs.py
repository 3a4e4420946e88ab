"""Following the logs of several containers as one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from tui.store.store import Topic
from tui.sync.logs import LogFollower
from tui.sync.merging import Merging

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.engine.client import Engine
    from tui.model.container import Container
    from tui.store.output import Output
    from tui.store.store import Change, Store
    from tui.sync.logs import LogWanted

MOST = 50
"""Logs that are followed at once: each is a connection to the engine."""


class _Member:
    """One container: the source of its lines is its place among the others."""

    def __init__(self, container: Container) -> None:
        self.id = container.id
        self.name = container.name
        self.said = ""
        self.follower: LogFollower | None = None


class MergedFollower:
    """Fills one Output with the logs of containers, MOST at most, until it is closed.

    A container that ends, goes on, or is made anew under the same name is said in the log itself; `fail` is
    told what is wrong with the engine, "" when nothing is any more.
    """

    def __init__(
        self,
        store: Store,
        engine: Callable[[], Engine | None],
        containers: Sequence[Container],
        output: Output,
        wanted: LogWanted,
        *,
        fail: Callable[[str], None],
        renewed: Callable[[tuple[str, ...]], None],
    ) -> None:
        """`renewed` is told which containers are followed when they are others."""
        self._store = store
        self._engine = engine
        self._wanted = wanted
        self._fail = fail
        self._renewed = renewed
        self._merging = Merging(output.extend, len(containers))
        self._members = [_Member(container) for container in containers]
        self._ending: list[asyncio.Task[None]] = []
        for source in range(len(self._members)):
            self._follow(source)
        self._unsubscribe = store.subscribe(Topic.CONTAINERS, self._recreated)

    def _follow(self, source: int) -> None:
        member = self._members[source]
        member.follower = LogFollower(
            self._store,
            self._engine,
            member.id,
            self._wanted,
            take=partial(self._merging.take, source),
            say=partial(self._say, source),
            fail=self._fail,
            begun=partial(self._merging.begun, source),
        )

    def _say(self, source: int, words: str) -> None:
        """Say in the log what a container does, once."""
        member = self._members[source]
        before, member.said = member.said, words
        if words and words != before:
            self._merging.note(source, words)
        elif before and not words:
            self._merging.note(source, "it runs again")

    def _recreated(self, change: Change) -> None:
        """Follow another container that comes to bear the name of one."""
        containers = self._store.containers
        for key in change.put:
            one = containers.get(key)
            if one is None or not one.running:
                continue
            for source, member in enumerate(self._members):
                old = containers.get(member.id)
                if member.name == one.name and member.id != one.id and (old is None or old.name != one.name):
                    if member.follower is not None:
                        self._ending.append(member.follower.stop())
                    member.id, member.said = one.id, ""
                    self._merging.note(source, "made anew")
                    self._follow(source)
                    self._renewed(tuple(each.id for each in self._members))

    async def close(self) -> None:
        """Stop following."""
        self._unsubscribe()
        self._merging.close()
        self._ending += [member.follower.stop() for member in self._members if member.follower is not None]
        await asyncio.gather(*self._ending, return_exceptions=True)
